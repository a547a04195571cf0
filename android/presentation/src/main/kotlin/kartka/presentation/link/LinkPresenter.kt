package kartka.presentation.link

import kartka.presentation.CoreGateway
import kartka.presentation.Presenter
import kartka.presentation.Route
import kotlinx.coroutines.CoroutineScope

/** Shows the link to the newest card of a customer, as often as somebody asks for it. */
public class LinkPresenter(private val core: CoreGateway, scope: CoroutineScope, private val route: Route.Link) :
    Presenter<LinkState, LinkAction>(LinkState(), scope) {
    override fun act(action: LinkAction) {
        when (action) {
            LinkAction.Shown -> begin { look() }
            LinkAction.Leave -> show { it.copy(open = Route.Back) }
            LinkAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun look() {
        show { it.copy(trouble = null) }
        val link =
            asking({ trouble -> show { it.copy(trouble = trouble) } }) { core.cardCode(route.customerId).orEmpty() }
        if (link != null) show { it.copy(asked = true, link = link.ifEmpty { null }) }
    }
}
