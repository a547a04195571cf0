package kartka.ui.picture

import kartka.presentation.Candidate
import kartka.presentation.ClockJump
import kartka.presentation.Colleague
import kartka.presentation.CopyAge
import kartka.presentation.CopyFile
import kartka.presentation.Day
import kartka.presentation.Device
import kartka.presentation.DeviceStanding
import kartka.presentation.EarnLimits
import kartka.presentation.InboxAsk
import kartka.presentation.InboxItem
import kartka.presentation.Invitation
import kartka.presentation.LimitNumber
import kartka.presentation.LimitThen
import kartka.presentation.Outlet
import kartka.presentation.Outstanding
import kartka.presentation.RecoverySheet
import kartka.presentation.RoleName
import kartka.presentation.Standing
import kartka.presentation.SyncDot
import kartka.presentation.SyncMark
import kartka.presentation.Today
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.Trust
import kartka.presentation.Words
import kartka.presentation.devices.Asked
import kartka.presentation.devices.DevicesState
import kartka.presentation.found.FoundState
import kartka.presentation.inbox.InboxState
import kartka.presentation.inbox.Verdict
import kartka.presentation.limits.LimitsState
import kartka.presentation.operator.OperatorState
import kartka.presentation.operator.OperatorStep
import kartka.presentation.pair.PairState
import kartka.presentation.scan.Camera
import kartka.presentation.sheet.SheetState
import kartka.presentation.standing.StandingState
import kartka.presentation.start.StartState
import kartka.presentation.today.TodayState
import kartka.ui.screen.DevicesScreen
import kartka.ui.screen.FoundScreen
import kartka.ui.screen.InboxScreen
import kartka.ui.screen.LimitsScreen
import kartka.ui.screen.OperatorScreen
import kartka.ui.screen.PairScreen
import kartka.ui.screen.SheetScreen
import kartka.ui.screen.StandingScreen
import kartka.ui.screen.StartScreen
import kartka.ui.screen.TodayScreen

private fun trouble(kind: TroubleKind, key: String, vararg numbers: Pair<String, Long>) =
    Trouble(kind, Words(key, numbers.toMap()))

internal const val PAIRING =
    "KARTKA1:WYYDE6DIOR2HA4Z2F4XWWYLSORVWCLTFPBQW24DMMUAWEIKB5F2KXRQ2MZTXQ3LOM5UHG5DVPF4HU6DYPB4HQ6DYPB4HQ6A"
private val denied = trouble(TroubleKind.NotAllowed, "code.only_the_owner")
private val owner = Colleague(1, "Марта", RoleName(1, ""), employed = true, here = true, pin = true)
private val cashier = Colleague(2, "Остап", RoleName(2, ""), employed = true, here = false, pin = true)
private val former = Colleague(3, "Юрій", RoleName(2, ""), employed = false, here = false, pin = false)

/** What both modes share and the owner's: the beginning, staff, the office. */
val office: List<Page> =
    with(Samples) {
        starts() + founds() + pairs() + sheets() + operators() + inboxes() + standings() + todays() +
            deviceses() + limitses()
    }

private fun Samples.starts(): List<Page> =
    listOf(StartState(), StartState(enrolled = false), StartState(enrolled = true), StartState(trouble = full))
        .map { Page("start", it) { StartScreen(it, StillHost) {} } }

private fun Samples.founds(): List<Page> {
    val empty = FoundState(request, country = "UA", countries = listOf("UA", "PL", "DE", "MD", "GE", "KZ", "GB", "US"))
    val ready = empty.copy(name = "Кав'ярня Ранок", owner = "Марта")
    return listOf(
        empty,
        ready,
        ready.copy(founding = true),
        ready.copy(trouble = trouble(TroubleKind.Invalid, "error.validation.name")),
        ready.copy(trouble = full),
    ).map { Page("found", it) { FoundScreen(it, StillHost) {} } }
}

private fun Samples.pairs(): List<Page> {
    val scanning = PairState(request, deviceName = "Каса 2", camera = Camera.Searching)
    val cameras = listOf(Camera.NotAsked, Camera.Denied, Camera.Blocked, Camera.Busy)
    val ready = scanning.copy(code = "KP1-7K2M-0QXD")
    val shown =
        cameras.map { scanning.copy(camera = it) } +
            listOf(
                scanning,
                scanning.copy(foreign = true),
                ready,
                ready.copy(pairing = true),
                ready.copy(trouble = trouble(TroubleKind.PairingRefused, "error.pairing_refused")),
                ready.copy(trouble = trouble(TroubleKind.Invalid, "error.validation.pairing_code")),
                ready.copy(trouble = trouble(TroubleKind.Offline, "error.offline")),
                ready.copy(trouble = full),
            )
    return shown.map { Page("pair", it) { PairScreen(it, StillHost, {}) { glass -> CameraView(glass) } } }
}

