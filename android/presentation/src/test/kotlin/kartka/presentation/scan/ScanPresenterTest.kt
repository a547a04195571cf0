package kartka.presentation.scan

import kartka.presentation.CardEntry
import kartka.presentation.CardRead
import kartka.presentation.Carrier
import kartka.presentation.FakeShop
import kartka.presentation.NOON
import kartka.presentation.Route
import kartka.presentation.SyncDot
import kartka.presentation.SyncMark
import kartka.presentation.TroubleKind
import kartka.presentation.frame
import kartka.presentation.refusal
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancel
import kotlinx.coroutines.test.StandardTestDispatcher
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull

@OptIn(ExperimentalCoroutinesApi::class)
class ScanPresenterTest {
    private val shop =
        FakeShop().apply {
            people.customer(id = 7, number = "1234567890", phone = "380501112233")
            people.customer(id = 8, number = "1234567891", phone = "380509992233")
            people.freshCard(id = 40, number = "5555555555")
        }

    /** A counter with the screen shown and the camera on. */
    private class Counter(private val test: TestScope, val shop: FakeShop) {
        private val screen = CoroutineScope(test.coroutineContext + Job())
        private val presenter = ScanPresenter(shop, screen, StandardTestDispatcher(test.testScheduler))

        val state: ScanState get() = presenter.state.value

        fun act(vararg actions: ScanAction) {
            actions.forEach {
                presenter.act(it)
                test.runCurrent()
            }
        }

        fun show(text: String) = act(ScanAction.Frame(frame(text)))

        fun type(text: String) = act(ScanAction.OpenKeypad, ScanAction.Type(text), ScanAction.Submit)

        fun settle() = test.runCurrent()

        fun leave() {
            screen.cancel()
            test.runCurrent()
        }
    }

    private fun atTheCounter(block: Counter.() -> Unit) =
        runTest {
            val counter = Counter(this, shop)
            counter.act(ScanAction.Shown, ScanAction.CameraIs(Camera.Searching))
            counter.block()
            counter.leave()
            assertEquals(0, shop.openSessions, "the screen left a scan session open")
        }

    @Test
    fun `each code leads where the core says`() {
        val cases =
            listOf(
                "K1-1234567890" to ScanState(open = Route.Customer(7, CardRead.Scanned)),
                "K1-5555555555" to ScanState(open = Route.Register(40)),
                "X1-1234567890" to ScanState(notice = Notice.OtherShop),
                "B1-1234567890" to ScanState(notice = Notice.Blocked),
                "N1-1234567890" to ScanState(notice = Notice.SyncFirst),
                "4820000000000" to ScanState(notice = Notice.NotOurs),
                "K1-0000000000" to ScanState(notice = Notice.Unreadable, keypad = Keypad.Open),
            )
        cases.forEach { (code, expected) ->
            atTheCounter {
                show(code)
                val outcome = ScanState(open = state.open, notice = state.notice, keypad = state.keypad)
                assertEquals(expected, outcome, code)
                assertEquals(CardEntry.Scanned(code, Carrier.Qr), shop.asked.last())
                assertEquals(false, state.looking)
            }
        }
    }

    @Test
    fun `what lets into a shop or opens its data is no card and is asked of nobody`() {
        listOf("KP1-owner", "SHEET-1").forEach { code ->
            val before = shop.asked.size
            atTheCounter {
                show(code)
                assertEquals(Notice.NotOurs to null, state.notice to state.open, code)
                assertEquals(before, shop.asked.size, "its text was handed on")
                show("K1-1234567890")
                assertEquals(Route.Customer(7, CardRead.Scanned), state.open, "the search goes on")
            }
        }
    }

    @Test
    fun `each typed number leads where the core says and is asked as typed`() {
        val cases =
            listOf(
                "1234567890" to Route.Customer(7, CardRead.Typed),
                "1112233" to Route.Customer(7, CardRead.Found),
                "2233" to Route.Search("2233"),
                "0000" to Route.Search("0000"),
            )
        cases.forEach { (typed, expected) ->
            atTheCounter {
                type(typed)
                assertEquals(expected, state.open, typed)
                assertEquals(CardEntry.Typed(typed), shop.asked.last())
                assertEquals("" to Keypad.Closed, state.typed to state.keypad)
            }
        }
    }

    @Test
    fun `frames count only while the camera searches`() {
        Camera.entries.filter { it != Camera.Searching && it != Camera.Off }.forEach { camera ->
            atTheCounter {
                act(ScanAction.CameraIs(camera))
                show("K1-1234567890")
                assertEquals(camera, state.camera)
                assertNull(state.open, "$camera")
                type("1112233")
                assertEquals(Route.Customer(7, CardRead.Found), state.open, "typing works while the camera is $camera")
            }
        }
    }

