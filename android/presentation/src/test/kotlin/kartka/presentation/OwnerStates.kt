package kartka.presentation

import kartka.presentation.devices.DevicesAction
import kartka.presentation.devices.DevicesPresenter
import kartka.presentation.devices.DevicesState
import kartka.presentation.instruments.InstrumentsAction
import kartka.presentation.instruments.InstrumentsPresenter
import kartka.presentation.instruments.InstrumentsState
import kartka.presentation.limits.LimitsAction
import kartka.presentation.limits.LimitsPresenter
import kartka.presentation.limits.LimitsState
import kartka.presentation.today.TodayAction
import kartka.presentation.today.TodayPresenter
import kartka.presentation.today.TodayState
import kartka.presentation.wizard.WizardAction
import kartka.presentation.wizard.WizardPresenter
import kartka.presentation.wizard.WizardState

/** Every state of the owner's screens. */
object OwnerStates {
    val all: List<ShownState> = today() + devices() + limits() + instruments() + wizard()

    private fun onToday(name: String, shop: FakeShop = stocked(), script: Screen<TodayState, TodayAction>.() -> Unit) =
        ShownState("today.$name") { play(shop, { TodayPresenter(shop, it) }, script) }

    private fun today() =
        listOf(
            onToday("loading") { hold().also { act(TodayAction.Shown) } },
            onToday("none_yet", FakeShop()) { act(TodayAction.Shown) },
            onToday("clock_asked") {
                shop.house.clockJump = ClockJump("2026-11-23", "2036-11-20")
                act(TodayAction.Shown)
            },
            onToday("figures") { act(TodayAction.Shown) },
            onToday("partial") {
                shop.desk.waits(3)
                act(TodayAction.Shown)
            },
            onToday("sheet_not_printed") {
                shop.house.printed = false
                act(TodayAction.Shown)
            },
            onToday("copy_overdue") {
                shop.house.copy = CopyAge.Aged(8 * 86_400_000L, overdue = true)
                act(TodayAction.Shown)
            },
            onToday("trouble") {
                shop.desk.refuse(FULL_DISK)
                act(TodayAction.Shown)
            },
        )

    private fun onDevices(
        name: String,
        shop: FakeShop = stocked(),
        script: Screen<DevicesState, DevicesAction>.() -> Unit,
    ) = ShownState("devices.$name") { play(shop, { DevicesPresenter(shop, CountingIds(), it) }, script) }

    private fun devices() =
        listOf(
            onDevices("loading") { hold().also { act(DevicesAction.Shown) } },
            onDevices("everybody") { act(DevicesAction.Shown) },
            onDevices("flagged") {
                act(DevicesAction.Shown, DevicesAction.AskRevoke(2), DevicesAction.Revoke(Revoking.WipeWhenEmpty))
            },
            onDevices("ask_revoke") { act(DevicesAction.Shown, DevicesAction.AskRevoke(2)) },
            onDevices("ask_dismiss") { act(DevicesAction.Shown, DevicesAction.AskDismiss(2)) },
            onDevices("employing") {
                act(DevicesAction.Shown, DevicesAction.AskEmploy)
                act(DevicesAction.TypeName("Оксана"), DevicesAction.ChooseRole(2))
            },
            onDevices("ask_holder") { act(DevicesAction.Shown, DevicesAction.AskPair) },
            onDevices("ask_outlet") {
                shop.places.second()
                act(DevicesAction.Shown, DevicesAction.AskPair, DevicesAction.Invite(2))
            },
            onDevices("code") { act(DevicesAction.Shown, DevicesAction.AskPair, DevicesAction.Invite(2)) },
            onDevices("writing") {
                act(DevicesAction.Shown, DevicesAction.AskDismiss(2))
                hold()
                act(DevicesAction.Dismiss)
            },
            onDevices("not_allowed") {
                shop.office.mayNot = true
                act(DevicesAction.Shown)
            },
            onDevices("trouble") {
                act(DevicesAction.Shown, DevicesAction.AskRevoke(1), DevicesAction.Revoke(Revoking.WipeNow))
            },
        )

