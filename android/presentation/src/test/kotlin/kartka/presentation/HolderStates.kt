package kartka.presentation

import kartka.presentation.card.CardAction
import kartka.presentation.card.CardPresenter
import kartka.presentation.card.CardState
import kartka.presentation.cards.CardsAction
import kartka.presentation.cards.CardsPresenter
import kartka.presentation.cards.CardsState
import kartka.presentation.join.JoinAction
import kartka.presentation.join.JoinPresenter
import kartka.presentation.join.JoinState
import kartka.presentation.link.LinkAction
import kartka.presentation.link.LinkPresenter
import kartka.presentation.link.LinkState
import kartka.presentation.profile.ProfileAction
import kartka.presentation.profile.ProfilePresenter
import kartka.presentation.profile.ProfileState
import kartka.presentation.scan.Camera
import kotlinx.coroutines.CompletableDeferred
import kotlin.coroutines.EmptyCoroutineContext

/** Every state of a customer's screens, and of the one by which a till hands a card over. */
object HolderStates {
    val all: List<ShownState> = cards() + card() + join() + profile() + link()

    private fun onCards(name: String, script: Screen<CardsState, CardsAction>.() -> Unit) =
        ShownState("cards.$name") {
            val shop = FakeShop().apply { wallet.holds() }
            play(shop, { CardsPresenter(shop, it, staffed = false) }, script)
        }

    private fun cards() =
        listOf(
            onCards("loading") { hold().also { act(CardsAction.Shown) } },
            onCards("none") {
                shop.wallet.empties()
                act(CardsAction.Shown)
            },
            onCards("fresh") { act(CardsAction.Shown) },
            onCards("asking") {
                act(CardsAction.Shown)
                shop.wallet.asking = CompletableDeferred()
                act(CardsAction.Refresh)
            },
            onCards("offline") {
                shop.wallet.reached = false
                act(CardsAction.Shown)
            },
            onCards("key_missing") {
                shop.wallet.lost = refusal(TroubleKind.WrongKey, "error.wrong_key")
                act(CardsAction.Shown)
            },
            onCards("ask_anew") {
                shop.wallet.lost = refusal(TroubleKind.KeysLost, "error.keys_lost")
                act(CardsAction.Shown, CardsAction.AskAnew)
            },
            onCards("trouble") {
                shop.desk.refuse(FULL_DISK)
                act(CardsAction.Shown)
            },
        )

    private fun onCard(name: String, script: Screen<CardState, CardAction>.() -> Unit) =
        ShownState("card.$name") {
            val shop = FakeShop().apply { wallet.holds() }
            play(shop, { CardPresenter(shop, it, card = 7) }, script)
        }

    private fun freshness(name: String, freshness: Freshness) =
        onCard(name) {
            shop.wallet.holds { it.copy(freshness = freshness) }
            shop.wallet.reached = false
            act(CardAction.Shown)
        }

    private fun card() =
        listOf(
            onCard("loading") { hold().also { act(CardAction.Shown) } },
            onCard("fresh") { act(CardAction.Shown) },
            freshness("as_of", Freshness.AsOf(NOON)),
            freshness("unheard", Freshness.Unheard),
            freshness("counter", Freshness.Counter),
            freshness("clock_wrong", Freshness.ClockWrong),
            freshness("blocked", Freshness.Blocked),
            freshness("link_refused", Freshness.LinkRefused),
            freshness("erased", Freshness.Erased),
            onCard("ask_remove") { act(CardAction.Shown, CardAction.AskRemove) },
            onCard("trouble") {
                shop.wallet.empties()
                act(CardAction.Shown)
            },
        )

    private fun onJoin(
        name: String,
        camera: Camera = Camera.Searching,
        script: Screen<JoinState, JoinAction>.() -> Unit = {},
    ) = ShownState("join.$name") {
        val shop = FakeShop()
        play(shop, { JoinPresenter(shop, it, EmptyCoroutineContext, Route.Join(), Pocket()) }) {
            act(JoinAction.Shown, JoinAction.CameraIs(camera))
            script()
        }
    }

    private fun join() =
        listOf(
            onJoin("not_asked", Camera.NotAsked),
            onJoin("denied", Camera.Denied),
            onJoin("blocked", Camera.Blocked),
            onJoin("busy", Camera.Busy),
            onJoin("scanning"),
            onJoin("not_ours") { act(JoinAction.Frame(frame("4820000000000"))) },
            onJoin("ready") { act(JoinAction.Type("L1-7-Пекарня")) },
            onJoin("taking") {
                hold()
                act(JoinAction.Frame(frame("L1-7-Пекарня")))
            },
            onJoin("no_link") { act(JoinAction.Type("4820"), JoinAction.Take) },
            onJoin("refused") { act(JoinAction.Frame(frame("K1-7"))) },
            onJoin("trouble") {
                shop.desk.refuse(FULL_DISK)
                act(JoinAction.Frame(frame("L1-7-Пекарня")))
            },
        )

    private fun onProfile(name: String, script: Screen<ProfileState, ProfileAction>.() -> Unit) =
        ShownState("profile.$name") {
            val shop = FakeShop().apply { wallet.holds() }
            play(shop, { ProfilePresenter(shop, CountingIds(), it, Route.Profile(7)) }, script)
        }

    private fun profile() =
        listOf(
            onProfile("loading") { hold().also { act(ProfileAction.Shown) } },
            onProfile("saved") { act(ProfileAction.Shown) },
            onProfile("pending") {
                shop.wallet.reached = false
                act(ProfileAction.Shown, ProfileAction.WantNews(false))
            },
            onProfile("refused") {
                shop.wallet.holds { it.copy(refused = true) }
                act(ProfileAction.Shown)
            },
            onProfile("no_server") {
                shop.wallet.holds { it.copy(freshness = Freshness.Counter, said = null) }
                act(ProfileAction.Shown)
            },
            onProfile("invalid") { act(ProfileAction.Shown, ProfileAction.TypeEmail("олена"), ProfileAction.Save) },
            onProfile("ask_erasure") { act(ProfileAction.Shown, ProfileAction.AskErasure) },
            onProfile("ask_again") {
                act(ProfileAction.Shown, ProfileAction.AskErasure, ProfileAction.SureOfErasure)
            },
            onProfile("erasure_pending") {
                shop.wallet.reached = false
                act(ProfileAction.Shown, ProfileAction.AskErasure, ProfileAction.SureOfErasure, ProfileAction.Erase)
            },
            onProfile("erased") {
                act(ProfileAction.Shown, ProfileAction.AskErasure, ProfileAction.SureOfErasure, ProfileAction.Erase)
            },
            onProfile("trouble") {
                shop.desk.refuse(FULL_DISK)
                act(ProfileAction.Shown)
            },
        )

    private fun onLink(name: String, customer: Long = 7, script: Screen<LinkState, LinkAction>.() -> Unit) =
        ShownState("link.$name") {
            val shop = stocked()
            play(shop, { LinkPresenter(shop, it, Route.Link(customer)) }, script)
        }

    private fun link() =
        listOf(
            onLink("loading") { hold().also { act(LinkAction.Shown) } },
            onLink("shown") { act(LinkAction.Shown) },
            onLink("no_card") {
                shop.people.change(7) { it.copy(cards = emptyList()) }
                act(LinkAction.Shown)
            },
            onLink("trouble", customer = 999) { act(LinkAction.Shown) },
        )
}
