package kartka.presentation.inbox

import kartka.presentation.CardRead
import kartka.presentation.ChangeTopic
import kartka.presentation.CoreGateway
import kartka.presentation.InboxAsk
import kartka.presentation.InboxItem
import kartka.presentation.Presenter
import kartka.presentation.RequestId
import kartka.presentation.RequestIds
import kartka.presentation.Route
import kartka.presentation.Trouble
import kotlinx.coroutines.CoroutineScope

/** Decides what waits, one item at a time, each once. */
public class InboxPresenter(private val core: CoreGateway, private val ids: RequestIds, scope: CoroutineScope) :
    Presenter<InboxState, InboxAction>(InboxState(), scope) {
    init {
        begin { core.changes.collect { if (it == ChangeTopic.Sync) look() } }
    }

    override fun act(action: InboxAction) {
        when (action) {
            InboxAction.Shown -> begin { look() }
            is InboxAction.Close -> decide(action.item) { request, item -> core.close(request, item.item) }
            is InboxAction.Agree -> decide(action.item) { request, item -> core.agree(request, item.item) }
            is InboxAction.TakeIn -> judge(action.item, takeIn = true)
            is InboxAction.Refuse -> judge(action.item, takeIn = false)
            InboxAction.Confirm -> now.asked?.let { settle(it) }
            is InboxAction.Link -> link(action.item, action.saleId)
            is InboxAction.OpenCustomer -> open(Route.Customer(action.customerId, CardRead.Found))
            InboxAction.Leave -> if (now.asked != null) show { it.copy(asked = null) } else open(Route.Back)
            InboxAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun look() {
        show { it.copy(trouble = null) }
        asking(::failed) { core.inbox() }?.let { items -> show { it.copy(items = items) } }
    }

    /** What a whole phone sent is asked once more; a single return is decided at once. */
    private fun judge(id: Long, takeIn: Boolean) {
        if (now.deciding != null) return
        when (val asks = now.items?.find { it.item == id }?.asks) {
            is InboxAsk.Quarantine -> show { it.copy(asked = Verdict(id, takeIn), trouble = null) }
            is InboxAsk.UnlinkedReturn ->
                decide(id) { request, _ -> core.settleReturn(request, asks.returned, takeIn) }
            InboxAsk.Notice, InboxAsk.Proposal, null -> Unit
        }
    }

    private fun settle(verdict: Verdict) =
        decide(verdict.item) { request, waiting ->
            (waiting.asks as? InboxAsk.Quarantine)?.let { core.settle(request, it.upTo, verdict.takeIn) }
        }

    private fun link(id: Long, saleId: Long) =
        decide(id) { request, waiting ->
            (waiting.asks as? InboxAsk.UnlinkedReturn)?.let {
                core.settleReturn(request, it.returned, takeIn = true, link = saleId)
            }
        }

    private fun decide(id: Long, write: suspend (RequestId, InboxItem) -> Unit?) {
        val item = now.items?.find { it.item == id } ?: return
        if (now.deciding != null) return
        show { it.copy(deciding = id, asked = null, trouble = null) }
        begin {
            val written = asking(::failed) { write(ids.next(), item) ?: Unit }
            show { it.copy(deciding = null) }
            if (written != null) look()
        }
    }

    private fun open(route: Route): Unit = show { it.copy(open = route) }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
