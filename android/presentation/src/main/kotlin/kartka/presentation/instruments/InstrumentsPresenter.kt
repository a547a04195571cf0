package kartka.presentation.instruments

import kartka.presentation.ChangeTopic
import kartka.presentation.CoreGateway
import kartka.presentation.Presenter
import kartka.presentation.Route
import kartka.presentation.Trouble
import kotlinx.coroutines.CoroutineScope

/** Lists instruments and drafts and leads to the wizard. */
public class InstrumentsPresenter(private val core: CoreGateway, scope: CoroutineScope) :
    Presenter<InstrumentsState, InstrumentsAction>(InstrumentsState(), scope) {
    init {
        begin { core.changes.collect { if (it == ChangeTopic.Sales) look() } }
    }

    override fun act(action: InstrumentsAction) {
        when (action) {
            InstrumentsAction.Shown -> begin { look() }
            InstrumentsAction.AskNew -> show { it.copy(choosing = true, trouble = null) }
            is InstrumentsAction.New -> open(Route.Wizard(kind = action.kind))
            is InstrumentsAction.Edit -> open(Route.Wizard(instrument = action.instrument))
            is InstrumentsAction.Resume -> open(Route.Wizard(draft = action.draft))
            is InstrumentsAction.Drop ->
                begin {
                    asking(::failed) { core.drop(action.draft) }
                    look()
                }
            InstrumentsAction.Leave -> if (now.choosing) show { it.copy(choosing = false) } else open(Route.Back)
            InstrumentsAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun look() {
        show { it.copy(trouble = null) }
        asking(::failed) { core.instruments() }?.let { all -> show { it.copy(instruments = all) } }
        asking(::failed) { core.drafts() }?.let { drafts -> show { it.copy(drafts = drafts) } }
    }

    private fun open(route: Route): Unit = show { it.copy(open = route, choosing = false) }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
