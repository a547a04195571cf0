package kartka.presentation.redeem

import kartka.presentation.FULL_DISK
import kartka.presentation.Kept
import kartka.presentation.RequestId
import kartka.presentation.RewardPick
import kartka.presentation.Route
import kartka.presentation.STAMPS
import kartka.presentation.SaleDraft
import kartka.presentation.Screen
import kartka.presentation.TroubleKind
import kartka.presentation.play
import kartka.presentation.refusal
import kartka.presentation.stocked
import kartka.presentation.uah
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNull

class RedeemPresenterTest {
    private val shop = stocked()
    private val before = shop.till.sold.size
    private val draft = SaleDraft(RequestId("a".repeat(32)), customerId = 7, amount = 10_000)
    private lateinit var current: RedeemPresenter

    private fun counter(kept: Kept? = null, script: Screen<RedeemState, RedeemAction>.() -> Unit): RedeemState =
        play(shop, { RedeemPresenter(shop, it, Route.Redeem(draft), kept).also { now -> current = now } }, script)

    private val sales get() = shop.till.sold.drop(before)

    @Test
    fun `typed points go to the core and are sold once`() {
        counter {
            act(RedeemAction.Shown, RedeemAction.Type("600"))
            assertEquals(uah(9_400), state.quote?.due)
            tap(30, RedeemAction.Commit)
            assertEquals(Route.Done(3), state.open)
        }
        assertEquals(listOf(uah(600)), sales.map { it.paid.points })
    }

    @Test
    fun `more than may be spent is named and nothing is sold`() {
        counter {
            act(RedeemAction.Shown, RedeemAction.Type("9000"))
            assertEquals(TroubleKind.NotEnoughPoints, state.trouble?.kind)
            assertEquals(RedeemFace.NotEnough, state.face)
            act(RedeemAction.Commit)
            assertNull(state.open)
            act(RedeemAction.Type("600"))
            assertEquals(RedeemFace.Allowed, state.face)
        }
        assertEquals(0, sales.size)
    }

    @Test
    fun `a suggestion is one tap and comes back to the customer`() {
        counter {
            act(RedeemAction.Shown, RedeemAction.Suggested(1_200), RedeemAction.Keep)
            assertEquals(1_200, assertIs<Route.Redeemed>(state.open).draft.spend)
            act(RedeemAction.Opened, RedeemAction.Leave)
            assertEquals(draft, assertIs<Route.Redeemed>(state.open).draft)
        }
    }

    @Test
    fun `a reward is taken and left again`() {
        counter {
            act(RedeemAction.Shown, RedeemAction.Toggle(RewardPick(STAMPS)))
            assertEquals(listOf(RewardPick(STAMPS)), state.draft.rewards)
            act(RedeemAction.Toggle(RewardPick(STAMPS)))
            assertEquals(emptyList(), state.draft.rewards)
        }
    }

    @Test
    fun `the PIN is asked when the core asks, and the sale goes on by itself`() {
        shop.till.pinAbove = 100
        counter {
            act(RedeemAction.Shown, RedeemAction.Type("600"), RedeemAction.Commit)
            assertEquals(RedeemFace.NeedsPin, state.face)
            assertNull(state.trouble, "the question is no trouble")
            act(RedeemAction.TypePin("1111"), RedeemAction.ConfirmPin)
            assertEquals(RedeemFace.WrongPin to "", state.face to state.pin)
            act(RedeemAction.Leave)
            assertEquals(RedeemFace.Allowed, state.face)
            act(RedeemAction.Commit, RedeemAction.TypePin("2580"), RedeemAction.ConfirmPin)
            assertEquals(Route.Done(3), state.open)
        }
        assertEquals(1, sales.size)
    }

    @Test
    fun `a sale under way when the process died is sold once and the PIN is not kept`() {
        var kept: Kept? = null
        counter {
            act(RedeemAction.Shown, RedeemAction.Type("600"), RedeemAction.TypePin("2580"), RedeemAction.Commit)
            kept = Kept.of((current.keep() + Kept("committing" to true)).line())
        }
        assertEquals(false, kept?.line()?.contains("2580"))
        shop.till.forgetQuotes()
        counter(kept) {
            act(RedeemAction.Shown)
            assertEquals(Route.Done(3), state.open)
        }
        assertEquals(1, sales.size)
    }

    @Test
    fun `a full disk is told and nothing is lost`() {
        counter {
            act(RedeemAction.Shown, RedeemAction.Type("600"))
            shop.desk.refuse(FULL_DISK)
            act(RedeemAction.Commit)
            assertEquals(FULL_DISK, state.trouble)
            shop.desk.refuse(null)
            act(RedeemAction.Commit)
            assertIs<Route.Done>(state.open)
        }
    }

    @Test
    fun `points that are spent online are asked for, and sold by the server's word`() {
        shop.till.online = true
        counter {
            act(RedeemAction.Shown, RedeemAction.Type("600"), RedeemAction.Commit)
            assertEquals(RedeemFace.AskServer, state.face)
            act(RedeemAction.AskServer)
            assertEquals(RedeemFace.Allowed to uah(9_400), state.face to state.quote?.due)
            act(RedeemAction.Type("700"))
            assertEquals(RedeemFace.AskServer, state.face, "it was asked about another number")
            act(RedeemAction.AskServer)
            tap(30, RedeemAction.Commit)
            assertEquals(Route.Done(3), state.open)
        }
        assertEquals(listOf(uah(700)), sales.map { it.paid.points })
    }

    @Test
    fun `asking is stopped by back, asked again without a network, and asks for the PIN first`() {
        shop.till.online = true
        counter {
            act(RedeemAction.Shown, RedeemAction.Type("600"))
            hold()
            act(RedeemAction.AskServer)
            assertEquals(RedeemFace.AskingServer, state.face)
            act(RedeemAction.Leave)
            release()
            assertEquals(RedeemFace.AskServer to null, state.face to state.open)
            shop.desk.refuse(refusal(TroubleKind.Offline, "error.offline"))
            act(RedeemAction.AskServer)
            assertEquals(TroubleKind.Offline, state.trouble?.kind)
            shop.desk.refuse(refusal(TroubleKind.PinNeeded, "code.pin_needed"))
            act(RedeemAction.AskServer)
            assertEquals(RedeemFace.NeedsPin, state.face)
            shop.desk.refuse(null)
            act(RedeemAction.TypePin("2580"), RedeemAction.ConfirmPin)
            assertEquals(RedeemFace.Allowed to null, state.face to state.open, "nothing is sold by the PIN alone")
        }
        assertEquals(0, sales.size)
    }

    @Test
    fun `the server's word that is over is asked for again, and leaving takes no points along`() {
        shop.till.online = true
        counter {
            act(RedeemAction.Shown, RedeemAction.Type("600"), RedeemAction.AskServer)
            shop.till.kept.clear()
            act(RedeemAction.Commit)
            assertEquals(RedeemFace.AskServer to null, state.face to state.trouble)
            act(RedeemAction.AskServer, RedeemAction.Leave)
            assertEquals(0L to emptyList(), assertIs<Route.Redeemed>(state.open).draft.run { spend to rewards })
        }
        assertEquals(0, sales.size)
    }
}
