package kartka.ui.nav

import kartka.presentation.Kept
import kartka.presentation.Route
import kartka.presentation.attach.AttachAction
import kartka.presentation.attach.AttachPresenter
import kartka.presentation.customer.CustomerAction
import kartka.presentation.customer.CustomerPresenter
import kartka.presentation.done.DoneAction
import kartka.presentation.done.DonePresenter
import kartka.presentation.history.HistoryAction
import kartka.presentation.history.HistoryPresenter
import kartka.presentation.receipt.ReceiptAction
import kartka.presentation.receipt.ReceiptPresenter
import kartka.presentation.redeem.RedeemAction
import kartka.presentation.redeem.RedeemPresenter
import kartka.presentation.register.RegisterAction
import kartka.presentation.register.RegisterPresenter
import kartka.presentation.scan.ScanAction
import kartka.presentation.scan.ScanPresenter
import kartka.presentation.search.SearchAction
import kartka.presentation.search.SearchPresenter
import kartka.presentation.shift.ShiftAction
import kartka.presentation.shift.ShiftPresenter
import kartka.ui.screen.AttachScreen
import kartka.ui.screen.CustomerScreen
import kartka.ui.screen.DoneScreen
import kartka.ui.screen.HistoryScreen
import kartka.ui.screen.ReceiptScreen
import kartka.ui.screen.RedeemScreen
import kartka.ui.screen.RegisterScreen
import kartka.ui.screen.ScanScreen
import kartka.ui.screen.SearchScreen
import kartka.ui.screen.ShiftScreen
import kotlinx.coroutines.CoroutineScope

/** Opens the screen that [route] names, with what it [kept] when the process died; null where no screen is. */
internal fun Counter.open(route: Route, scope: CoroutineScope, kept: Kept? = null): PlaceOf<*, *>? =
    when (route) {
        is Route.Scan -> scan(route, scope)
        is Route.Customer -> customer(route, scope, kept)
        is Route.Redeem -> redeem(route, scope, kept)
        is Route.Done -> done(route, scope, kept)
        is Route.Register -> register(route, scope, kept)
        is Route.Search -> search(route, scope, kept)
        is Route.History -> history(route, scope)
        is Route.Receipt -> receipt(route, scope, kept)
        is Route.About -> about(route, scope)
        is Route.Choose -> choose(route, scope, kept)
        is Route.Attach -> attach(route, scope, kept)
        Route.Shift -> shift(scope)
        is Route.Open -> opening(route, scope)
        Route.Start -> start(scope)
        Route.Found -> found(scope, kept)
        Route.Pair -> pair(scope, kept)
        Route.Sheet -> sheet(scope)
        Route.Operator -> operator(scope)
        Route.Inbox -> inbox(scope)
        Route.Standing -> standing(scope)
        is Route.Unlinked -> unlinked(route, scope, kept)
        Route.Outlets -> outlets(scope)
        Route.SignOut -> signOut(scope)
        Route.Carry -> carry(scope)
        Route.Aside -> aside(scope)
        Route.Today -> today(scope)
        Route.Devices -> devices(scope)
        Route.Limits -> limits(scope)
        Route.Instruments -> instruments(scope)
        is Route.Wizard -> wizard(route, scope, kept)
        Route.Cards -> cards(scope)
        is Route.Card -> card(route, scope)
        is Route.Profile -> profile(route, scope, kept)
        is Route.Join -> join(route, scope, kept)
        is Route.Link -> link(route, scope)
        Route.Back, is Route.Redeemed -> null
    }

private fun Counter.scan(route: Route.Scan, scope: CoroutineScope) =
    PlaceOf(
        route,
        scope,
        ScanPresenter(core, scope, reading, route.attachTo),
        Common(
            ScanAction.Shown,
            ScanAction.Opened,
            if (route.attachTo == null) ScanAction.CloseKeypad else ScanAction.StopAttaching,
        ),
        { it.open },
    ) { state, act, stage -> ScanScreen(state, stage.host, act, stage.preview) }

