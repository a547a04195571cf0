package kartka.ui.nav

import kartka.presentation.Kept
import kartka.presentation.Route
import kartka.presentation.card.CardAction
import kartka.presentation.card.CardPresenter
import kartka.presentation.cards.CardsAction
import kartka.presentation.cards.CardsPresenter
import kartka.presentation.join.JoinAction
import kartka.presentation.join.JoinPresenter
import kartka.presentation.link.LinkAction
import kartka.presentation.link.LinkPresenter
import kartka.presentation.profile.ProfileAction
import kartka.presentation.profile.ProfilePresenter
import kartka.ui.screen.CardScreen
import kartka.ui.screen.CardsScreen
import kartka.ui.screen.JoinScreen
import kartka.ui.screen.LinkScreen
import kartka.ui.screen.ProfileScreen
import kotlinx.coroutines.CoroutineScope

internal fun Counter.cards(scope: CoroutineScope): PlaceOf<*, *> {
    val common = Common<CardsAction>(CardsAction.Shown, CardsAction.Opened, CardsAction.Leave)
    val presenter = CardsPresenter(core, scope, here.enrolled || here.closed != null)
    return PlaceOf(Route.Cards, scope, presenter, common, { it.open }) { state, act, stage ->
        CardsScreen(state, stage.host, act)
    }
}

internal fun Counter.card(route: Route.Card, scope: CoroutineScope): PlaceOf<*, *> {
    val common = Common<CardAction>(CardAction.Shown, CardAction.Opened, CardAction.Leave)
    return PlaceOf(route, scope, CardPresenter(core, scope, route.card), common, { it.open }) { state, act, stage ->
        CardScreen(state, stage.host, act)
    }
}

internal fun Counter.join(route: Route.Join, scope: CoroutineScope, kept: Kept?): PlaceOf<*, *> {
    val presenter = JoinPresenter(core, scope, reading, route, pocket, kept)
    val common = Common<JoinAction>(JoinAction.Shown, JoinAction.Opened, JoinAction.Leave)
    return PlaceOf(route, scope, presenter, common, { it.open }, presenter::keep) { state, act, stage ->
        JoinScreen(state, stage.host, act, stage.preview)
    }
}

internal fun Counter.profile(route: Route.Profile, scope: CoroutineScope, kept: Kept?): PlaceOf<*, *> {
    val presenter = ProfilePresenter(core, ids, scope, route, kept)
    val common = Common<ProfileAction>(ProfileAction.Shown, ProfileAction.Opened, ProfileAction.Leave)
    return PlaceOf(route, scope, presenter, common, { it.open }, presenter::keep) { state, act, stage ->
        ProfileScreen(state, stage.host, act)
    }
}

internal fun Counter.link(route: Route.Link, scope: CoroutineScope): PlaceOf<*, *> {
    val common = Common<LinkAction>(LinkAction.Shown, LinkAction.Opened, LinkAction.Leave)
    return PlaceOf(route, scope, LinkPresenter(core, scope, route), common, { it.open }) { state, act, stage ->
        LinkScreen(state, stage.host, act)
    }
}
