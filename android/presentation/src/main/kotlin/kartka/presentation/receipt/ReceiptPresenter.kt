package kartka.presentation.receipt

import kartka.presentation.BackLine
import kartka.presentation.CardRead
import kartka.presentation.ChangeTopic
import kartka.presentation.CoreGateway
import kartka.presentation.Kept
import kartka.presentation.Presenter
import kartka.presentation.RequestIds
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.UndoReason
import kartka.presentation.request
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job

/** One receipt: goods that come back, undoing, a card attached. What each comes to, and whether it may be, the core says. */
public class ReceiptPresenter(
    private val core: CoreGateway,
    private val ids: RequestIds,
    scope: CoroutineScope,
    route: Route.Receipt,
    kept: Kept? = null,
) : Presenter<ReceiptState, ReceiptAction>(begun(ids, route, kept), scope) {
    private var asked: Job? = null
    private var resume = kept?.flag("writing") == true

    init {
        begin { core.changes.collect { if (it == ChangeTopic.Sales) look() } }
    }

    /** What the screen needs to go on after the process died. */
    public fun keep(): Kept =
        Kept(
            "request" to now.request.hex,
            "step" to now.step,
            "chosen" to now.chosen.joinToString(",") { "${it.line}.${it.quantity}" },
            "writing" to (now.writing && now.step == ReceiptStep.Choosing),
        )

    override fun act(action: ReceiptAction) {
        when (action) {
            ReceiptAction.Shown -> begin { shown() }
            ReceiptAction.ChooseLines -> step(ReceiptStep.Choosing)
            is ReceiptAction.Take -> choose(now.chosen.filter { it.line != action.line } + taken(action))
            ReceiptAction.TakeEverything -> choose(everything())
            ReceiptAction.GiveBack -> if (!now.writing && now.refund != null) giveBack()
            ReceiptAction.AskUndo -> step(ReceiptStep.Undoing)
            is ReceiptAction.Undo -> if (!now.writing && now.step == ReceiptStep.Undoing) undo(action.reason)
            ReceiptAction.AttachCard -> open(Route.Scan(attachTo = now.saleId))
            ReceiptAction.OpenCustomer -> now.customer?.let { open(Route.Customer(it.id, CardRead.Found)) }
            ReceiptAction.Leave -> leave()
            ReceiptAction.Opened -> show { it.copy(open = null) }
        }
    }

    private fun taken(action: ReceiptAction.Take): List<BackLine> =
        listOf(BackLine(action.line, action.quantity)).filter { it.quantity > 0 }

    /** What is left of each line, as the receipt says. */
    private fun everything(): List<BackLine> =
        now.receipt?.lines.orEmpty().mapIndexed { at, line -> BackLine(at, line.quantity - line.returned) }.filter {
            it.quantity > 0
        }

    private suspend fun shown() {
        look()
        if (resume) {
            resume = false
            giveBack()
        } else if (now.step == ReceiptStep.Choosing) {
            choose(now.chosen)
        }
    }

    private suspend fun look() {
        val receipt = asking(::failed) { core.receipt(now.saleId) } ?: return
        val customer = receipt.customerId?.let { id -> asking(::failed) { core.customer(id) } }
        show { it.copy(receipt = receipt, customer = customer) }
    }

    private fun step(step: ReceiptStep) {
        if (now.writing) return
        // Each wish has a request of its own: a return after a return is another one.
        show { it.copy(step = step, request = ids.next(), chosen = emptyList(), refund = null, trouble = null) }
    }

    private fun choose(lines: List<BackLine>) {
        if (now.writing || now.step != ReceiptStep.Choosing) return
        val wanted = lines.sortedBy { it.line }
        show { it.copy(chosen = wanted, refund = null, trouble = null) }
        asked?.cancel()
        if (wanted.isEmpty()) return
        asked =
            begin {
                val refund = asking(::failed) { core.refund(now.saleId, wanted) }
                show { if (it.chosen == wanted) it.copy(refund = refund) else it }
            }
    }

    private fun giveBack() = writing(ReceiptStep.Returned) { core.giveBack(now.request, now.saleId, now.chosen) }

    private fun undo(reason: UndoReason) = writing(ReceiptStep.Looking) { core.undo(now.request, now.saleId, reason) }

    /** From here on another tap does nothing. */
    private fun writing(after: ReceiptStep, write: suspend () -> Unit) {
        show { it.copy(writing = true, trouble = null) }
        begin {
            if (asking(::failed) { write() } != null) {
                show { it.copy(step = after, chosen = emptyList(), refund = null) }
                look()
            }
            show { it.copy(writing = false) }
        }
    }

    private fun leave() {
        when {
            now.writing -> Unit
            now.step == ReceiptStep.Looking && now.trouble == null -> open(Route.Back)
            else -> show { it.copy(step = ReceiptStep.Looking, chosen = emptyList(), refund = null, trouble = null) }
        }
    }

    private fun open(route: Route): Unit = show { it.copy(open = route) }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }

    private companion object {
        fun begun(ids: RequestIds, route: Route.Receipt, kept: Kept?): ReceiptState =
            ReceiptState(
                saleId = route.saleId,
                request = kept?.request() ?: ids.next(),
                step = ReceiptStep.entries.find { it.name == kept?.get("step") } ?: ReceiptStep.Looking,
                chosen =
                    kept
                        ?.get("chosen")
                        .orEmpty()
                        .split(',')
                        .mapNotNull(::line),
            )

        fun line(text: String): BackLine? {
            val line = text.substringBefore('.').toIntOrNull() ?: return null
            return text.substringAfter('.').toLongOrNull()?.let { BackLine(line, it) }
        }
    }
}
