package kartka.presentation

import kartka.presentation.found.FoundAction
import kartka.presentation.found.FoundPresenter
import kartka.presentation.found.FoundState
import kartka.presentation.inbox.InboxAction
import kartka.presentation.inbox.InboxPresenter
import kartka.presentation.inbox.InboxState
import kartka.presentation.operator.OperatorAction
import kartka.presentation.operator.OperatorPresenter
import kartka.presentation.operator.OperatorState
import kartka.presentation.pair.PairAction
import kartka.presentation.pair.PairPresenter
import kartka.presentation.pair.PairState
import kartka.presentation.scan.Camera
import kartka.presentation.sheet.SheetAction
import kartka.presentation.sheet.SheetPresenter
import kartka.presentation.sheet.SheetState
import kartka.presentation.standing.StandingAction
import kartka.presentation.standing.StandingPresenter
import kartka.presentation.standing.StandingState
import kartka.presentation.start.StartAction
import kartka.presentation.start.StartPresenter
import kartka.presentation.start.StartState
import kotlin.coroutines.EmptyCoroutineContext

/** Every state of the screens that all modes share. */
object HouseStates {
    val all: List<ShownState> = start() + found() + pair() + sheet() + operator() + inbox() + standing() + clocks()

    private fun onStart(name: String, script: Screen<StartState, StartAction>.() -> Unit) =
        ShownState("start.$name") { FakeShop().let { shop -> play(shop, { StartPresenter(shop, it) }, script) } }

    private fun start() =
        listOf(
            onStart("loading") { hold().also { act(StartAction.Shown) } },
            onStart("first_run") {
                shop.house.enrolled = false
                act(StartAction.Shown)
            },
            onStart("enrolled") { act(StartAction.Shown) },
            onStart("trouble") {
                shop.desk.refuse(FULL_DISK)
                act(StartAction.Shown)
            },
        )

    private fun onFound(name: String, script: Screen<FoundState, FoundAction>.() -> Unit) =
        ShownState("found.$name") {
            val shop = FakeShop().apply { house.enrolled = false }
            play(shop, { FoundPresenter(shop, CountingIds(), it, "UA") }, script)
        }

    private val typed = arrayOf(FoundAction.TypeName("Кав'ярня"), FoundAction.TypeOwner("Марта"))

    private fun found() =
        listOf(
            onFound("empty") { act(FoundAction.Shown) },
            onFound("ready") { act(*typed, FoundAction.Choose("PL"), FoundAction.ChooseKind(ShopKind.Shop)) },
            onFound("founding") {
                hold()
                act(*typed, FoundAction.Found)
            },
            onFound("invalid") {
                act(FoundAction.TypeName("Ї".repeat(200)), FoundAction.TypeOwner("Марта"), FoundAction.Found)
            },
            onFound("trouble") {
                shop.desk.refuse(FULL_DISK)
                act(*typed, FoundAction.Found)
            },
        )

    private fun onPair(
        name: String,
        camera: Camera = Camera.Searching,
        script: Screen<PairState, PairAction>.() -> Unit = {},
    ) = ShownState("pair.$name") {
        val shop = FakeShop().apply { house.enrolled = false }
        play(shop, { PairPresenter(shop, CountingIds(), it, EmptyCoroutineContext, "Каса 2") }) {
            act(PairAction.Shown, PairAction.CameraIs(camera))
            script()
        }
    }

    private fun pair() =
        listOf(
            onPair("not_asked", Camera.NotAsked),
            onPair("denied", Camera.Denied),
            onPair("blocked", Camera.Blocked),
            onPair("busy", Camera.Busy),
            onPair("scanning"),
            onPair("not_ours") { act(PairAction.Frame(frame("https://example.org"))) },
            onPair("ready") { act(PairAction.Type("KP1-good"), PairAction.TypeDeviceName("Каса 3")) },
            onPair("pairing") {
                hold()
                act(PairAction.Frame(frame("KP1-good")))
            },
            onPair("refused") { act(PairAction.Frame(frame("KP1-used"))) },
            onPair("invalid") { act(PairAction.Type("4820"), PairAction.Pair) },
            onPair("offline") {
                shop.desk.refuse(refusal(TroubleKind.Offline, "error.offline"))
                act(PairAction.Frame(frame("KP1-good")))
            },
            onPair("trouble") {
                shop.desk.refuse(FULL_DISK)
                act(PairAction.Frame(frame("KP1-good")))
            },
        )

    private fun onSheet(name: String, script: Screen<SheetState, SheetAction>.() -> Unit) =
        ShownState("sheet.$name") {
            val shop = FakeShop().apply { house.printed = false }
            play(shop, { SheetPresenter(shop, it, EmptyCoroutineContext) }, script)
        }

    private fun sheet() =
        listOf(
            onSheet("loading") { hold().also { act(SheetAction.Shown) } },
            onSheet("not_printed") { act(SheetAction.Shown) },
            onSheet("confirming") { act(SheetAction.Shown, SheetAction.Written, SheetAction.Type("SHEET-1")) },
            onSheet(
                "wrong",
            ) { act(SheetAction.Shown, SheetAction.Written, SheetAction.Type("SHEET-9"), SheetAction.Confirm) },
            onSheet(
                "printed",
            ) { act(SheetAction.Shown, SheetAction.Written, SheetAction.Type("SHEET-1"), SheetAction.Confirm) },
            onSheet("trouble") {
                shop.desk.refuse(FULL_DISK)
                act(SheetAction.Shown)
            },
        )

