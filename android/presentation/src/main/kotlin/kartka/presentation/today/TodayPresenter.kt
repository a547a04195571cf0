package kartka.presentation.today

import kartka.presentation.CoreGateway
import kartka.presentation.Presenter
import kartka.presentation.Route
import kartka.presentation.Trouble
import kotlinx.coroutines.CoroutineScope

/** The owner's day, and what the owner must not overlook: the sheet, the copy, the inbox. */
public class TodayPresenter(private val core: CoreGateway, scope: CoroutineScope) :
    Presenter<TodayState, TodayAction>(TodayState(), scope) {
    init {
        begin { core.changes.collect { look() } }
    }

    override fun act(action: TodayAction) {
        when (action) {
            TodayAction.Shown -> begin { look() }
            TodayAction.OpenInbox -> open(Route.Inbox)
            TodayAction.OpenStanding -> open(Route.Standing)
            TodayAction.OpenSheet -> open(Route.Sheet)
            TodayAction.OpenDevices -> open(Route.Devices)
            TodayAction.OpenLimits -> open(Route.Limits)
            TodayAction.OpenOutlets -> open(Route.Outlets)
            TodayAction.OpenInstruments -> open(Route.Instruments)
            TodayAction.Leave -> open(Route.Back)
            TodayAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun look() {
        show { it.copy(trouble = null) }
        asking(::failed) { core.today() }?.let { today -> show { it.copy(today = today) } }
        asking(::failed) { core.standing() }?.let { of -> show { it.copy(sync = of.mark, clockJump = of.clockJump) } }
        asking(::failed) { core.copyAge() }?.let { age -> show { it.copy(copy = age) } }
        asking(::failed) { core.hasSheet() }?.let { has -> show { it.copy(sheetPrinted = has) } }
        // Whoever may not decide sees no count.
        asking({}) { core.inbox() }?.let { items -> show { it.copy(waiting = items.size) } }
    }

    private fun open(route: Route): Unit = show { it.copy(open = route) }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
