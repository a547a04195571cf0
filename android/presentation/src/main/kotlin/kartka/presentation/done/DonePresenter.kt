package kartka.presentation.done

import kartka.presentation.ChangeTopic
import kartka.presentation.CoreGateway
import kartka.presentation.Kept
import kartka.presentation.Presenter
import kartka.presentation.RequestId
import kartka.presentation.RequestIds
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.UndoReason
import kartka.presentation.request
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.delay

/** Seconds in which one tap undoes a sale; after them the next customer's turn begins by itself. */
public const val UNDO_SECONDS: Int = 10

private const val SECOND_MILLIS = 1_000L

/** What became of a sale, with ten seconds to undo it. Whether undoing is allowed is the core's answer. */
public class DonePresenter(
    private val core: CoreGateway,
    ids: RequestIds,
    scope: CoroutineScope,
    route: Route.Done,
    kept: Kept? = null,
) : Presenter<DoneState, DoneAction>(DoneState(route.saleId, undoSeconds = UNDO_SECONDS), scope) {
    private val request: RequestId = kept?.request() ?: ids.next()
    private var countdown: Job? = null
    private var resume = kept?.flag("undoing") == true

    init {
        begin { core.changes.collect { if (it == ChangeTopic.Sync) look() } }
    }

    /** What the screen needs to go on after the process died. */
    public fun keep(): Kept = Kept("request" to request.hex, "undoing" to now.undoing)

    override fun act(action: DoneAction) {
        when (action) {
            DoneAction.Shown -> begin { shown() }
            DoneAction.Undo -> if (!now.undoing && !now.undone && now.undoSeconds > 0) undo()
            DoneAction.Next -> open(Route.Scan())
            DoneAction.Stay -> countdown?.cancel()
            DoneAction.AttachCard -> open(Route.Scan(attachTo = now.saleId))
            DoneAction.OpenReceipt -> open(Route.Receipt(now.saleId))
            DoneAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun shown() {
        look()
        if (resume) {
            resume = false
            undo()
        } else if (countdown == null) {
            countdown = begin { countDown() }
        }
    }

    private suspend fun look() {
        val receipt = asking(::failed) { core.receipt(now.saleId) } ?: return
        val customer = receipt.customerId?.let { id -> asking(::failed) { core.customer(id) } }
        val mark = asking(::failed) { core.syncMark() }
        val undone = receipt.returns.any { it.undone != null }
        show { it.copy(receipt = receipt, customer = customer, sync = mark, undone = it.undone || undone) }
    }

    private suspend fun countDown() {
        while (now.undoSeconds > 0) {
            delay(SECOND_MILLIS)
            show { it.copy(undoSeconds = it.undoSeconds - 1) }
        }
        if (!now.undoing && now.trouble == null && now.open == null) open(Route.Scan())
    }

    private fun undo() {
        countdown?.cancel()
        show { it.copy(undoing = true, trouble = null) }
        begin {
            val done = asking(::failed) { core.undo(request, now.saleId, UndoReason.Undo) }
            show { it.copy(undoing = false, undone = done != null) }
            look()
        }
    }

    private fun open(route: Route) {
        countdown?.cancel()
        show { it.copy(open = route) }
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