    private fun onOperator(name: String, script: Screen<OperatorState, OperatorAction>.() -> Unit) =
        ShownState("operator.$name") {
            FakeShop().let { shop -> play(shop, { OperatorPresenter(shop, it) }, script) }
        }

    private fun Screen<OperatorState, OperatorAction>.typePin(pin: String) =
        act(OperatorAction.TypePin(pin), OperatorAction.Confirm)

    private fun operator() =
        listOf(
            onOperator("loading") { hold().also { act(OperatorAction.Shown) } },
            onOperator("people") { act(OperatorAction.Shown) },
            onOperator("ask_pin") { act(OperatorAction.Shown, OperatorAction.Choose(1)) },
            onOperator("wrong_pin") {
                act(OperatorAction.Shown, OperatorAction.Choose(1))
                typePin("1111")
            },
            onOperator("pin_locked") {
                act(OperatorAction.Shown, OperatorAction.Choose(1))
                repeat(4) { typePin("1111") }
            },
            onOperator(
                "new_pin",
            ) { act(OperatorAction.Shown, OperatorAction.ChangePin(1), OperatorAction.TypeOld("2580")) },
            onOperator("pin_too_simple") {
                act(OperatorAction.Shown, OperatorAction.ChangePin(2))
                typePin("0000")
            },
            onOperator("trouble") {
                shop.desk.refuse(FULL_DISK)
                act(OperatorAction.Shown)
            },
        )

    /** Two things that wait: a debt, and what a revoked phone sent. */
    val WAITING =
        arrayOf(
            InboxItem(
                1,
                Words("code.overdraft", mapOf("points" to 120)),
                7,
                null,
                "2026-11-22",
                InboxAsk.Notice,
            ),
            InboxItem(2, Words("code.quarantined", QUARANTINED), null, null, "2026-11-22", InboxAsk.Quarantine(77)),
        )

    private fun onInbox(name: String, script: Screen<InboxState, InboxAction>.() -> Unit) =
        ShownState("inbox.$name") {
            val shop = stocked()
            play(shop, { InboxPresenter(shop, CountingIds(), it) }, script)
        }

    private fun inbox() =
        listOf(
            onInbox("loading") { hold().also { act(InboxAction.Shown) } },
            onInbox("empty") { act(InboxAction.Shown) },
            onInbox("items") {
                shop.office.waiting(*WAITING)
                act(InboxAction.Shown)
            },
            onInbox("asking") {
                shop.office.waiting(*WAITING)
                act(InboxAction.Shown, InboxAction.Refuse(2))
            },
            onInbox("deciding") {
                shop.office.waiting(*WAITING)
                act(InboxAction.Shown, InboxAction.TakeIn(2))
                hold()
                act(InboxAction.Confirm)
            },
            onInbox("not_allowed") {
                shop.office.mayNot = true
                act(InboxAction.Shown)
            },
            onInbox("trouble") {
                shop.desk.refuse(FULL_DISK)
                act(InboxAction.Shown)
            },
        )

    private fun onStanding(name: String, script: Screen<StandingState, StandingAction>.() -> Unit) =
        ShownState("standing.$name") {
            FakeShop().let { shop -> play(shop, { StandingPresenter(shop, it) }, script) }
        }

    private fun clocks() =
        listOf(
            onStanding("clock_wrong") {
                shop.house.clockOff = 7_200_000
                act(StandingAction.Shown)
            },
            onStanding("clock_asked") {
                shop.desk.alone()
                shop.house.clockJump = ClockJump("2026-11-23", "2036-11-20")
                act(StandingAction.Shown)
            },
        )

    private fun standing() =
        listOf(
            onStanding("loading") { hold() },
            onStanding("alone") {
                shop.desk.alone()
                shop.house.copy = CopyAge.Aged(3_600_000, overdue = false)
                act(StandingAction.Shown)
            },
            onStanding("copy_overdue") {
                shop.desk.alone()
                shop.house.copy = CopyAge.Never
                act(StandingAction.Shown)
            },
            onStanding("copying") {
                shop.desk.alone()
                act(StandingAction.Shown)
                hold()
                act(StandingAction.MakeCopy)
            },
            onStanding("copy_written") {
                shop.desk.alone()
                act(StandingAction.Shown, StandingAction.MakeCopy)
            },
            onStanding("copied") {
                shop.desk.alone()
                act(StandingAction.Shown, StandingAction.MakeCopy, StandingAction.CopyLies)
            },
            onStanding("in_sync") { act(StandingAction.Shown) },
            onStanding("waiting") {
                shop.desk.waits(3)
                act(StandingAction.Shown)
            },
            onStanding("exchanging") {
                act(StandingAction.Shown)
                hold()
                act(StandingAction.Exchange)
            },
            onStanding("stuck") {
                shop.house.stopped = 12
                act(StandingAction.Shown)
            },
            onStanding("renumbered") {
                shop.house.renumbered = 4
                act(StandingAction.Shown)
            },
            onStanding("revoked") {
                shop.desk.revoke()
                act(StandingAction.Shown)
            },
            onStanding("trouble") {
                shop.house.stopped = 12
                act(StandingAction.Shown, StandingAction.Exchange)
            },
        )
}

private val QUARANTINED = mapOf("device" to 2L, "upto" to 77L, "ops" to 3L, "sold" to 12_000L, "redeemed" to 0L)
