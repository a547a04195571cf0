package kartka.ui.nav

import kartka.presentation.Kept
import kartka.presentation.Route
import kartka.presentation.about.AboutAction
import kartka.presentation.about.AboutPresenter
import kartka.presentation.choose.ChooseAction
import kartka.presentation.choose.ChoosePresenter
import kartka.presentation.outlets.OutletsAction
import kartka.presentation.outlets.OutletsPresenter
import kartka.presentation.unlinked.UnlinkedAction
import kartka.presentation.unlinked.UnlinkedPresenter
import kartka.ui.screen.AboutScreen
import kartka.ui.screen.ChooseScreen
import kartka.ui.screen.OutletsScreen
import kartka.ui.screen.UnlinkedScreen
import kotlinx.coroutines.CoroutineScope

internal fun Counter.about(route: Route.About, scope: CoroutineScope): PlaceOf<*, *> {
    val common = Common<AboutAction>(AboutAction.Shown, AboutAction.Opened, AboutAction.Leave)
    return PlaceOf(route, scope, AboutPresenter(core, ids, scope, route), common, { it.open }) { state, act, stage ->
        AboutScreen(state, stage.host, act)
    }
}

internal fun Counter.choose(route: Route.Choose, scope: CoroutineScope, kept: Kept?): PlaceOf<*, *> {
    val presenter = ChoosePresenter(core, ids, scope, reading, route, kept)
    val common = Common<ChooseAction>(ChooseAction.Shown, ChooseAction.Opened, ChooseAction.Leave)
    return PlaceOf(route, scope, presenter, common, { it.open }, presenter::keep) { state, act, stage ->
        ChooseScreen(state, stage.host, act, stage.preview)
    }
}

internal fun Counter.unlinked(route: Route.Unlinked, scope: CoroutineScope, kept: Kept?): PlaceOf<*, *> {
    val presenter = UnlinkedPresenter(core, ids, scope, route, kept)
    val common = Common<UnlinkedAction>(UnlinkedAction.Shown, UnlinkedAction.Opened, UnlinkedAction.Leave)
    return PlaceOf(route, scope, presenter, common, { it.open }, presenter::keep) { state, act, stage ->
        UnlinkedScreen(state, stage.host, act)
    }
}

internal fun Counter.outlets(scope: CoroutineScope): PlaceOf<*, *> {
    val common = Common<OutletsAction>(OutletsAction.Shown, OutletsAction.Opened, OutletsAction.Leave)
    return PlaceOf(Route.Outlets, scope, OutletsPresenter(core, ids, scope), common, { it.open }) { state, act, stage ->
        OutletsScreen(state, stage.host, act)
    }
}
