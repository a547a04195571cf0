package kartka.presentation

import kartka.presentation.card.CardAction
import kartka.presentation.card.CardFace
import kartka.presentation.card.CardPresenter
import kartka.presentation.cards.CardsAction
import kartka.presentation.cards.CardsFace
import kartka.presentation.cards.CardsPresenter
import kartka.presentation.customer.CustomerAction
import kartka.presentation.customer.CustomerPresenter
import kartka.presentation.join.JoinAction
import kartka.presentation.join.JoinFace
import kartka.presentation.join.JoinPresenter
import kartka.presentation.join.JoinState
import kartka.presentation.link.LinkAction
import kartka.presentation.link.LinkPresenter
import kartka.presentation.profile.ErasureStep
import kartka.presentation.profile.ProfileAction
import kartka.presentation.profile.ProfileFace
import kartka.presentation.profile.ProfilePresenter
import kartka.presentation.scan.Camera
import kartka.presentation.start.StartAction
import kartka.presentation.start.StartPresenter
import kotlinx.coroutines.CompletableDeferred
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** A customer's own phone: cards are there at once, wishes are made once, and nobody is erased by a slip. */
class HolderPresentersTest {
    private val shop = FakeShop().apply { wallet.holds() }
    private val ids = CountingIds()

    @Test
    fun `whoever says to be a customer comes to their cards and back to the choice`() {
        shop.house.enrolled = false
        play(shop, { StartPresenter(shop, it) }) {
            act(StartAction.Shown, StartAction.OpenCards)
            assertEquals(Route.Cards, state.open)
        }
        play(shop, { CardsPresenter(shop, it, staffed = false) }) {
            act(CardsAction.Shown, CardsAction.Tap(7))
            assertEquals(Route.Card(7), state.open)
            act(CardsAction.Opened, CardsAction.Add)
            assertEquals(Route.Join(), state.open)
            act(CardsAction.Opened, CardsAction.RunShop)
            assertEquals(Route.Start, state.open)
            act(CardsAction.Opened, CardsAction.Leave)
            assertEquals(Route.Back, state.open)
        }
    }

    @Test
    fun `cards are shown before any shop has answered, and asked of once however often they are shown`() {
        val gate = CompletableDeferred<Unit>()
        shop.wallet.asking = gate
        play(shop, { CardsPresenter(shop, it, staffed = false) }) {
            tap(5, CardsAction.Shown)
            assertEquals(1, state.cards?.size)
            assertTrue(state.asking)
            gate.complete(Unit)
            settle()
            assertEquals(CardsFace.Fresh to 1, state.face to shop.wallet.asked)
            shop.wallet.reached = false
            act(CardsAction.Refresh)
            assertEquals(CardsFace.Offline, state.face)
            shop.wallet.reached = true
            act(CardsAction.Refresh)
            assertEquals(CardsFace.Fresh, state.face)
        }
    }

    @Test
    fun `leaving the cards stops asking their shops, and only then`() {
        shop.wallet.asking = CompletableDeferred()
        play(shop, { CardsPresenter(shop, it, staffed = false) }) {
            act(CardsAction.Shown)
            assertTrue(state.asking)
            die()
        }
        assertEquals(1 to 0, shop.wallet.stopped to shop.wallet.asked)
        play(shop, { CardsPresenter(shop, it, staffed = false) }) {
            act(CardsAction.Shown)
            assertEquals(CardsFace.Fresh, state.face)
            die()
        }
        assertEquals(1 to 1, shop.wallet.stopped to shop.wallet.asked, "what has ended needs no stop")
    }

    @Test
    fun `one card that was stopped with all of them is as good as before`() {
        shop.wallet.asking = CompletableDeferred()
        play(shop, { CardPresenter(shop, it, 7) }) {
            act(CardAction.Shown)
            assertTrue(state.asking)
            shop.wallet.stopAsking()
            settle()
            assertEquals(CardFace.AsOf to null, state.face to state.trouble)
            act(CardAction.Refresh)
            assertEquals(CardFace.Fresh, state.face)
        }
        shop.wallet.asking = CompletableDeferred()
        play(shop, { ProfilePresenter(shop, ids, it, Route.Profile(7)) }) {
            act(ProfileAction.Shown)
            shop.wallet.stopAsking()
            settle()
            assertEquals(ProfileFace.Saved to null, state.face to state.trouble)
        }
        assertEquals(2, shop.wallet.stopped)
    }

