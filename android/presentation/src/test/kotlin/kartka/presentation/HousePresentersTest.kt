package kartka.presentation

import kartka.presentation.found.FoundAction
import kartka.presentation.found.FoundPresenter
import kartka.presentation.inbox.InboxAction
import kartka.presentation.inbox.InboxFace
import kartka.presentation.inbox.InboxPresenter
import kartka.presentation.operator.OperatorAction
import kartka.presentation.operator.OperatorFace
import kartka.presentation.operator.OperatorPresenter
import kartka.presentation.pair.PairAction
import kartka.presentation.pair.PairFace
import kartka.presentation.pair.PairPresenter
import kartka.presentation.pair.PairState
import kartka.presentation.scan.Camera
import kartka.presentation.sheet.SheetAction
import kartka.presentation.sheet.SheetFace
import kartka.presentation.sheet.SheetPresenter
import kartka.presentation.standing.StandingAction
import kartka.presentation.standing.StandingFace
import kartka.presentation.standing.StandingPresenter
import kartka.presentation.start.StartAction
import kartka.presentation.start.StartPresenter
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull

class HousePresentersTest {
    private val shop = FakeShop()
    private val ids = CountingIds()

    @Test
    fun `a new phone is led to founding or pairing, a paired one to the counter`() {
        play(shop, { StartPresenter(shop, it) }) {
            act(StartAction.Shown)
            assertEquals(Route.Scan(), state.open)
        }
        shop.house.enrolled = false
        play(shop, { StartPresenter(shop, it) }) {
            act(StartAction.Shown)
            assertNull(state.open)
            act(StartAction.Found)
            assertEquals(Route.Found, state.open)
            act(StartAction.Opened, StartAction.Pair)
            assertEquals(Route.Pair, state.open)
            act(StartAction.Opened, StartAction.Restore)
            assertEquals(Route.Open(restores = true), state.open)
        }
    }

    @Test
    fun `thirty taps found one business, also over a dead process, and its sheet comes next`() {
        shop.house.enrolled = false
        var kept: Kept? = null
        play(shop, { FoundPresenter(shop, ids, it, "PL").also { now -> keep = now::keep } }) {
            act(FoundAction.Shown, FoundAction.Found)
            assertNull(shop.house.founding, "an empty form founds nothing")
            act(FoundAction.TypeName("Кав'ярня"), FoundAction.TypeOwner("Марта"))
            tap(30, FoundAction.Found)
            assertEquals(Route.Sheet, state.open)
            kept = Kept.of(keep().line())
        }
        play(shop, { FoundPresenter(shop, ids, it, "UA", kept) }) {
            act(FoundAction.Shown)
            assertEquals(Route.Sheet to null, state.open to state.trouble)
            act(FoundAction.Opened, FoundAction.Leave)
            assertEquals(Route.Back, state.open)
        }
        assertEquals(Founding("Кав'ярня", "PL", ShopKind.Coffee, "Марта"), shop.house.founding)
        assertEquals(1, shop.desk.writes)
    }

    private lateinit var keep: () -> Kept

    @Test
    fun `a country that the core does not know becomes its first one`() {
        shop.house.enrolled = false
        play(shop, { FoundPresenter(shop, ids, it, "CZ") }) {
            act(FoundAction.Shown)
            assertEquals("UA" to listOf("UA", "PL", "DE"), state.country to state.countries)
        }
    }

    @Test
    fun `a used code asks for a new one, and the new one pairs once`() {
        shop.house.enrolled = false
        play(shop, { PairPresenter(shop, ids, it, EmptyCoroutineContext, "Каса 2") }) {
            act(PairAction.Shown, PairAction.CameraIs(Camera.Searching), PairAction.Frame(frame("KP1-used")))
            assertEquals(PairFace.Refused, state.face)
            val refused = state
            act(PairAction.Frame(frame("KP1-used")))
            assertEquals(refused, state, "the camera still sees it, and nothing is asked again")
            tap(5, PairAction.Frame(frame("KP1-good")))
            assertEquals(Route.Scan(), state.open)
            act(PairAction.Opened, PairAction.Leave)
            assertEquals(Route.Back, state.open)
        }
        assertEquals(1, shop.desk.writes)
    }

    @Test
    fun `what lets nobody in is said to be another code until the right one comes`() {
        shop.house.enrolled = false
        play(shop, { PairPresenter(shop, ids, it, EmptyCoroutineContext, "Каса 2") }) {
            act(PairAction.Frame(frame("KP1-good")))
            assertEquals(PairFace.NotAsked, state.face, "no camera was allowed yet")
            act(PairAction.CameraIs(Camera.Searching), PairAction.Frame(frame("K1-1234567890")))
            assertEquals(PairFace.NotOurs to "", state.face to state.code)
            act(PairAction.Frame(frame("KP1-good")))
            assertEquals(Route.Scan(), state.open)
        }
        assertEquals(0, shop.openSessions, "the session ends with the screen")
    }

