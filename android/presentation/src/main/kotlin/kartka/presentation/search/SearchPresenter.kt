package kartka.presentation.search

import kartka.presentation.CardRead
import kartka.presentation.ChangeTopic
import kartka.presentation.CoreGateway
import kartka.presentation.Kept
import kartka.presentation.Presenter
import kartka.presentation.Route
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job

/** More rows than a thumb wants to scroll; the core puts the best first. */
private const val MOST_ROWS = 50

/** Customers by any field, asked anew with every key; an answer that was overtaken is never shown. */
public class SearchPresenter(
    private val core: CoreGateway,
    scope: CoroutineScope,
    route: Route.Search,
    kept: Kept? = null,
) : Presenter<SearchState, SearchAction>(
        SearchState(typed = kept?.get("typed") ?: route.typed, attachTo = route.attachTo),
        scope,
    ) {
    private var asked: Job? = null

    init {
        begin { core.changes.collect { if (it == ChangeTopic.Customers) find() } }
    }

    /** What the screen needs to go on after the process died. */
    public fun keep(): Kept = Kept("typed" to now.typed)

    override fun act(action: SearchAction) {
        when (action) {
            SearchAction.Shown -> find()
            is SearchAction.Type -> {
                show { it.copy(typed = action.text) }
                find()
            }
            is SearchAction.Tap -> open(tapped(action.customerId))
            SearchAction.Register -> open(Route.Register(typed = now.typed, attachTo = now.attachTo))
            SearchAction.Leave -> open(Route.Back)
            SearchAction.Opened -> show { it.copy(open = null) }
        }
    }

    private fun tapped(id: Long): Route =
        now.attachTo?.let { Route.Attach(it, id, CardRead.Found) } ?: Route.Customer(id, CardRead.Found)

    private fun find() {
        asked?.cancel()
        val typed = now.typed
        if (typed.isBlank()) {
            show { it.copy(found = null, searching = false, trouble = null) }
            return
        }
        show { it.copy(searching = true, trouble = null) }
        asked =
            begin {
                val found = asking({ trouble -> show { it.copy(trouble = trouble) } }) { core.find(typed, MOST_ROWS) }
                show { it.copy(found = found ?: it.found, searching = false) }
            }
    }

    private fun open(route: Route): Unit = show { it.copy(open = route) }
}