    @Test
    fun `cards whose key is lost are given up only after a question`() {
        shop.wallet.lost = refusal(TroubleKind.KeysLost, "error.keys_lost")
        play(shop, { CardsPresenter(shop, it, staffed = false) }) {
            act(CardsAction.Shown, CardsAction.BeginAnew)
            assertEquals(CardsFace.KeyMissing, state.face, "nobody has said yes")
            act(CardsAction.AskAnew, CardsAction.Leave)
            assertEquals(CardsFace.KeyMissing, state.face)
            act(CardsAction.AskAnew, CardsAction.BeginAnew)
            assertEquals(CardsFace.None, state.face)
            act(CardsAction.AskAnew)
            assertEquals(CardsFace.None, state.face, "cards that open are not given up")
        }
    }

    @Test
    fun `a shop that is not reached now is as old as its last word`() {
        play(shop, { CardPresenter(shop, it, card = 7) }) {
            shop.wallet.reached = false
            act(CardAction.Shown)
            assertEquals(CardFace.AsOf to NOON, state.face to state.asOf)
            assertTrue(state.works)
            shop.wallet.reached = true
            act(CardAction.Refresh)
            assertEquals(CardFace.Fresh, state.face)
            act(CardAction.OpenProfile)
            assertEquals(Route.Profile(7), state.open)
            act(CardAction.Opened, CardAction.Join)
            assertEquals(Route.Join(), state.open)
            act(CardAction.Opened, CardAction.Leave)
            assertEquals(Route.Back, state.open)
        }
    }

    @Test
    fun `a blocked card is not shown as if a counter took it`() {
        shop.wallet.holds { it.copy(freshness = Freshness.Blocked) }
        play(shop, { CardPresenter(shop, it, card = 7) }) {
            act(CardAction.Shown)
            assertEquals(CardFace.Blocked to false, state.face to state.works)
        }
    }

    @Test
    fun `a card leaves the phone after a question and not by one tap`() {
        play(shop, { CardPresenter(shop, it, card = 7) }) {
            act(CardAction.Shown, CardAction.Remove)
            assertEquals(1, shop.wallet.count)
            act(CardAction.AskRemove, CardAction.Leave, CardAction.Remove)
            assertEquals(1 to null, shop.wallet.count to state.open)
            act(CardAction.AskRemove, CardAction.Remove)
            assertEquals(0 to Route.Back, shop.wallet.count to state.open)
        }
    }

    private fun joining(route: Route.Join = Route.Join(), script: Screen<JoinState, JoinAction>.() -> Unit) =
        play(shop, { JoinPresenter(shop, it, EmptyCoroutineContext, route, Pocket()) }) {
            act(JoinAction.Shown, JoinAction.CameraIs(Camera.Searching))
            script()
        }

    @Test
    fun `a link before the camera is taken without a tap, and other codes are told from it`() {
        joining {
            act(JoinAction.Frame(frame("4820000000000")))
            assertEquals(JoinFace.NotOurs to "", state.face to state.link)
            act(JoinAction.Frame(frame("KP1-good")))
            assertEquals(JoinFace.NotOurs, state.face)
            act(JoinAction.Frame(frame("K1-7")))
            assertEquals("code.link_without_secret", state.trouble?.words?.key)
            val refused = state
            act(JoinAction.Frame(frame("K1-7")))
            assertEquals(refused, state, "the camera still sees it, and nothing is asked again")
            tap(5, JoinAction.Frame(frame("L1-9-Пекарня")))
            assertEquals(Route.Card(9), state.open)
            act(JoinAction.Opened, JoinAction.Leave)
            assertEquals(Route.Back, state.open)
        }
        assertEquals(0 to 2, shop.openSessions to shop.wallet.count)
    }

    @Test
    fun `a link that another app opened says whose card it is and is taken by a tap`() {
        var kept: Kept? = null
        val pocket = Pocket()
        play(shop, {
            JoinPresenter(shop, it, EmptyCoroutineContext, Route.Join("L1-9-Пекарня"), pocket).also { now ->
                keep =
                    now::keep
            }
        }) {
            act(JoinAction.Shown)
            assertEquals("Пекарня" to 1, state.linked?.shop to shop.wallet.count)
            kept = Kept.of(keep().line())
        }
        assertEquals(false, "L1-9-Пекарня" in kept!!.all().values, "whoever has the link has the card")
        play(shop, { JoinPresenter(shop, it, EmptyCoroutineContext, Route.Join(), Pocket(), kept) }) {
            assertEquals("", state.link, "another process asks for it again")
        }
        play(shop, { JoinPresenter(shop, it, EmptyCoroutineContext, Route.Join(), pocket, kept) }) {
            assertEquals("Пекарня", state.linked?.shop)
            tap(30, JoinAction.Take)
            assertEquals(Route.Card(9) to 2, state.open to shop.wallet.count)
        }
    }

