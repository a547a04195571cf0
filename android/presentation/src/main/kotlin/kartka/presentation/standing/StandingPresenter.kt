package kartka.presentation.standing

import kartka.presentation.ChangeTopic
import kartka.presentation.CoreGateway
import kartka.presentation.Presenter
import kartka.presentation.Route
import kartka.presentation.Trouble
import kotlinx.coroutines.CoroutineScope

/** Shows where this phone stands with the authority and lets a person begin or resume the exchange. */
public class StandingPresenter(private val core: CoreGateway, scope: CoroutineScope) :
    Presenter<StandingState, StandingAction>(StandingState(), scope) {
    init {
        begin { core.changes.collect { if (it == ChangeTopic.Sync) look() } }
    }

    override fun act(action: StandingAction) {
        when (action) {
            StandingAction.Shown -> begin { look() }
            StandingAction.Exchange -> run { core.exchange() }
            StandingAction.Resume ->
                run {
                    core.resume()
                    core.exchange()
                }
            StandingAction.ClockIsRight -> begin { trustClock() }
            StandingAction.MakeCopy -> makeCopy()
            StandingAction.CopyLies -> begin { copyLies() }
            StandingAction.OpenSheet -> show { it.copy(open = Route.Sheet) }
            StandingAction.OpenAside -> show { it.copy(open = Route.Aside) }
            StandingAction.OpenCarry -> show { it.copy(open = Route.Carry) }
            StandingAction.OpenSignOut -> show { it.copy(open = Route.SignOut) }
            StandingAction.Leave -> show { it.copy(open = Route.Back) }
            StandingAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun look() {
        asking(::failed) { core.standing() }?.let { standing -> show { it.copy(standing = standing) } }
        asking(::failed) { core.copyAge() }?.let { age -> show { it.copy(copy = age) } }
        asking(::failed) { core.hasSheet() }?.let { has -> show { it.copy(sheetPrinted = has) } }
        asking(::failed) { core.aside() }?.let { moved -> show { it.copy(aside = moved.isNotEmpty()) } }
    }

    private fun run(work: suspend () -> Unit) {
        if (now.exchanging) return
        show { it.copy(exchanging = true, trouble = null) }
        begin {
            asking(::failed) { work() }
            show { it.copy(exchanging = false) }
            look()
        }
    }

    private suspend fun trustClock() {
        if (asking(::failed) { core.trustClock() } != null) show { it.copy(trouble = null) }
        look()
    }

    private fun makeCopy() {
        if (now.copying) return
        show { it.copy(copying = true, copied = false, trouble = null) }
        begin {
            val made = asking(::failed) { core.writeCopy() }
            show { it.copy(copying = false, made = made) }
        }
    }

    private suspend fun copyLies() {
        val made = now.made ?: return
        if (asking(::failed) { core.copyLies(made) } != null) show { it.copy(made = null, copied = true) }
        look()
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