    private fun onLimits(
        name: String,
        shop: FakeShop = stocked(),
        script: Screen<LimitsState, LimitsAction>.() -> Unit,
    ) = ShownState("limits.$name") { play(shop, { LimitsPresenter(shop, CountingIds(), it) }, script) }

    private val change = LimitsAction.Change(EarnLimits(perDay = LimitNumber(3, LimitThen.Flag)))

    private fun limits() =
        listOf(
            onLimits("loading") { hold().also { act(LimitsAction.Shown) } },
            onLimits("bounded") { act(LimitsAction.Shown) },
            onLimits("unbounded") {
                shop.office.unbounded()
                act(LimitsAction.Shown)
            },
            onLimits("changed") { act(LimitsAction.Shown, change) },
            onLimits("saving") {
                act(LimitsAction.Shown, change)
                hold()
                act(LimitsAction.Save)
            },
            onLimits("saved") { act(LimitsAction.Shown, change, LimitsAction.TypeDays("60"), LimitsAction.Save) },
            onLimits("invalid") { act(LimitsAction.Shown, LimitsAction.TypeHours("500"), LimitsAction.Save) },
            onLimits("not_allowed") {
                shop.office.mayNot = true
                act(LimitsAction.Shown)
            },
            onLimits("trouble") {
                shop.desk.refuse(FULL_DISK)
                act(LimitsAction.Shown)
            },
        )

    private fun onInstruments(
        name: String,
        shop: FakeShop = stocked(),
        script: Screen<InstrumentsState, InstrumentsAction>.() -> Unit,
    ) = ShownState("instruments.$name") { play(shop, { InstrumentsPresenter(shop, it) }, script) }

    private fun instruments() =
        listOf(
            onInstruments("loading") { hold().also { act(InstrumentsAction.Shown) } },
            onInstruments("none") {
                shop.programme.clear()
                act(InstrumentsAction.Shown)
            },
            onInstruments("active") { act(InstrumentsAction.Shown) },
            onInstruments("drafts") {
                drafted(shop)
                act(InstrumentsAction.Shown)
            },
            onInstruments("kinds") { act(InstrumentsAction.Shown, InstrumentsAction.AskNew) },
            onInstruments("trouble") {
                shop.desk.refuse(FULL_DISK)
                act(InstrumentsAction.Shown)
            },
        )

    /** Leaves a draft behind. */
    fun drafted(shop: FakeShop) {
        play(shop, { WizardPresenter(shop, CountingIds(), it, Route.Wizard(WizardKind.Bonus)) }) {
            act(WizardAction.Shown, WizardAction.TypeName("Ранкова"), WizardAction.Leave)
        }
    }

    private fun onWizard(
        name: String,
        route: Route.Wizard = Route.Wizard(WizardKind.Bonus),
        shop: FakeShop = stocked(),
        script: Screen<WizardState, WizardAction>.() -> Unit,
    ) = ShownState("wizard.$name") { play(shop, { WizardPresenter(shop, CountingIds(), it, route) }, script) }

    private val named = arrayOf(WizardAction.Shown, WizardAction.TypeName("Ранкова"))

    private fun wizard() =
        listOf(
            onWizard("loading") { hold().also { act(WizardAction.Shown) } },
            onWizard("quick") { act(*named) },
            onWizard("step", Route.Wizard(instrument = BONUS)) { act(WizardAction.Shown, WizardAction.Next) },
            onWizard("problem") { act(*named, WizardAction.Answer("rate", 9_000)) },
            onWizard("preview") { act(*named, WizardAction.Preview) },
            onWizard("publishing") {
                act(*named)
                hold()
                act(WizardAction.Publish)
            },
            onWizard("published") { act(*named, WizardAction.Publish) },
            onWizard("not_allowed") {
                shop.programme.mayNot = true
                act(*named, WizardAction.Publish)
            },
            onWizard("trouble", Route.Wizard(draft = 99)) { act(WizardAction.Shown) },
        )
}
