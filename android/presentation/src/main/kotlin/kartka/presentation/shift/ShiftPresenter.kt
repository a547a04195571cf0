package kartka.presentation.shift

import kartka.presentation.ChangeTopic
import kartka.presentation.CoreGateway
import kartka.presentation.Presenter
import kartka.presentation.Route
import kartka.presentation.Trouble
import kotlinx.coroutines.CoroutineScope

/** What was sold here today. */
public class ShiftPresenter(private val core: CoreGateway, scope: CoroutineScope) :
    Presenter<ShiftState, ShiftAction>(ShiftState(), scope) {
    init {
        begin { core.changes.collect { if (it == ChangeTopic.Sales) look() } }
    }

    override fun act(action: ShiftAction) {
        when (action) {
            ShiftAction.Shown -> begin { look() }
            is ShiftAction.Tap -> show { it.copy(open = Route.Receipt(action.saleId)) }
            ShiftAction.SwitchOperator -> show { it.copy(open = Route.Operator) }
            ShiftAction.OpenUnlinked -> show { it.copy(open = Route.Unlinked()) }
            ShiftAction.Leave -> show { it.copy(open = Route.Back) }
            ShiftAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun look() {
        show { it.copy(trouble = null) }
        asking(::failed) { core.shift() }?.let { totals -> show { it.copy(totals = totals) } }
        asking(::failed) { core.recentSales() }?.let { sales -> show { it.copy(sales = sales) } }
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
