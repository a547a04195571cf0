package kartka.presentation.done

import kartka.presentation.CountingIds
import kartka.presentation.Kept
import kartka.presentation.Route
import kartka.presentation.Screen
import kartka.presentation.play
import kartka.presentation.stocked
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull

class DonePresenterTest {
    private val shop = stocked()
    private lateinit var current: DonePresenter

    private fun done(sale: Long = 1, kept: Kept? = null, script: Screen<DoneState, DoneAction>.() -> Unit): DoneState =
        play(shop, {
            DonePresenter(shop, CountingIds(), it, Route.Done(sale), kept).also { now ->
                current = now
            }
        }, script)

    private val undone get() =
        shop.till.sold
            .first()
            .returns
            .count { it.undone != null }

    @Test
    fun `after ten seconds the next customer's turn begins by itself`() {
        done {
            act(DoneAction.Shown)
            assertEquals(10, state.undoSeconds)
            pass(9_000)
            assertEquals(1 to null, state.undoSeconds to state.open)
            pass(1_000)
            assertEquals(0 to Route.Scan(), state.undoSeconds to state.open)
        }
    }

    @Test
    fun `one tap undoes once, and the screen stays until it is read`() {
        done {
            act(DoneAction.Shown)
            tap(5, DoneAction.Undo)
            pass(60_000)
            assertEquals(DoneFace.Undone, state.face)
            assertNull(state.open)
            act(DoneAction.Undo, DoneAction.Next)
            assertEquals(Route.Scan(), state.open)
        }
        assertEquals(1, undone)
    }

    @Test
    fun `undoing that was under way when the process died happens once`() {
        var kept: Kept? = null
        done {
            act(DoneAction.Shown)
            hold()
            act(DoneAction.Undo)
            kept = Kept.of(current.keep().line())
            die()
            shop.desk.gate = null
        }
        done(kept = kept) { act(DoneAction.Shown) }
        done(kept = kept) { act(DoneAction.Shown) }
        assertEquals(1, undone)
    }

    @Test
    fun `when the seconds are over, undoing is no longer one tap`() {
        done {
            act(DoneAction.Shown)
            pass(10_000)
            act(DoneAction.Opened, DoneAction.Undo)
        }
        assertEquals(0, undone)
    }

    @Test
    fun `a touch keeps the screen, and the card may still turn up`() {
        done(sale = 2) {
            act(DoneAction.Shown, DoneAction.Stay)
            pass(60_000)
            assertNull(state.open)
            act(DoneAction.AttachCard)
            assertEquals(Route.Scan(attachTo = 2), state.open)
            act(DoneAction.Opened, DoneAction.OpenReceipt)
            assertEquals(Route.Receipt(2), state.open)
        }
    }

    @Test
    fun `what was queued is shown as sent when it is`() {
        shop.desk.waits(1)
        done {
            act(DoneAction.Shown)
            assertEquals(DoneFace.Queued, state.face)
            shop.desk.synced()
            settle()
            assertEquals(DoneFace.Committed, state.face)
        }
    }
}
