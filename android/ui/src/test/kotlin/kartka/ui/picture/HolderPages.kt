package kartka.ui.picture

import kartka.presentation.CardSaid
import kartka.presentation.CardWish
import kartka.presentation.Freshness
import kartka.presentation.HeldCard
import kartka.presentation.HeldLevel
import kartka.presentation.HeldPoints
import kartka.presentation.HeldPurchase
import kartka.presentation.HeldStamps
import kartka.presentation.HeldVoucher
import kartka.presentation.LinkedCard
import kartka.presentation.Money
import kartka.presentation.ShopFacts
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.Words
import kartka.presentation.card.CardState
import kartka.presentation.cards.CardsState
import kartka.presentation.join.JoinState
import kartka.presentation.link.LinkState
import kartka.presentation.profile.ErasureStep
import kartka.presentation.profile.ProfileState
import kartka.presentation.scan.Camera
import kartka.ui.screen.CardScreen
import kartka.ui.screen.CardsScreen
import kartka.ui.screen.JoinScreen
import kartka.ui.screen.LinkScreen
import kartka.ui.screen.ProfileScreen

internal const val LINK = "HTTPS://KARTKA.EXAMPLE/AB2C/0123456789ABCDEF?s=0123456789ABCDEFGHJKMNPQRS"

/** A customer's own screens, and the one by which a till hands a card over. */
val holder: List<Page> = with(Samples) { cardses() + cards() + joins() + profiles() + links() }

private val Samples.said: CardSaid
    get() =
        CardSaid(
            facts = facts,
            at = NOON,
            given = "Олена",
            points = listOf(HeldPoints("Бонусна картка", 1_240, 1_200, 40, uah(120_000), "2026-12-31", 150)),
            stamps = listOf(HeldStamps("Шоста кава", 4, 6)),
            levels = listOf(HeldLevel("Рівні", 2)),
            vouchers =
                listOf(
                    HeldVoucher("Подарунковий сертифікат", "CERT 4821", uah(50_000), "2027-03-01"),
                    HeldVoucher("Знижка до дня народження", null, null, "2026-11-29"),
                ),
            purchases =
                listOf(
                    HeldPurchase("2026-11-19", uah(12_550), 12),
                    HeldPurchase("2026-11-12", uah(6_500), 6),
                    HeldPurchase("2026-11-03", uah(31_200), -200),
                ),
        )

private val Samples.mine: HeldCard
    get() =
        HeldCard(
            id = 1,
            shop = "Кав'ярня Ранок",
            code = "K10123456789ABCDEF",
            freshness = Freshness.Fresh,
            said = said,
            news = true,
            waiting = emptyList(),
            refused = false,
        )

/** Of another country, with half points. */
private val Samples.bakery: HeldCard
    get() {
        val there = ShopFacts("Piekarnia", "PL", "PLN", 2, 1, emptyMap())
        val points = HeldPoints("Punkty", 185, 185, 0, Money(185, "PLN"), null, 0)
        val old = said.copy(facts = there, points = listOf(points), purchases = emptyList(), vouchers = emptyList())
        return mine.copy(id = 2, shop = "Piekarnia pod Lipą", freshness = Freshness.AsOf(NOON), said = old)
    }

private fun Samples.cardses(): List<Page> {
    val none = CardsState(staffed = false, cards = emptyList())
    val lost = Trouble(TroubleKind.KeysLost, Words("error.keys_lost"))
    val fresh =
        none.copy(
            cards =
                listOf(
                    mine,
                    bakery,
                    mine.copy(id = 3, shop = "Взуття", said = said.copy(points = emptyList())),
                    mine.copy(id = 4, shop = "Книгарня «Сяйво»", freshness = Freshness.Counter, said = null),
                    mine.copy(id = 5, shop = "Аптека", freshness = Freshness.Blocked),
                    mine.copy(
                        id = 6,
                        shop = "Дуже довга назва магазину " + "іграшок ".repeat(4),
                        said = null,
                        freshness = Freshness.Unheard,
                    ),
                ),
        )
    return listOf(
        CardsState(staffed = false),
        none,
        fresh,
        fresh.copy(asking = true),
        fresh.copy(unreached = true, staffed = true),
        CardsState(staffed = false, trouble = lost),
        CardsState(staffed = false, trouble = lost, asksAnew = true),
        CardsState(staffed = false, trouble = full),
    ).map { Page("cards", it) { CardsScreen(it, StillHost) {} } }
}

private fun Samples.cards(): List<Page> {
    val fresh = CardState(1, mine)
    val heardOnce =
        listOf(Freshness.AsOf(NOON), Freshness.ClockWrong, Freshness.Blocked, Freshness.LinkRefused)
            .map { fresh.copy(card = mine.copy(freshness = it), unreached = it is Freshness.AsOf) }
    val never =
        listOf(Freshness.Unheard, Freshness.Counter, Freshness.Erased)
            .map { fresh.copy(card = mine.copy(freshness = it, said = null)) }
    return (
        listOf(CardState(1, asking = true), fresh) + heardOnce + never +
            listOf(fresh.copy(asksRemove = true), CardState(1, trouble = gone), fresh.copy(card = bakery))
    ).map { Page("card", it) { CardScreen(it, StillHost) {} } }
}

private fun Samples.joins(): List<Page> {
    val scanning = JoinState(camera = Camera.Searching)
    val ready = scanning.copy(link = LINK, linked = LinkedCard("Кав'ярня Ранок", "https://kartka.example"))
    val bare = Trouble(TroubleKind.Rule, Words("code.link_without_secret"))
    val none = Trouble(TroubleKind.Invalid, Words("error.validation.card"))
    return listOf(
        scanning.copy(camera = Camera.NotAsked),
        scanning.copy(camera = Camera.Denied),
        scanning.copy(camera = Camera.Blocked),
        scanning.copy(camera = Camera.Busy),
        scanning,
        scanning.copy(foreign = true),
        ready,
        ready.copy(taking = true),
        scanning.copy(link = "4820000000000", trouble = none),
        scanning.copy(link = "K10123456789ABCDEF", trouble = bare),
        ready.copy(trouble = full),
    ).map { Page("join", it) { JoinScreen(it, StillHost, {}, { CameraView(it) }) } }
}

private fun Samples.profiles(): List<Page> {
    val saved = ProfileState(1, request, mine)
    val typed = saved.copy(given = "Олена", email = "olena")
    val waiting = mine.copy(waiting = listOf(CardWish.NoNews), news = false)
    return listOf(
        ProfileState(1, request),
        saved,
        saved.copy(card = waiting),
        saved.copy(card = mine.copy(refused = true)),
        saved.copy(card = mine.copy(freshness = Freshness.Counter, said = null)),
        typed.copy(trouble = Trouble(TroubleKind.Invalid, Words("error.validation.email"))),
        saved.copy(erasure = ErasureStep.Asked),
        saved.copy(erasure = ErasureStep.AskedAgain),
        saved.copy(card = mine.copy(waiting = listOf(CardWish.Erasure))),
        saved.copy(card = mine.copy(freshness = Freshness.Erased, said = null)),
        saved.copy(trouble = full),
    ).map { Page("profile", it) { ProfileScreen(it, StillHost) {} } }
}

private fun Samples.links(): List<Page> =
    listOf(LinkState(), LinkState(asked = true, link = LINK), LinkState(asked = true), LinkState(trouble = gone))
        .map { Page("link", it) { LinkScreen(it, StillHost) {} } }
