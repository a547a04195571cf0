package kartka.presentation.receipt

import kartka.presentation.CardRead
import kartka.presentation.CountingIds
import kartka.presentation.Kept
import kartka.presentation.Route
import kartka.presentation.Screen
import kartka.presentation.TroubleKind
import kartka.presentation.UndoReason
import kartka.presentation.attach.AttachAction
import kartka.presentation.attach.AttachPresenter
import kartka.presentation.play
import kartka.presentation.shift.ShiftAction
import kartka.presentation.shift.ShiftPresenter
import kartka.presentation.stocked
import kartka.presentation.uah
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull

class ReceiptPresenterTest {
    private val shop = stocked()
    private val ids = CountingIds()
    private lateinit var current: ReceiptPresenter

    private fun receipt(
        sale: Long = 1,
        kept: Kept? = null,
        script: Screen<ReceiptState, ReceiptAction>.() -> Unit,
    ): ReceiptState =
        play(shop, { ReceiptPresenter(shop, ids, it, Route.Receipt(sale), kept).also { now -> current = now } }, script)

    @Test
    fun `part of a line comes back, and what is left later, each once`() {
        receipt {
            act(ReceiptAction.Shown, ReceiptAction.ChooseLines, ReceiptAction.Take(0, 250))
            assertEquals(uah(5_000), state.refund?.money)
            tap(30, ReceiptAction.GiveBack)
            assertEquals(
                250,
                state.receipt
                    ?.lines
                    ?.single()
                    ?.returned,
            )
            act(ReceiptAction.Leave, ReceiptAction.ChooseLines, ReceiptAction.TakeEverything, ReceiptAction.GiveBack)
            assertEquals(
                1_000,
                state.receipt
                    ?.lines
                    ?.single()
                    ?.returned,
            )
        }
        assertEquals(
            2,
            shop.till.sold
                .first()
                .returns.size,
        )
    }

    @Test
    fun `more than is left is named by the core and nothing comes back`() {
        receipt {
            act(ReceiptAction.Shown, ReceiptAction.ChooseLines, ReceiptAction.Take(0, 1_001), ReceiptAction.GiveBack)
            assertEquals(TroubleKind.Rule, state.trouble?.kind)
            act(ReceiptAction.Take(0, 0))
            assertEquals(ReceiptFace.Choosing, state.face)
        }
        assertEquals(
            0,
            shop.till.sold
                .first()
                .returns.size,
        )
    }

    @Test
    fun `a return under way when the process died happens once`() {
        var kept: Kept? = null
        receipt {
            act(ReceiptAction.Shown, ReceiptAction.ChooseLines, ReceiptAction.Take(0, 250))
            hold()
            act(ReceiptAction.GiveBack)
            kept = Kept.of(current.keep().line())
            die()
            shop.desk.gate = null
        }
        repeat(2) { receipt(kept = kept) { act(ReceiptAction.Shown) } }
        assertEquals(
            listOf(250L),
            shop.till.sold
                .first()
                .returns
                .flatMap { it.lines }
                .map { it.quantity },
        )
    }

    @Test
    fun `chosen lines survive the process`() {
        var kept: Kept? = null
        receipt {
            act(ReceiptAction.Shown, ReceiptAction.ChooseLines, ReceiptAction.Take(0, 250))
            kept = Kept.of(current.keep().line())
        }
        val state = receipt(kept = kept) { act(ReceiptAction.Shown) }
        assertEquals(ReceiptFace.Refund, state.face)
    }

    @Test
    fun `undoing asks why, and too late is named`() {
        receipt {
            act(ReceiptAction.Shown, ReceiptAction.AskUndo, ReceiptAction.Undo(UndoReason.Mistake))
            assertEquals(ReceiptFace.Undone, state.face)
            assertEquals(
                UndoReason.Mistake,
                state.receipt
                    ?.returns
                    ?.single()
                    ?.undone,
            )
        }
        shop.till.undoTooLate = true
        receipt(sale = 2) {
            act(ReceiptAction.Shown, ReceiptAction.AskUndo, ReceiptAction.Undo(UndoReason.Undo))
            assertEquals("code.void_too_late", state.trouble?.words?.key)
            act(ReceiptAction.Leave)
            assertEquals(ReceiptFace.NoCard, state.face)
            act(ReceiptAction.Leave)
            assertEquals(Route.Back, state.open)
        }
    }

    @Test
    fun `a card that turned up is attached once and earns`() {
        receipt(sale = 2) {
            act(ReceiptAction.Shown, ReceiptAction.AttachCard)
            assertEquals(Route.Scan(attachTo = 2), state.open)
        }
        val before =
            shop.people
                .known(7)
                .points
                .single()
                .balance
        play(shop, { AttachPresenter(shop, ids, it, Route.Attach(2, 7, CardRead.Scanned)) }) {
            act(AttachAction.Shown)
            assertEquals(
                800,
                state.quote
                    ?.effects
                    ?.single()
                    ?.points,
            )
            tap(30, AttachAction.Commit)
            assertEquals(true, state.attached)
            act(AttachAction.Leave)
            assertEquals(Route.Scan(), state.open)
            act(AttachAction.Opened)
            assertNull(state.open)
        }
        assertEquals(
            before + 800,
            shop.people
                .known(7)
                .points
                .single()
                .balance,
        )
        receipt(sale = 2) {
            act(ReceiptAction.Shown, ReceiptAction.OpenCustomer)
            assertEquals(Route.Customer(7, CardRead.Found), state.open)
            act(ReceiptAction.Opened)
        }
    }

    @Test
    fun `my shift follows what is sold and taken back`() {
        play(shop, { ShiftPresenter(shop, it) }) {
            act(ShiftAction.Shown)
            assertEquals(2L to uah(28_000), state.totals?.receipts to state.totals?.taken)
            shop.till.sold(500)
            settle()
            assertEquals(uah(28_500), state.totals?.taken)
            act(ShiftAction.Tap(3))
            assertEquals(Route.Receipt(3), state.open)
            act(ShiftAction.Opened, ShiftAction.SwitchOperator)
            assertEquals(Route.Operator, state.open)
            act(ShiftAction.Opened, ShiftAction.Leave)
            assertEquals(Route.Back, state.open)
        }
    }
}
