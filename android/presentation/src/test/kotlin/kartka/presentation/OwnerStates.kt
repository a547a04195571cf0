package kartka.presentation

import kartka.presentation.devices.DevicesAction
import kartka.presentation.devices.DevicesPresenter
import kartka.presentation.devices.DevicesState
import kartka.presentation.limits.LimitsAction
import kartka.presentation.limits.LimitsPresenter
import kartka.presentation.limits.LimitsState
import kartka.presentation.today.TodayAction
import kartka.presentation.today.TodayPresenter
import kartka.presentation.today.TodayState

/** Every state of the owner's screens. */
object OwnerStates {
    val all: List<ShownState> = today() + devices() + limits()

    private fun onToday(name: String, shop: FakeShop = stocked(), script: Screen<TodayState, TodayAction>.() -> Unit) =
        ShownState("today.$name") { play(shop, { TodayPresenter(shop, it) }, script) }

    private fun today() =
        listOf(
            onToday("loading") { hold().also { act(TodayAction.Shown) } },
            onToday("none_yet", FakeShop()) { act(TodayAction.Shown) },
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
}