    @Test
    fun `a code that cannot be read brings the torch and then the keypad to mind`() =
        atTheCounter {
            val seen =
                listOf(0L, 2_900, 3_100, 5_100).map { at ->
                    act(ScanAction.Frame(frame(atMillis = at)))
                    state.hint
                }
            assertEquals(listOf(Hint.None, Hint.None, Hint.Torch, Hint.Type), seen)
            act(ScanAction.OpenKeypad)
            assertEquals(Keypad.Open, state.keypad)
        }

    @Test
    fun `a card is looked up once however many frames show it`() =
        atTheCounter {
            shop.desk.gate = CompletableDeferred()
            repeat(5) { show("K1-1234567890") }
            assertEquals(true, state.looking)
            assertEquals(1, shop.asked.size)
            shop.desk.gate?.complete(Unit)
            settle()
            assertEquals(Route.Customer(7, CardRead.Scanned), state.open)
            show("K1-1234567890")
            assertEquals(1, shop.asked.size, "the customer's sheet is opening")
            act(ScanAction.Opened)
            assertNull(state.open)
            show("K1-5555555555")
            assertEquals(Route.Register(40), state.open)
        }

    @Test
    fun `an impatient second submit asks nothing`() =
        atTheCounter {
            shop.desk.gate = CompletableDeferred()
            type("1112233")
            act(ScanAction.Submit)
            shop.desk.gate?.complete(Unit)
            settle()
            assertEquals(1, shop.asked.size)
            act(ScanAction.Opened, ScanAction.OpenKeypad, ScanAction.Type("  "), ScanAction.Submit)
            assertEquals(1, shop.asked.size, "an empty field asks nothing")
        }

    @Test
    fun `the last three sales and what waits follow the shop`() =
        atTheCounter {
            assertEquals(SyncMark(SyncDot.InSync, 0, NOON), state.sync)
            (1L..4L).forEach { shop.till.sold(100 * it) }
            shop.desk.waits(4)
            settle()
            assertEquals(listOf(4L, 3L, 2L), state.recentSales.map { it.saleId })
            assertEquals(SyncMark(SyncDot.Waiting, 4, NOON), state.sync)
            shop.desk.synced()
            settle()
            assertEquals(SyncMark(SyncDot.InSync, 0, NOON), state.sync)
            act(ScanAction.TapSale(3))
            assertEquals(Route.Receipt(3), state.open)
        }

    @Test
    fun `each way from the counter leads there, with what was typed`() =
        atTheCounter {
            act(ScanAction.OpenKeypad, ScanAction.Type("Оле"))
            val ways =
                listOf(
                    ScanAction.OpenSearch to Route.Search("Оле"),
                    ScanAction.WithoutCard to Route.Customer(null),
                    ScanAction.OpenShift to Route.Shift,
                    ScanAction.OpenStanding to Route.Standing,
                    ScanAction.StopAttaching to Route.Back,
                )
            ways.forEach { (action, route) ->
                act(action)
                assertEquals(route, state.open)
                act(ScanAction.Opened)
            }
            act(ScanAction.OpenKeypad, ScanAction.Type("1"), ScanAction.CloseKeypad)
            assertEquals("" to Keypad.Closed, state.typed to state.keypad)
        }

    @Test
    fun `a refusal is named and goes with the next try`() =
        atTheCounter {
            val refusal = refusal(TroubleKind.NotAllowed, "code.not_entitled", "permission" to 4)
            shop.desk.refuse(refusal)
            type("1112233")
            assertEquals(Notice.Refused(refusal), state.notice)
            assertEquals("1112233", state.typed, "nothing has to be typed twice")
            shop.desk.refuse(null)
            act(ScanAction.Submit)
            assertEquals(Route.Customer(7, CardRead.Found) to null, state.open to state.notice)
        }

    @Test
    fun `a revoked phone turns itself off and stays off`() {
        val ways =
            mapOf<String, Counter.() -> Unit>(
                "told by sync" to {
                    shop.desk.announceSync()
                    settle()
                },
                "told by an answer" to { show("K1-1234567890") },
            )
        ways.forEach { (way, learns) ->
            val closing = FakeShop()
            runTest {
                Counter(this, closing).run {
                    act(ScanAction.Shown, ScanAction.CameraIs(Camera.Searching))
                    closing.desk.revoke()
                    assertEquals(Camera.Searching, state.camera, "the phone cannot know yet")
                    learns()
                    assertEquals(Camera.Off to Notice.Revoked, state.camera to state.notice, way)
                    val before = state
                    act(ScanAction.CameraIs(Camera.Searching), ScanAction.OpenKeypad, ScanAction.Type("1"))
                    show("K1-1234567890")
                    assertEquals(before, state, way)
                    leave()
                }
            }
        }
    }
}
