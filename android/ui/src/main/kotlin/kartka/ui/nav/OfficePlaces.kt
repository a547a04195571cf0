package kartka.ui.nav

import kartka.presentation.Kept
import kartka.presentation.Route
import kartka.presentation.aside.AsideAction
import kartka.presentation.aside.AsidePresenter
import kartka.presentation.carry.CarryAction
import kartka.presentation.carry.CarryPresenter
import kartka.presentation.devices.DevicesAction
import kartka.presentation.devices.DevicesPresenter
import kartka.presentation.found.FoundAction
import kartka.presentation.found.FoundPresenter
import kartka.presentation.inbox.InboxAction
import kartka.presentation.inbox.InboxPresenter
import kartka.presentation.instruments.InstrumentsAction
import kartka.presentation.instruments.InstrumentsPresenter
import kartka.presentation.limits.LimitsAction
import kartka.presentation.limits.LimitsPresenter
import kartka.presentation.open.OpenAction
import kartka.presentation.open.OpenPresenter
import kartka.presentation.operator.OperatorAction
import kartka.presentation.operator.OperatorPresenter
import kartka.presentation.pair.PairAction
import kartka.presentation.pair.PairPresenter
import kartka.presentation.sheet.SheetAction
import kartka.presentation.sheet.SheetPresenter
import kartka.presentation.signout.SignoutAction
import kartka.presentation.signout.SignoutPresenter
import kartka.presentation.standing.StandingAction
import kartka.presentation.standing.StandingPresenter
import kartka.presentation.start.StartAction
import kartka.presentation.start.StartPresenter
import kartka.presentation.today.TodayAction
import kartka.presentation.today.TodayPresenter
import kartka.presentation.wizard.WizardAction
import kartka.presentation.wizard.WizardPresenter
import kartka.ui.screen.AsideScreen
import kartka.ui.screen.CarryScreen
import kartka.ui.screen.DevicesScreen
import kartka.ui.screen.FoundScreen
import kartka.ui.screen.InboxScreen
import kartka.ui.screen.InstrumentsScreen
import kartka.ui.screen.LimitsScreen
import kartka.ui.screen.OpenScreen
import kartka.ui.screen.OperatorScreen
import kartka.ui.screen.PairScreen
import kartka.ui.screen.SheetScreen
import kartka.ui.screen.SignoutScreen
import kartka.ui.screen.StandingScreen
import kartka.ui.screen.StartScreen
import kartka.ui.screen.TodayScreen
import kartka.ui.screen.WizardScreen
import kotlinx.coroutines.CoroutineScope

internal fun Counter.opening(route: Route.Open, scope: CoroutineScope): PlaceOf<*, *> {
    val common = Common<OpenAction>(OpenAction.Shown, OpenAction.Opened, OpenAction.Leave)
    val presenter = OpenPresenter(core, scope, reading, route)
    return PlaceOf(route, scope, presenter, common, { it.open }) { state, act, stage ->
        OpenScreen(state, stage.host, act, stage.preview)
    }
}

internal fun Counter.aside(scope: CoroutineScope): PlaceOf<*, *> {
    val common = Common<AsideAction>(AsideAction.Shown, AsideAction.Opened, AsideAction.Leave)
    return PlaceOf(Route.Aside, scope, AsidePresenter(core, scope, reading), common, { it.open }) { state, act, stage ->
        AsideScreen(state, stage.host, act, stage.preview)
    }
}

internal fun Counter.start(scope: CoroutineScope): PlaceOf<*, *> {
    val common = Common<StartAction>(StartAction.Shown, StartAction.Opened, StartAction.Opened)
    return PlaceOf(Route.Start, scope, StartPresenter(core, scope), common, { it.open }) { state, act, stage ->
        StartScreen(state, stage.host, act)
    }
}

internal fun Counter.found(scope: CoroutineScope, kept: Kept?): PlaceOf<*, *> {
    val presenter = FoundPresenter(core, ids, scope, here.country, kept)
    val common = Common<FoundAction>(FoundAction.Shown, FoundAction.Opened, FoundAction.Leave)
    return PlaceOf(Route.Found, scope, presenter, common, { it.open }, presenter::keep) { state, act, stage ->
        FoundScreen(state, stage.host, act)
    }
}

internal fun Counter.pair(scope: CoroutineScope, kept: Kept?): PlaceOf<*, *> {
    val presenter = PairPresenter(core, ids, scope, reading, here.device, kept)
    val common = Common<PairAction>(PairAction.Shown, PairAction.Opened, PairAction.Leave)
    return PlaceOf(Route.Pair, scope, presenter, common, { it.open }, presenter::keep) { state, act, stage ->
        PairScreen(state, stage.host, act, stage.preview)
    }
}