    @Test
    fun `what is no link is said when somebody is done with typing it`() {
        joining {
            act(JoinAction.Type("48"))
            assertEquals(JoinFace.Ready to null, state.face to state.linked)
            act(JoinAction.Take)
            assertEquals(JoinFace.NoLink, state.face)
            act(JoinAction.Type(""), JoinAction.Take)
            assertEquals(JoinFace.Scanning, state.face)
        }
    }

    private lateinit var keep: () -> Kept

    @Test
    fun `news are wished and unwished and reach the shop when it is reached`() {
        shop.wallet.reached = false
        play(shop, { ProfilePresenter(shop, ids, it, Route.Profile(7)) }) {
            act(ProfileAction.Shown, ProfileAction.WantNews(false))
            assertEquals(listOf(CardWish.NoNews) to false, state.card?.waiting to state.card?.news)
            shop.wallet.reached = true
            act(ProfileAction.Shown)
            assertEquals(ProfileFace.Saved to false, state.face to state.card?.news)
        }
        assertEquals(listOf("news false"), shop.wallet.told)
    }

    @Test
    fun `thirty taps tell the shop once, also over a dead process`() {
        var kept: Kept? = null
        play(shop, { ProfilePresenter(shop, ids, it, Route.Profile(7)).also { now -> keep = now::keep } }) {
            act(ProfileAction.Shown, ProfileAction.Save)
            assertEquals(emptyList(), shop.wallet.told, "an empty form tells nothing")
            act(ProfileAction.TypeGiven("Ксеня"), ProfileAction.TypeFamily("Коваль"))
            act(ProfileAction.TypeEmail("k@example.org"), ProfileAction.TypeBirthday("5.3"))
            hold()
            act(ProfileAction.Save)
            kept = Kept.of(keep().line())
            release()
            tap(30, ProfileAction.Save)
            assertEquals(false, state.isTyped, "what was told is no longer typed")
        }
        play(shop, { ProfilePresenter(shop, ids, it, Route.Profile(7), kept) }) {
            act(ProfileAction.Shown)
            assertEquals(ProfileFace.Saved, state.face)
        }
        assertEquals(listOf("profile Ксеня k@example.org"), shop.wallet.told)
    }

    @Test
    fun `an erasure is asked about twice and thirty taps are one`() {
        play(shop, { ProfilePresenter(shop, ids, it, Route.Profile(7)) }) {
            act(ProfileAction.Shown, ProfileAction.Erase, ProfileAction.SureOfErasure, ProfileAction.Erase)
            assertEquals(emptyList(), shop.wallet.told)
            act(ProfileAction.AskErasure)
            tap(5, ProfileAction.AskErasure)
            assertEquals(ErasureStep.Asked, state.erasure)
            act(ProfileAction.Leave)
            assertEquals(ErasureStep.None to null, state.erasure to state.open)
            act(ProfileAction.AskErasure, ProfileAction.Erase)
            assertEquals(emptyList(), shop.wallet.told, "the second question was not asked yet")
            act(ProfileAction.SureOfErasure)
            tap(30, ProfileAction.Erase)
            assertEquals(ProfileFace.Erased, state.face)
            act(ProfileAction.Leave)
            assertEquals(Route.Back, state.open)
            act(ProfileAction.Opened)
        }
        assertEquals(listOf("erase"), shop.wallet.told)
    }

    @Test
    fun `what this phone knows is handed on as a text, once for each tap`() {
        play(shop, { ProfilePresenter(shop, ids, it, Route.Profile(7)) }) {
            act(ProfileAction.Shown, ProfileAction.Export)
            assertEquals("Кав'ярня", state.exported)
            act(ProfileAction.Exported)
            assertNull(state.exported)
        }
    }

    @Test
    fun `the counter hands a card over again from the customer's sheet`() {
        val counter = stocked()
        play(counter, { CustomerPresenter(counter, ids, it, Route.Customer(7)) }) {
            act(CustomerAction.Shown, CustomerAction.OpenLink)
            assertEquals(Route.Link(7), state.open)
        }
        play(counter, { LinkPresenter(counter, it, Route.Link(7)) }) {
            act(LinkAction.Shown)
            assertEquals("K1-1234567890", state.link)
            act(LinkAction.Leave)
            assertEquals(Route.Back, state.open)
            act(LinkAction.Opened)
        }
    }
}
