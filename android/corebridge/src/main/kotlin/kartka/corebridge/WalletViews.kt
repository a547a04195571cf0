package kartka.corebridge

import kartka.generated.CardFreshness
import kartka.generated.WalletCard
import kartka.generated.Will
import kartka.presentation.CardSaid
import kartka.presentation.CardWish
import kartka.presentation.Freshness
import kartka.presentation.HeldCard
import kartka.presentation.HeldLevel
import kartka.presentation.HeldPoints
import kartka.presentation.HeldPurchase
import kartka.presentation.HeldStamps
import kartka.presentation.HeldVoucher
import kartka.presentation.ShopFacts
import kartka.generated.CardSaid as CoreSaid
import kartka.generated.CardWish as CoreWish

internal fun WalletCard.asHeld(): HeldCard =
    HeldCard(
        id = id,
        shop = shop,
        code = code,
        freshness = freshness.asFreshness(),
        said = said?.asSaid(shop),
        news = marketing == Will.GIVEN,
        waiting = waiting.map { it.asWish() },
        refused = refused,
    )

private fun CardFreshness.asFreshness(): Freshness =
    when (this) {
        CardFreshness.Fresh -> Freshness.Fresh
        is CardFreshness.AsOf -> Freshness.AsOf(atMs)
        CardFreshness.Unheard -> Freshness.Unheard
        CardFreshness.Counter -> Freshness.Counter
        CardFreshness.ClockWrong -> Freshness.ClockWrong
        CardFreshness.Blocked -> Freshness.Blocked
        CardFreshness.LinkRefused -> Freshness.LinkRefused
        CardFreshness.Erased -> Freshness.Erased
    }

private fun CoreWish.asWish(): CardWish =
    when (this) {
        is CoreWish.Marketing -> if (will == Will.GIVEN) CardWish.News else CardWish.NoNews
        CoreWish.Profile -> CardWish.Profile
        CoreWish.Erase -> CardWish.Erasure
        CoreWish.Newer -> CardWish.Newer
    }

private fun CoreSaid.asSaid(shop: String): CardSaid =
    CardSaid(
        // What the card says names its instruments itself.
        facts = ShopFacts(shop, "", currency, currencyDigits.toInt(), pointDigits.toInt(), emptyMap()),
        at = atMs,
        given = given,
        points =
            points.map {
                HeldPoints(
                    name = it.name,
                    balance = it.balance,
                    spendable = it.spendable,
                    pending = it.pending,
                    worth = it.worth.money(currency),
                    expiresOn = it.expiresOn,
                    expiring = it.expiring,
                )
            },
        stamps = stamps.map { HeldStamps(it.name, it.stamps, it.size) },
        levels = levels.map { HeldLevel(it.name, it.level.toInt()) },
        vouchers =
            vouchers.map {
                val left = it.balance.takeIf { balance -> balance != 0L }
                HeldVoucher(it.name, it.number, left?.money(currency), it.lastDay)
            },
        purchases = purchases.map { HeldPurchase(it.date, it.total.money(currency), it.points) },
    )