private fun Counter.customer(route: Route.Customer, scope: CoroutineScope, kept: Kept?): PlaceOf<*, *> {
    val presenter = CustomerPresenter(core, ids, scope, route, kept)
    val common = Common<CustomerAction>(CustomerAction.Shown, CustomerAction.Opened, CustomerAction.Leave)
    return PlaceOf(route, scope, presenter, common, { it.open }, presenter::keep) { state, act, stage ->
        CustomerScreen(state, stage.host, act)
    }
}

private fun Counter.redeem(route: Route.Redeem, scope: CoroutineScope, kept: Kept?): PlaceOf<*, *> {
    val presenter = RedeemPresenter(core, scope, route, kept)
    val common = Common<RedeemAction>(RedeemAction.Shown, RedeemAction.Opened, RedeemAction.Leave)
    return PlaceOf(route, scope, presenter, common, { it.open }, presenter::keep) { state, act, stage ->
        RedeemScreen(state, stage.host, act)
    }
}

private fun Counter.done(route: Route.Done, scope: CoroutineScope, kept: Kept?): PlaceOf<*, *> {
    val presenter = DonePresenter(core, ids, scope, route, kept)
    val common = Common<DoneAction>(DoneAction.Shown, DoneAction.Opened, DoneAction.Next)
    return PlaceOf(route, scope, presenter, common, { it.open }, presenter::keep) { state, act, stage ->
        DoneScreen(state, stage.host, act)
    }
}

private fun Counter.register(route: Route.Register, scope: CoroutineScope, kept: Kept?): PlaceOf<*, *> {
    val presenter = RegisterPresenter(core, ids, scope, route, kept)
    val common = Common<RegisterAction>(RegisterAction.Shown, RegisterAction.Opened, RegisterAction.Leave)
    return PlaceOf(route, scope, presenter, common, { it.open }, presenter::keep) { state, act, stage ->
        RegisterScreen(state, stage.host, act)
    }
}

private fun Counter.search(route: Route.Search, scope: CoroutineScope, kept: Kept?): PlaceOf<*, *> {
    val presenter = SearchPresenter(core, scope, route, kept)
    val common = Common<SearchAction>(SearchAction.Shown, SearchAction.Opened, SearchAction.Leave)
    return PlaceOf(route, scope, presenter, common, { it.open }, presenter::keep) { state, act, stage ->
        SearchScreen(state, stage.host, act)
    }
}

private fun Counter.history(route: Route.History, scope: CoroutineScope): PlaceOf<*, *> {
    val presenter = HistoryPresenter(core, scope, route)
    val common = Common<HistoryAction>(HistoryAction.Shown, HistoryAction.Opened, HistoryAction.Leave)
    return PlaceOf(route, scope, presenter, common, { it.open }) { state, act, stage ->
        HistoryScreen(state, stage.host, act)
    }
}

private fun Counter.receipt(route: Route.Receipt, scope: CoroutineScope, kept: Kept?): PlaceOf<*, *> {
    val presenter = ReceiptPresenter(core, ids, scope, route, kept)
    val common = Common<ReceiptAction>(ReceiptAction.Shown, ReceiptAction.Opened, ReceiptAction.Leave)
    return PlaceOf(route, scope, presenter, common, { it.open }, presenter::keep) { state, act, stage ->
        ReceiptScreen(state, stage.host, act)
    }
}

private fun Counter.attach(route: Route.Attach, scope: CoroutineScope, kept: Kept?): PlaceOf<*, *> {
    val presenter = AttachPresenter(core, ids, scope, route, kept)
    val common = Common<AttachAction>(AttachAction.Shown, AttachAction.Opened, AttachAction.Leave)
    return PlaceOf(route, scope, presenter, common, { it.open }, presenter::keep) { state, act, stage ->
        AttachScreen(state, stage.host, act)
    }
}

private fun Counter.shift(scope: CoroutineScope): PlaceOf<*, *> {
    val common = Common<ShiftAction>(ShiftAction.Shown, ShiftAction.Opened, ShiftAction.Leave)
    return PlaceOf(Route.Shift, scope, ShiftPresenter(core, scope), common, { it.open }) { state, act, stage ->
        ShiftScreen(state, stage.host, act)
    }
}
