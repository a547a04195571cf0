package kartka.presentation.start

import kartka.presentation.CoreGateway
import kartka.presentation.Presenter
import kartka.presentation.Route
import kotlinx.coroutines.CoroutineScope

/** Leads a phone with a shop to its counter, and one without to the ways to get one. */
public class StartPresenter(private val core: CoreGateway, scope: CoroutineScope) :
    Presenter<StartState, StartAction>(StartState(), scope) {
    override fun act(action: StartAction) {
        when (action) {
            StartAction.Shown -> begin { look() }
            StartAction.Found -> show { it.copy(open = Route.Found) }
            StartAction.Pair -> show { it.copy(open = Route.Pair) }
            StartAction.Restore -> show { it.copy(open = Route.Open(restores = true)) }
            StartAction.OpenCards -> show { it.copy(open = Route.Cards) }
            StartAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun look() {
        show { it.copy(trouble = null) }
        val enrolled = asking({ trouble -> show { it.copy(trouble = trouble) } }) { core.isEnrolled() } ?: return
        show { it.copy(enrolled = enrolled, open = if (enrolled) Route.Scan() else it.open) }
    }
}
