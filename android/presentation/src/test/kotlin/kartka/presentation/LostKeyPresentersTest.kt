package kartka.presentation

import kartka.presentation.aside.AsideAction
import kartka.presentation.aside.AsideFace
import kartka.presentation.aside.AsidePresenter
import kartka.presentation.open.OpenAction
import kartka.presentation.open.OpenFace
import kartka.presentation.open.OpenPresenter
import kartka.presentation.open.OpenState
import kartka.presentation.pair.PairAction
import kartka.presentation.pair.PairPresenter
import kartka.presentation.scan.Camera
import kartka.presentation.standing.StandingAction
import kartka.presentation.standing.StandingPresenter
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** A phone that lost the key of its shop: by the sheet, anew, or only to its person's own cards. */
class LostKeyPresentersTest {
    private val shop = stocked()
    private val lost = refusal(TroubleKind.KeysLost, "error.keys_lost")

    private fun opening(
        why: Trouble? = lost,
        restores: Boolean = false,
        script: Screen<OpenState, OpenAction>.() -> Unit,
    ) = play(shop, { OpenPresenter(shop, it, EmptyCoroutineContext, Route.Open(why, restores)) }, script)

    @Test
    fun `the sheet before the camera opens what was lost, and is kept nowhere`() {
        shop.opener.fails = lost
        val last =
            opening {
                act(OpenAction.Shown, OpenAction.CameraIs(Camera.Searching), OpenAction.Frame(frame("SHEET")))
                assertEquals(emptyList(), shop.opener.done, "nobody has asked for it yet")
                act(OpenAction.AskSheet, OpenAction.Frame(frame("K1-1234567890")), OpenAction.Frame(frame("SHEET-9")))
                act(OpenAction.Frame(frame("SHEET-9")), OpenAction.Frame(frame("SHEET")))
            }
        assertEquals(Triple(true, "", Route.Scan()), Triple(last.opened, last.sheet, last.open))
        assertEquals(listOf("unlock"), shop.opener.done)
        assertEquals(0, shop.openSessions)
    }

    @Test
    fun `without the sheet the phone joins anew only after it was asked, and once`() {
        val last =
            opening {
                act(OpenAction.Shown, OpenAction.BeginAnew)
                assertEquals(emptyList(), shop.opener.done)
                act(OpenAction.AskAnew, OpenAction.Leave)
                assertEquals(emptyList(), shop.opener.done, "whoever turns back has put nothing aside")
                act(OpenAction.AskAnew)
                tap(30, OpenAction.BeginAnew)
            }
        assertEquals(listOf("aside"), shop.opener.done)
        assertEquals(Route.Pair, last.open)
    }

    @Test
    fun `a key that is only locked away or a phone that is too old begins nothing anew`() {
        listOf(TroubleKind.KeysLocked, TroubleKind.TooNew, TroubleKind.Busy, TroubleKind.Corrupt).forEach { kind ->
            val last =
                opening(refusal(kind, "error.${snake(kind.name)}")) {
                    act(OpenAction.AskAnew, OpenAction.BeginAnew)
                }
            assertFalse(last.asksAnew, kind.name)
        }
        assertEquals(emptyList(), shop.opener.done)
    }

    @Test
    fun `a person's own cards are a tap away whatever became of the shop`() {
        val last = opening { act(OpenAction.Shown, OpenAction.OpenCards) }
        assertEquals(Route.Cards, last.open)
    }

    @Test
    fun `a copy that is picked is opened by the sheet, and whoever turns back picks again`() {
        shop.house.enrolled = false
        val last =
            opening(why = null, restores = true) {
                act(OpenAction.Shown, OpenAction.PickCopy(Picked.There("picture")))
                act(OpenAction.TypeSheet("SHEET"), OpenAction.UseSheet)
                assertEquals(OpenFace.NoCopy, state.face)
                act(OpenAction.Leave)
                assertEquals(OpenFace.AskCopy to "", state.face to state.sheet)
                act(OpenAction.PickCopy(Picked.There("kartka.copy")), OpenAction.TypeSheet("SHEET"))
                tap(30, OpenAction.UseSheet)
            }
        assertEquals(listOf("restore kartka.copy"), shop.opener.done)
        assertEquals(Route.Scan(), last.open)
        opening(why = null, restores = true) {
            act(OpenAction.Leave)
            assertEquals(Route.Back, state.open)
            act(OpenAction.Opened)
            assertNull(state.open)
        }
    }

    @Test
    fun `data that open again lead to the counter, and none to the beginning`() {
        shop.opener.fails = lost
        opening {
            act(OpenAction.TryAgain)
            assertEquals(OpenFace.KeyMissing, state.face)
            shop.opener.fails = null
            act(OpenAction.TryAgain)
            assertEquals(Route.Scan(), state.open)
        }
        shop.house.enrolled = false
        assertEquals(Route.Start, opening(why = null) { act(OpenAction.Shown) }.open)
    }

    @Test
    fun `what waits is asked for right after the phone was paired anew`() {
        shop.house.enrolled = false
        shop.leaving.moved(NOON)
        val last =
            play(shop, { PairPresenter(shop, CountingIds(), it, EmptyCoroutineContext, "Каса") }) {
                act(PairAction.Type("KP1-good"), PairAction.Pair)
            }
        assertEquals(Route.Aside, last.open)
        play(shop, { StandingPresenter(shop, it) }) {
            act(StandingAction.Shown)
            assertTrue(state.aside)
            act(StandingAction.OpenAside)
            assertEquals(Route.Aside, state.open)
        }
    }

    @Test
    fun `the sheet brings what waited, says how much, and asks for nothing more`() {
        shop.leaving.moved(NOON)
        play(shop, { AsidePresenter(shop, it, EmptyCoroutineContext) }) {
            act(AsideAction.CameraIs(Camera.Searching), AsideAction.Frame(frame("SHEET")))
            assertEquals(AsideFace.Loading, state.face, "nothing is known to wait")
            act(AsideAction.Shown, AsideAction.Frame(frame("SHEET-9")), AsideAction.Frame(frame("SHEET-9")))
            assertEquals(AsideFace.WrongSheet, state.face)
            shop.leaving.arrives = 1
            act(AsideAction.Frame(frame("SHEET")))
            assertEquals(Triple(AsideFace.Partly, 1L, 2L), Triple(state.face, state.arrived, state.batches))
            shop.leaving.arrives = 2
            act(AsideAction.Frame(frame("SHEET")))
            assertEquals(AsideFace.Partly, state.face, "the camera still sees it, and nothing is asked again")
            act(AsideAction.TypeSheet("SHEET"))
            tap(30, AsideAction.Bring)
            assertEquals(Triple(AsideFace.Arrived, 3L, ""), Triple(state.face, state.entries, state.sheet))
            act(AsideAction.Leave)
            assertEquals(Route.Back, state.open)
            act(AsideAction.Opened)
        }
        assertEquals(0, shop.openSessions)
    }
}
