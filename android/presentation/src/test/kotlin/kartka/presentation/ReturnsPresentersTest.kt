package kartka.presentation

import kartka.presentation.history.HistoryAction
import kartka.presentation.history.HistoryPresenter
import kartka.presentation.outlets.OutletsAction
import kartka.presentation.outlets.OutletsPresenter
import kartka.presentation.shift.ShiftAction
import kartka.presentation.shift.ShiftPresenter
import kartka.presentation.today.TodayAction
import kartka.presentation.today.TodayPresenter
import kartka.presentation.unlinked.UnlinkedAction
import kartka.presentation.unlinked.UnlinkedFace
import kartka.presentation.unlinked.UnlinkedPresenter
import kotlinx.coroutines.runBlocking
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull

/** Goods that come back with a receipt that is not here, and the outlets they may have been bought in. */
class ReturnsPresentersTest {
    private val shop = stocked()
    private val ids = CountingIds()

    @Test
    fun `money goes back once however often it is tapped and points are claimed`() {
        play(shop, { UnlinkedPresenter(shop, ids, it, Route.Unlinked(7)) }) {
            act(UnlinkedAction.Shown, UnlinkedAction.TypeNumber(" B-17 "), UnlinkedAction.TypeDate("5/1/26"))
            assertNull(state.claims, "no amount yet")
            act(UnlinkedAction.TypeAmount("85,50"))
            assertEquals(-855L, state.claims?.single()?.points)
            tap(30, UnlinkedAction.GiveBack)
            assertEquals(UnlinkedFace.Returned, state.face)
            act(UnlinkedAction.Leave)
            assertEquals(Route.Back, state.open)
            act(UnlinkedAction.Opened)
        }
        assertEquals(listOf(ReceiptBack("B-17", "2026-01-05", 8_550, 7, 1)), shop.returns.given)
    }

    @Test
    fun `a receipt of this phone is opened and no money goes back without it`() {
        shop.till.change(1) { it.copy(number = "1482", date = "2026-11-20") }
        play(shop, { UnlinkedPresenter(shop, ids, it, Route.Unlinked()) }) {
            act(UnlinkedAction.Shown, UnlinkedAction.TypeNumber("1482"), UnlinkedAction.TypeDate("20.11.2026"))
            act(UnlinkedAction.TypeAmount("10"), UnlinkedAction.GiveBack)
            assertEquals(emptyList(), shop.returns.given)
            act(UnlinkedAction.OpenReceipt(state.here.single().saleId))
            assertEquals(Route.Receipt(1), state.open)
        }
    }

    @Test
    fun `what was bought in another outlet is another receipt`() {
        shop.till.change(1) { it.copy(number = "1482", date = "2026-11-20") }
        val market = runBlocking { shop.openOutlet(RequestId("o"), "Ринок") }
        play(shop, { UnlinkedPresenter(shop, ids, it, Route.Unlinked()) }) {
            act(UnlinkedAction.Shown, UnlinkedAction.TypeNumber("1482"), UnlinkedAction.TypeDate("20.11.2026"))
            act(UnlinkedAction.TypeAmount("10"), UnlinkedAction.ChooseOutlet(market))
            assertEquals(UnlinkedFace.Quoted, state.face)
        }
    }

    @Test
    fun `a process that dies while the money goes back has given it once`() {
        val back = ReceiptBack("B-17", "2026-11-20", 1_000, 7, 1)
        val request = ids.next()
        runBlocking { shop.returnUnlinked(request, back) }
        val typed =
            arrayOf(
                "number" to "B-17",
                "date" to "20.11.2026",
                "amount" to "10",
                "outlet" to 1,
                "writing" to true,
            )
        val kept = Kept("request" to request.hex, *typed)
        play(shop, { UnlinkedPresenter(shop, ids, it, Route.Unlinked(7), kept) }) {
            act(UnlinkedAction.Shown)
            assertEquals(UnlinkedFace.Returned, state.face)
        }
        assertEquals(listOf(back), shop.returns.given)
    }

    @Test
    fun `the ways to it begin at a shift and at a customer's history`() {
        play(shop, { HistoryPresenter(shop, it, Route.History(7)) }) {
            act(HistoryAction.OpenUnlinked)
            assertEquals(Route.Unlinked(7), state.open)
        }
        play(shop, { ShiftPresenter(shop, it) }) {
            act(ShiftAction.OpenUnlinked)
            assertEquals(Route.Unlinked(), state.open)
        }
    }

    @Test
    fun `an outlet is opened once renamed and a phone moves there`() {
        play(shop, { TodayPresenter(shop, it) }) {
            act(TodayAction.OpenOutlets)
            assertEquals(Route.Outlets, state.open)
        }
        play(shop, { OutletsPresenter(shop, ids, it) }) {
            act(OutletsAction.Shown, OutletsAction.AskNew, OutletsAction.TypeName(" Ринок "))
            tap(30, OutletsAction.Save)
            val market = checkNotNull(state.outlets).single { !it.here }
            assertEquals("Ринок", market.name)
            act(OutletsAction.Choose(market.number), OutletsAction.TypeName("Базар"), OutletsAction.Save)
            act(OutletsAction.Choose(market.number), OutletsAction.StandHere)
            assertEquals(listOf(Outlet(1, "Площа", false), market.copy(name = "Базар", here = true)), state.outlets)
            act(OutletsAction.AskNew, OutletsAction.Leave)
            assertNull(state.open, "back to the list")
            act(OutletsAction.Leave)
            assertEquals(Route.Back, state.open)
            act(OutletsAction.Opened)
        }
    }
}
