package kartka.presentation.limits

import kartka.presentation.CoreGateway
import kartka.presentation.Presenter
import kartka.presentation.RequestIds
import kartka.presentation.Route
import kartka.presentation.Trouble
import kotlinx.coroutines.CoroutineScope

/** Sets the owner's limits; which numbers may be, and what a lost phone then costs, the core says. */
public class LimitsPresenter(private val core: CoreGateway, private val ids: RequestIds, scope: CoroutineScope) :
    Presenter<LimitsState, LimitsAction>(LimitsState(), scope) {
    override fun act(action: LimitsAction) {
        when (action) {
            LimitsAction.Shown -> begin { look() }
            is LimitsAction.Change -> edit { it.copy(changed = action.limits.takeIf { new -> new != it.limits }) }
            is LimitsAction.TypeHours -> edit { it.copy(hours = action.text) }
            is LimitsAction.TypeDays -> edit { it.copy(days = action.text) }
            LimitsAction.Save -> if (!now.saving) save()
            LimitsAction.OpenInstruments -> show { it.copy(open = Route.Instruments) }
            LimitsAction.Leave -> show { it.copy(open = Route.Back) }
            LimitsAction.Opened -> show { it.copy(open = null) }
        }
    }

    private fun edit(change: (LimitsState) -> LimitsState) {
        if (!now.saving) show { change(it).copy(saved = false, trouble = null) }
    }

    private suspend fun look() {
        val trust = asking(::failed) { core.trust() } ?: return
        val limits = asking(::failed) { core.limits() } ?: return
        show {
            it.copy(
                trust = trust,
                limits = limits,
                changed = null,
                hours = trust.hours.toString(),
                days = trust.graceDays.toString(),
            )
        }
    }

    private fun save() {
        show { it.copy(saving = true, trouble = null) }
        begin {
            val done = asking(::failed) { write() } != null
            show { it.copy(saving = false) }
            if (done) {
                look()
                show { it.copy(saved = true) }
            }
        }
    }

    private suspend fun write() {
        now.changed?.let { core.setLimits(ids.next(), it) }
        val trust = now.trust ?: return
        // What is no number is out of range, and the core says so.
        val hours = now.hours.toIntOrNull() ?: 0
        val days = now.days.toIntOrNull() ?: 0
        if (hours != trust.hours || days != trust.graceDays) core.setTrust(ids.next(), hours, days)
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