    @Test
    fun `pairing under way when the process died goes on under its request`() {
        shop.house.enrolled = false
        var kept: Kept? = null
        play(shop, { PairPresenter(shop, ids, it, EmptyCoroutineContext, "Каса 2").also { now -> keep = now::keep } }) {
            hold()
            act(PairAction.CameraIs(Camera.Searching), PairAction.Frame(frame("KP1-good")))
            kept = Kept.of(keep().line())
            die()
            shop.desk.gate = null
        }
        repeat(2) {
            play<PairState, PairAction>(shop, { PairPresenter(shop, ids, it, EmptyCoroutineContext, "Каса 2", kept) }) {
                act(PairAction.Shown)
                assertEquals(Route.Scan(), state.open)
            }
        }
        assertEquals(1, shop.desk.writes)
    }

    @Test
    fun `the sheet counts only when the newest one is shown from paper`() {
        shop.house.printed = false
        play(shop, { SheetPresenter(shop, it, EmptyCoroutineContext) }) {
            act(SheetAction.Shown, SheetAction.Shown)
            assertEquals("SHEET-1", state.sheet?.letters, "coming back makes no other sheet")
            act(SheetAction.Written, SheetAction.Type("SHEET-0"), SheetAction.Confirm)
            assertEquals(SheetFace.Wrong, state.face)
            act(SheetAction.Later)
            assertEquals(SheetFace.NotPrinted, state.face)
            act(SheetAction.Written, SheetAction.Type("SHEET-1"), SheetAction.Confirm)
            assertEquals(SheetFace.Printed to null, state.face to state.sheet)
            act(SheetAction.GoOn)
            assertEquals(Route.Scan(), state.open)
            act(SheetAction.Opened)
        }
        assertEquals(true, shop.house.printed)
    }

    @Test
    fun `the sheet is read off the paper by the camera and a wrong one only once`() {
        shop.house.printed = false
        play(shop, { SheetPresenter(shop, it, EmptyCoroutineContext) }) {
            act(SheetAction.Shown, SheetAction.CameraIs(Camera.Searching), SheetAction.Frame(frame("SHEET-1")))
            assertEquals(SheetFace.NotPrinted, state.face, "nobody has said that it is on paper")
            act(SheetAction.Written, SheetAction.Frame(frame("SHEET-0")), SheetAction.Frame(frame("SHEET-0")))
            assertEquals(SheetFace.Wrong, state.face)
            act(SheetAction.Frame(frame("SHEET-1")))
            assertEquals(SheetFace.Printed to "", state.face to state.typed)
        }
    }

    @Test
    fun `the phone goes to a colleague by their PIN, and one without is not asked`() {
        play(shop, { OperatorPresenter(shop, it) }) {
            act(OperatorAction.Shown, OperatorAction.Choose(2))
            assertEquals(Route.Scan(), state.open)
            act(OperatorAction.Opened)
            assertEquals(listOf(false, true), state.staff?.map { it.here })
            act(OperatorAction.Choose(1), OperatorAction.TypePin("1111"), OperatorAction.Confirm)
            assertEquals("code.wrong_pin" to "", state.trouble?.words?.key to state.pin)
            act(OperatorAction.TypePin("2580"), OperatorAction.Confirm)
            assertEquals(listOf(true, false), state.staff?.map { it.here })
        }
    }

    @Test
    fun `a PIN is set with the old one, and a simple one is named`() {
        play(shop, { OperatorPresenter(shop, it) }) {
            act(OperatorAction.Shown, OperatorAction.ChangePin(1), OperatorAction.TypePin("7777"))
            act(OperatorAction.TypeOld("2580"), OperatorAction.Confirm)
            assertEquals("code.pin_too_simple", state.trouble?.words?.key)
            act(OperatorAction.TypeOld("2580"), OperatorAction.TypePin("7319"), OperatorAction.Confirm)
            assertNull(state.trouble)
            act(OperatorAction.ChangePin(2), OperatorAction.Leave, OperatorAction.Leave)
            assertEquals(Route.Back, state.open)
        }
    }

    @Test
    fun `each item of the inbox is decided once`() {
        shop.office.waiting(*HouseStates.WAITING)
        play(shop, { InboxPresenter(shop, ids, it) }) {
            act(InboxAction.Shown)
            tap(10, InboxAction.Close(1))
            assertEquals(listOf(2L), state.items?.map { it.item })
            act(InboxAction.Refuse(2))
            assertEquals(1, shop.desk.writes, "what cannot be taken back is asked once more")
            act(InboxAction.Leave, InboxAction.Refuse(2))
            tap(10, InboxAction.Confirm)
            assertEquals(emptyList(), state.items)
            shop.office.waiting(*HouseStates.WAITING)
            act(InboxAction.Shown, InboxAction.Agree(1), InboxAction.TakeIn(2), InboxAction.Confirm)
            act(InboxAction.OpenCustomer(7))
            assertEquals(listOf("77 false", "77 true"), shop.office.settled)
            assertEquals(Route.Customer(7, CardRead.Found), state.open)
            act(InboxAction.Opened, InboxAction.Leave)
            assertEquals(Route.Back, state.open)
        }
        assertEquals(4, shop.desk.writes)
    }

