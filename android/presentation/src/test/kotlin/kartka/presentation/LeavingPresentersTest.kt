package kartka.presentation

import kartka.presentation.carry.CarryAction
import kartka.presentation.carry.CarryFace
import kartka.presentation.carry.CarryPresenter
import kartka.presentation.scan.Camera
import kartka.presentation.signout.SignoutAction
import kartka.presentation.signout.SignoutFace
import kartka.presentation.signout.SignoutPresenter
import kartka.presentation.standing.StandingAction
import kartka.presentation.standing.StandingPresenter
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** A phone leaves its shop with nothing that only it knows. */
class LeavingPresentersTest {
    private val shop = stocked()

    @Test
    fun `what waits is sent and the phone leaves by the next tap`() {
        shop.desk.waits(3)
        val last =
            play(shop, { SignoutPresenter(shop, it) }) {
                act(SignoutAction.Shown, SignoutAction.SignOut)
                assertFalse(shop.leaving.left, "three entries are on this phone alone")
                act(SignoutAction.Send)
                assertEquals(SignoutFace.Ready, state.face)
                tap(30, SignoutAction.SignOut)
            }
        assertTrue(shop.leaving.left)
        assertEquals(Route.Start, last.open)
    }

    @Test
    fun `a file that nobody has put anywhere lets no phone go`() {
        shop.desk.waits(3)
        play(shop, { SignoutPresenter(shop, it) }) {
            act(SignoutAction.Shown, SignoutAction.Kept)
            assertEquals(SignoutFace.Unsent, state.face, "there is no file yet")
            act(SignoutAction.Write, SignoutAction.SignOut)
            assertEquals(SignoutFace.Written, state.face)
            assertFalse(shop.leaving.left)
            act(SignoutAction.Kept, SignoutAction.SignOut)
            assertTrue(shop.leaving.left)
        }
    }

    @Test
    fun `what is sold after the file was written needs another one`() {
        shop.desk.waits(3)
        play(shop, { SignoutPresenter(shop, it) }) {
            act(SignoutAction.Shown, SignoutAction.Write, SignoutAction.Kept)
            shop.desk.waits(4)
            settle()
            assertEquals(SignoutFace.Unsent, state.face)
            act(SignoutAction.Leave)
            assertEquals(Route.Back, state.open)
            act(SignoutAction.Opened)
        }
    }

    @Test
    fun `both begin where the exchange is looked at`() {
        play(shop, { StandingPresenter(shop, it) }) {
            act(StandingAction.OpenCarry)
            assertEquals(Route.Carry, state.open)
            act(StandingAction.Opened, StandingAction.OpenSignOut)
            assertEquals(Route.SignOut, state.open)
        }
    }

    @Test
    fun `the sheet before the camera brings the file and is forgotten`() {
        play(shop, { CarryPresenter(shop, it, EmptyCoroutineContext) }) {
            act(CarryAction.Shown, CarryAction.CameraIs(Camera.Searching), CarryAction.Frame(frame("SHEET")))
            assertEquals("", state.sheet, "no file was picked: nothing is looked for")
            act(CarryAction.Pick(Picked.There("outbox")), CarryAction.Frame(frame("K1-1234567890")))
            assertEquals(CarryFace.Asking, state.face, "a card is no sheet")
            act(CarryAction.Frame(frame("SHEET-9")), CarryAction.Frame(frame("SHEET-9")))
            assertEquals(CarryFace.WrongSheet, state.face)
            act(CarryAction.Frame(frame("SHEET")))
            assertEquals(Carried(2, 2, 2), state.carried)
            assertEquals("", state.sheet)
            act(CarryAction.Leave)
            assertEquals(Route.Back, state.open)
            act(CarryAction.Opened)
        }
        assertEquals(0, shop.openSessions)
    }
}