private fun Samples.sheets(): List<Page> {
    val shown = SheetState(RecoverySheet("7K2M 0QXD 5R9T\nB3FW 8HNC 4JPE", "KR1 7K2M0QXD5R9TB3FW8HNC4JPE"))
    val confirming = shown.copy(confirms = true, typed = "7K2M 0QXD", camera = Camera.Searching)
    return listOf(
        SheetState(),
        shown,
        confirming,
        confirming.copy(trouble = trouble(TroubleKind.Invalid, "error.validation.recovery_sheet")),
        shown.copy(printed = true),
        SheetState(trouble = full),
    ).map { Page("sheet", it) { SheetScreen(it, StillHost, {}) { glass -> CameraView(glass) } } }
}

private fun Samples.operators(): List<Page> {
    val people = OperatorState(listOf(owner, cashier, former))
    val pin = people.copy(chosen = cashier, step = OperatorStep.Pin, pin = "12")
    val new = people.copy(chosen = owner, step = OperatorStep.NewPin)
    return listOf(
        OperatorState(),
        people,
        pin,
        pin.copy(pin = "", trouble = trouble(TroubleKind.PinNeeded, "code.wrong_pin", "left" to 4)),
        pin.copy(pin = "", trouble = trouble(TroubleKind.Rule, "code.pin_locked", "wait_ms" to 60_000)),
        new.copy(old = "1234", pin = "55"),
        new.copy(pin = "", trouble = trouble(TroubleKind.Rule, "code.pin_too_simple")),
        OperatorState(trouble = full),
    ).map { Page("operator", it) { OperatorScreen(it, StillHost) {} } }
}

private fun Samples.inboxes(): List<Page> {
    val overdraft =
        InboxItem(
            1,
            Words("code.overdraft", mapOf("points" to 40L)),
            olena.id,
            null,
            "2026-11-21",
            InboxAsk.Notice,
        )
    val sent = mapOf("device" to 2L, "upto" to 90L, "ops" to 7L, "sold" to 48_000L, "redeemed" to 0L)
    val held =
        InboxItem(2, Words("code.quarantined", sent), null, null, "2026-11-22", InboxAsk.Quarantine(90))
    val two = InboxItem(3, Words("code.two_named_people"), olena.id, plain.id, "2026-11-22", InboxAsk.Notice)
    val candidates = listOf(Candidate(70, NOON, uah(12_550)), Candidate(72, NOON - 900_000, uah(31_200)))
    val goods = InboxAsk.UnlinkedReturn(80, "1482", "2026-11-20", uah(8_550), candidates)
    val asked = mapOf("amount" to 8_550L, "purchases" to 2L)
    val back = InboxItem(4, Words("code.return_ambiguous", asked), null, null, "2026-11-22", goods)
    val items = InboxState(listOf(overdraft, held))
    return listOf(
        InboxState(),
        InboxState(emptyList()),
        items,
        InboxState(listOf(back, two)),
        items.copy(asked = Verdict(2, takeIn = false)),
        items.copy(deciding = 2),
        items.copy(trouble = denied),
        InboxState(trouble = full),
    ).map { Page("inbox", it) { InboxScreen(it, StillHost) {} } }
}

private val jump get() = ClockJump("2026-11-22", "2036-11-19")

