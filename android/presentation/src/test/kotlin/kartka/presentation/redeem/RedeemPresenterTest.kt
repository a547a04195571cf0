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
}
