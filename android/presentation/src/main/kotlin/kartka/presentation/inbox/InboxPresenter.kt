package kartka.presentation.inbox

import kartka.presentation.CardRead
import kartka.presentation.ChangeTopic
import kartka.presentation.CoreGateway
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
            is InboxAction.TakeIn -> settle(action.item, takeIn = true)
            is InboxAction.Refuse -> settle(action.item, takeIn = false)
            is InboxAction.OpenCustomer -> open(Route.Customer(action.customerId, CardRead.Found))
            InboxAction.Leave -> open(Route.Back)
            InboxAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun look() {
        show { it.copy(trouble = null) }
        asking(::failed) { core.inbox() }?.let { items -> show { it.copy(items = items) } }
    }

    private fun settle(item: Long, takeIn: Boolean) =
        decide(item) { request, waiting -> waiting.upTo?.let { core.settle(request, it, takeIn) } }

    private fun decide(id: Long, write: suspend (RequestId, InboxItem) -> Unit?) {
        val item = now.items?.find { it.item == id } ?: return
        if (now.deciding != null) return
        show { it.copy(deciding = id, trouble = null) }
        begin {
            val written = asking(::failed) { write(ids.next(), item) ?: Unit }
            show { it.copy(deciding = null) }
            if (written != null) look()
        }
    }

    private fun open(route: Route): Unit = show { it.copy(open = route) }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