private fun Samples.standings(): List<Page> {
    fun state(dot: SyncDot, pending: Long = 0) =
        StandingState(Standing(SyncMark(dot, pending, NOON), "https://ranok.example", null, null))
    val alone =
        StandingState(Standing(SyncMark(SyncDot.Alone, 0), null, null, null), copy = CopyAge.Aged(86_400_000, false))
    val stuck = Standing(SyncMark(SyncDot.Stuck, 12, NOON), "https://ranok.example", 31, null)
    return listOf(
        StandingState(),
        alone,
        alone.copy(copy = CopyAge.Never, sheetPrinted = false),
        alone.copy(copying = true, sheetPrinted = true),
        alone.copy(made = CopyFile("kartka.copy", 70), sheetPrinted = true),
        alone.copy(copy = CopyAge.Aged(0, false), copied = true, sheetPrinted = true),
        alone.copy(standing = alone.standing?.copy(clockJump = jump), sheetPrinted = true),
        state(SyncDot.InSync),
        state(SyncDot.Waiting, 3),
        state(SyncDot.Waiting, 3).copy(exchanging = true),
        StandingState(stuck),
        StandingState(Standing(SyncMark(SyncDot.InSync, 0, NOON), "https://ranok.example", null, null), aside = true),
        StandingState(stuck.copy(mark = inSync, stopped = null, renumbered = 5)),
        StandingState(stuck.copy(mark = inSync, stopped = null, clockOff = 7_200_000)),
        state(SyncDot.Revoked),
        state(SyncDot.Waiting, 3).copy(trouble = trouble(TroubleKind.Offline, "error.offline")),
    ).map { Page("standing", it) { StandingScreen(it, StillHost) {} } }
}

private fun Samples.todays(): List<Page> {
    val day = Day("2026-11-22", 41, 33, uah(728_600), uah(720_050), uah(8_550), 33, 31, 22, 4, 7_097, uah(17_771))
    val today =
        Today(day, day.copy(sales = uah(650_000)), 1_209, 800, listOf(Outstanding(BONUS, 48_200)), uah(48_200), 0, NOON)
    val figures = TodayState(today, inSync, CopyAge.NotNeeded, sheetPrinted = true, waiting = 2)
    return listOf(
        TodayState(),
        figures.copy(today = today.copy(day = day.copy(receipts = 0)), waiting = 0),
        figures,
        figures.copy(sync = waiting),
        figures.copy(clockJump = jump),
        figures.copy(sheetPrinted = false),
        figures.copy(copy = CopyAge.Aged(9 * 86_400_000L, overdue = true)),
        TodayState(trouble = full),
    ).map { Page("today", it) { TodayScreen(it, StillHost) {} } }
}

private fun Samples.deviceses(): List<Page> {
    val till = Device(1, "Каса 1", 1, DeviceStanding.Active, here = true)
    val second = Device(2, "Каса 2", 2, DeviceStanding.Active, here = false)
    val roles = listOf(RoleName(2, ""), RoleName(3, ""))
    val outlets = listOf(Outlet(1, "Площа Ринок", here = true), Outlet(513, "Вокзал", here = false))
    val everybody = DevicesState(listOf(till, second), listOf(owner, cashier, former), roles)
    return listOf(
        DevicesState(),
        everybody,
        everybody.copy(devices = listOf(till, second.copy(standing = DeviceStanding.WipeWhenEmpty))),
        everybody.copy(asked = Asked.Revoke(2)),
        everybody.copy(asked = Asked.Dismiss(2)),
        everybody.copy(asked = Asked.Employ, name = "Ірина", role = 2),
        everybody.copy(asked = Asked.Holder),
        everybody.copy(asked = Asked.Where(2), outlets = outlets),
        everybody.copy(asked = Asked.Code(2, null, Invitation(PAIRING, NOON + 600_000))),
        everybody.copy(asked = Asked.Code(2, 513, Invitation(PAIRING, NOON + 600_000)), outlets = outlets),
        everybody.copy(asked = Asked.Employ, name = "Ірина", role = 2, writing = true),
        everybody.copy(trouble = denied),
        DevicesState(trouble = full),
    ).map { Page("devices", it) { DevicesScreen(it, StillHost) {} } }
}

private fun Samples.limitses(): List<Page> {
    val trust = Trust(48, 7, 9, 5_000, uah(5_000))
    val limits = EarnLimits(LimitNumber(3, LimitThen.Flag), null, LimitThen.Refuse, LimitThen.Flag)
    val bounded = LimitsState(trust, limits, hours = "48", days = "7")
    return listOf(
        LimitsState(),
        bounded,
        bounded.copy(trust = trust.copy(points = null, worth = null)),
        bounded.copy(hours = "24"),
        bounded.copy(saving = true),
        bounded.copy(saved = true),
        bounded.copy(trouble = trouble(TroubleKind.Invalid, "error.validation.amount")),
        bounded.copy(trouble = denied),
        LimitsState(trouble = full),
    ).map { Page("limits", it) { LimitsScreen(it, StillHost) {} } }
}