internal fun Counter.sheet(scope: CoroutineScope): PlaceOf<*, *> {
    val common = Common<SheetAction>(SheetAction.Shown, SheetAction.Opened, SheetAction.Later)
    return PlaceOf(Route.Sheet, scope, SheetPresenter(core, scope, reading), common, { it.open }) { state, act, stage ->
        SheetScreen(state, stage.host, act, stage.preview)
    }
}

internal fun Counter.operator(scope: CoroutineScope): PlaceOf<*, *> {
    val common = Common<OperatorAction>(OperatorAction.Shown, OperatorAction.Opened, OperatorAction.Leave)
    return PlaceOf(Route.Operator, scope, OperatorPresenter(core, scope), common, { it.open }) { state, act, stage ->
        OperatorScreen(state, stage.host, act)
    }
}

internal fun Counter.inbox(scope: CoroutineScope): PlaceOf<*, *> {
    val common = Common<InboxAction>(InboxAction.Shown, InboxAction.Opened, InboxAction.Leave)
    return PlaceOf(Route.Inbox, scope, InboxPresenter(core, ids, scope), common, { it.open }) { state, act, stage ->
        InboxScreen(state, stage.host, act)
    }
}

internal fun Counter.standing(scope: CoroutineScope): PlaceOf<*, *> {
    val common = Common<StandingAction>(StandingAction.Shown, StandingAction.Opened, StandingAction.Leave)
    return PlaceOf(Route.Standing, scope, StandingPresenter(core, scope), common, { it.open }) { state, act, stage ->
        StandingScreen(state, stage.host, act)
    }
}

internal fun Counter.today(scope: CoroutineScope): PlaceOf<*, *> {
    val common = Common<TodayAction>(TodayAction.Shown, TodayAction.Opened, TodayAction.Leave)
    return PlaceOf(Route.Today, scope, TodayPresenter(core, scope), common, { it.open }) { state, act, stage ->
        TodayScreen(state, stage.host, act)
    }
}

internal fun Counter.devices(scope: CoroutineScope): PlaceOf<*, *> {
    val common = Common<DevicesAction>(DevicesAction.Shown, DevicesAction.Opened, DevicesAction.Leave)
    return PlaceOf(Route.Devices, scope, DevicesPresenter(core, ids, scope), common, { it.open }) { state, act, stage ->
        DevicesScreen(state, stage.host, act)
    }
}

internal fun Counter.limits(scope: CoroutineScope): PlaceOf<*, *> {
    val common = Common<LimitsAction>(LimitsAction.Shown, LimitsAction.Opened, LimitsAction.Leave)
    return PlaceOf(Route.Limits, scope, LimitsPresenter(core, ids, scope), common, { it.open }) { state, act, stage ->
        LimitsScreen(state, stage.host, act)
    }
}

internal fun Counter.instruments(scope: CoroutineScope): PlaceOf<*, *> {
    val common = Common<InstrumentsAction>(InstrumentsAction.Shown, InstrumentsAction.Opened, InstrumentsAction.Leave)
    val presenter = InstrumentsPresenter(core, scope)
    return PlaceOf(Route.Instruments, scope, presenter, common, { it.open }) { state, act, stage ->
        InstrumentsScreen(state, stage.host, act)
    }
}

internal fun Counter.wizard(route: Route.Wizard, scope: CoroutineScope, kept: Kept?): PlaceOf<*, *> {
    val presenter = WizardPresenter(core, ids, scope, route, kept)
    val common = Common<WizardAction>(WizardAction.Shown, WizardAction.Opened, WizardAction.Leave)
    return PlaceOf(route, scope, presenter, common, { it.open }, presenter::keep) { state, act, stage ->
        WizardScreen(state, stage.host, act)
    }
}

internal fun Counter.signOut(scope: CoroutineScope): PlaceOf<*, *> {
    val common = Common<SignoutAction>(SignoutAction.Shown, SignoutAction.Opened, SignoutAction.Leave)
    return PlaceOf(Route.SignOut, scope, SignoutPresenter(core, scope), common, { it.open }) { state, act, stage ->
        SignoutScreen(state, stage.host, act)
    }
}

internal fun Counter.carry(scope: CoroutineScope): PlaceOf<*, *> {
    val common = Common<CarryAction>(CarryAction.Shown, CarryAction.Opened, CarryAction.Leave)
    return PlaceOf(Route.Carry, scope, CarryPresenter(core, scope, reading), common, { it.open }) { state, act, stage ->
        CarryScreen(state, stage.host, act, stage.preview)
    }
}
