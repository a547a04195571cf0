package kartka.presentation.history

import kartka.presentation.ChangeTopic
import kartka.presentation.CoreGateway
import kartka.presentation.Presenter
import kartka.presentation.Route
import kartka.presentation.Trouble
import kotlinx.coroutines.CoroutineScope

/** A customer's purchases, page by page. */
public class HistoryPresenter(private val core: CoreGateway, scope: CoroutineScope, route: Route.History) :
    Presenter<HistoryState, HistoryAction>(HistoryState(route.customerId), scope) {
    init {
        begin { core.changes.collect { if (it == ChangeTopic.Sales) first() } }
    }

    override fun act(action: HistoryAction) {
        when (action) {
            HistoryAction.Shown -> begin { first() }
            HistoryAction.More -> if (now.next != null && !now.loading) more()
            is HistoryAction.Tap -> show { it.copy(open = Route.Receipt(action.saleId)) }
            HistoryAction.OpenUnlinked -> show { it.copy(open = Route.Unlinked(it.customerId)) }
            HistoryAction.Leave -> show { it.copy(open = Route.Back) }
            HistoryAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun first() {
        show { it.copy(loading = true, trouble = null) }
        asking(::failed) { core.customer(now.customerId) }?.let { sheet -> show { it.copy(customer = sheet) } }
        asking(::failed) { core.history(now.customerId, null) }?.let { page ->
            show { it.copy(sales = page.sales, next = page.next) }
        }
        show { it.copy(loading = false) }
    }

    private fun more() {
        val after = now.next
        show { it.copy(loading = true) }
        begin {
            asking(::failed) { core.history(now.customerId, after) }?.let { page ->
                // The first page may have come anew meanwhile; then this one continues nothing.
                show {
                    if (it.next ==
                        after
                    ) {
                        it.copy(sales = it.sales.orEmpty() + page.sales, next = page.next)
                    } else {
                        it
                    }
                }
            }
            show { it.copy(loading = false) }
        }
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