    @Test
    fun `goods without a purchase belong to a receipt, stand, or count not`() {
        val sales = listOf(Candidate(70, NOON, uah(12_550)))
        val items =
            (1L..3L).map { at ->
                returned(at, InboxAsk.UnlinkedReturn(at, "1482", "2026-11-20", uah(800), sales))
            }
        shop.office.waiting(*items.toTypedArray())
        play(shop, { InboxPresenter(shop, ids, it) }) {
            act(InboxAction.Shown, InboxAction.TakeIn(1), InboxAction.Refuse(2), InboxAction.Link(3, 70))
            assertEquals(InboxFace.Empty, state.face)
        }
        assertEquals(listOf("1 true null", "2 false null", "3 true 70"), shop.office.settled)
    }

    private fun returned(item: Long, asks: InboxAsk) =
        InboxItem(item, Words("code.return_unlinked", mapOf("amount" to 800L)), null, null, "2026-11-22", asks)

    @Test
    fun `being asked for a PIN is no wrong PIN`() {
        play(shop, { OperatorPresenter(shop, it) }) {
            act(
                OperatorAction.Shown,
                OperatorAction.ChangePin(1),
                OperatorAction.TypePin("7319"),
                OperatorAction.Confirm,
            )
            assertEquals(OperatorFace.NewPin to "code.pin_needed", state.face to state.trouble?.words?.key)
            act(OperatorAction.TypeOld("1111"), OperatorAction.TypePin("7319"), OperatorAction.Confirm)
            assertEquals(OperatorFace.WrongPin, state.face)
        }
    }

    @Test
    fun `the owner of a shop's only phone says whether its clock is right`() {
        shop.desk.alone()
        shop.house.clockJump = ClockJump("2026-11-23", "2036-11-20")
        play(shop, { StandingPresenter(shop, it) }) {
            act(StandingAction.Shown)
            assertEquals(StandingFace.ClockAsked, state.face)
            shop.desk.refuse(refusal(TroubleKind.NotAllowed, "permission.inbox"))
            act(StandingAction.ClockIsRight)
            assertEquals(TroubleKind.NotAllowed, state.trouble?.kind)
            shop.desk.refuse(null)
            act(StandingAction.ClockIsRight)
            assertEquals(null to null, state.standing?.clockJump to state.trouble)
        }
    }

    @Test
    fun `a wrong clock is told beside the exchange and never instead of what stops it`() {
        shop.house.clockOff = -7_200_000
        shop.desk.waits(2)
        play(shop, { StandingPresenter(shop, it) }) {
            act(StandingAction.Shown)
            assertEquals(StandingFace.ClockWrong to -7_200_000L, state.face to state.standing?.clockOff)
            act(StandingAction.Exchange)
            assertEquals(SyncMark(SyncDot.InSync, 0, NOON), state.standing?.mark)
            assertEquals(StandingFace.ClockWrong, state.face)
            shop.house.stopped = 12
            act(StandingAction.Shown)
            assertEquals(StandingFace.Stuck, state.face)
            shop.house.stopped = null
            shop.house.clockOff = null
            act(StandingAction.Shown)
            assertEquals(StandingFace.InSync, state.face)
        }
    }

    @Test
    fun `a copy counts when it lies where the owner picked, and is made by nobody without a sheet`() {
        shop.desk.alone()
        shop.house.copy = CopyAge.Never
        shop.house.printed = false
        play(shop, { StandingPresenter(shop, it) }) {
            act(StandingAction.Shown, StandingAction.MakeCopy)
            assertEquals(TroubleKind.NotFound, state.trouble?.kind)
            shop.house.printed = true
            act(StandingAction.CopyLies, StandingAction.MakeCopy)
            assertEquals(StandingFace.CopyWritten to emptyList<CopyFile>(), state.face to shop.house.copies)
            // Whoever turns back may choose again, or another place.
            act(StandingAction.Leave, StandingAction.Opened, StandingAction.CopyLies)
            assertEquals(StandingFace.Copied to 1, state.face to shop.house.copies.size)
            assertEquals(CopyAge.Aged(0, overdue = false), state.copy)
            act(StandingAction.CopyLies)
            assertEquals(1, shop.house.copies.size)
        }
    }

    @Test
    fun `a stopped exchange goes on when a person has read why`() {
        shop.house.stopped = 12
        shop.house.renumbered = 4
        shop.desk.waits(2)
        play(shop, { StandingPresenter(shop, it) }) {
            act(StandingAction.Shown, StandingAction.Exchange)
            assertEquals(TroubleKind.ServerWentBack, state.trouble?.kind)
            act(StandingAction.Resume)
            assertEquals(SyncMark(SyncDot.InSync, 0, NOON), state.standing?.mark)
            assertNull(state.trouble)
            act(StandingAction.OpenSheet)
            assertEquals(Route.Sheet, state.open)
            act(StandingAction.Opened, StandingAction.Leave)
            assertEquals(Route.Back, state.open)
        }
    }
}
