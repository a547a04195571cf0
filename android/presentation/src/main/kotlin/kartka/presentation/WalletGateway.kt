package kartka.presentation

/**
 * The cards of the person whose phone this is, of many shops; no shop need be on this phone.
 *
 * Every call opens the cards first if nobody has; one whose key is lost fails until [beginAnew].
 */
public interface WalletGateway {
    /** All cards, in the order they were added. */
    public suspend fun heldCards(): List<HeldCard>

    /** One card. */
    public suspend fun heldCard(card: Long): HeldCard

    /** Whose card [link] hands over; fails for a text that hands none over. Takes nothing in. */
    public fun linked(link: String): LinkedCard

    /** Takes a card in by its link, or gives one that is here its new link; answers with its id. */
    public suspend fun takeCard(link: String): Long

    /** Asks the shops of all cards, or of [only] one, how they stand, and brings them what their holder wishes. */
    public suspend fun askShops(only: Long? = null): Answers

    /** Nobody waits for [askShops] any more: it ends with `Cancelled` before its next card. */
    public fun stopAsking()

    /** News and offers wanted or not; the shop is told with the next [askShops]. */
    public suspend fun wishNews(request: RequestId, card: Long, wording: Int, wanted: Boolean)

    /** Corrects what the shop knows of its holder; the shop is told with the next [askShops]. */
    public suspend fun wishCorrection(request: RequestId, card: Long, holder: HolderForm)

    /** Asks the shop to erase its holder for ever, under every card of theirs. */
    public suspend fun wishErasure(request: RequestId, card: Long)

    /** Takes a card off this phone, with what was not sent yet; the shop keeps what it has. */
    public suspend fun removeCard(card: Long)

    /** Everything this phone holds of its person, as a readable text without a secret. */
    public suspend fun exportCards(): String

    /** Empties cards that can't be opened any more; the shops hand them over again. */
    public suspend fun beginAnew()
}

/**
 * Whose card a link hands over.
 *
 * @property shop as the link calls it; may be empty
 * @property address who will be asked about the card; null for a shop without a server
 */
public data class LinkedCard(val shop: String, val address: String?)

/** What asking the shops came to, in cards: whose shop answered, was not reached, or no longer takes the link. */
public data class Answers(val answered: Int, val unreached: Int, val refused: Int)

/** What a holder corrects of themselves; what is empty stays as it is. */
public data class HolderForm(val given: String, val family: String, val email: String, val birthday: Birthday?)

/**
 * A card on its holder's phone.
 *
 * @property shop as its customers know it
 * @property code what the counter scans; drawn as a QR
 * @property said what the shop said last; null before its first word and after an erasure
 * @property news news and offers are wanted, with what waits
 * @property waiting what the holder wished and the shop has not answered
 * @property refused the shop refused the last wish
 */
public data class HeldCard(
    val id: Long,
    val shop: String,
    val code: String,
    val freshness: Freshness,
    val said: CardSaid?,
    val news: Boolean,
    val waiting: List<CardWish>,
    val refused: Boolean,
)

/** How far what is shown of a card may be believed. */
public sealed interface Freshness {
    /** The shop said so within the hour. */
    public data object Fresh : Freshness

    /** The shop said so [at], epoch milliseconds. */
    public data class AsOf(val at: Long) : Freshness

    /** The shop has not been heard yet: only the code is known. */
    public data object Unheard : Freshness

    /** The shop has no server: the code works, the balance is shown at the counter. */
    public data object Counter : Freshness

    /** This phone's clock is wrong: ages can't be told. */
    public data object ClockWrong : Freshness

    /** The card is refused at every counter. */
    public data object Blocked : Freshness

    /** The link is no longer accepted: the shop hands out a new one. */
    public data object LinkRefused : Freshness

    /** The holder was erased: nothing is left to show. */
    public data object Erased : Freshness
}

/** A wish that the shop has not answered; [Newer] is one that a newer version of this app wished. */
public enum class CardWish { News, NoNews, Profile, Erasure, Newer }

/**
 * What a shop said of a card.
 *
 * @property facts the shop's, for putting numbers into words
 * @property at epoch milliseconds by the shop's clock
 * @property given the holder's given name
 * @property purchases newest first
 */
public data class CardSaid(
    val facts: ShopFacts,
    val at: Long,
    val given: String?,
    val points: List<HeldPoints>,
    val stamps: List<HeldStamps>,
    val levels: List<HeldLevel>,
    val vouchers: List<HeldVoucher>,
    val purchases: List<HeldPurchase>,
)

/**
 * Points of one bonus card.
 *
 * @property worth what the spendable points are worth
 * @property expiresOn the soonest last day of [expiring] points, ISO
 */
public data class HeldPoints(
    val name: String,
    val balance: Long,
    val spendable: Long,
    val pending: Long,
    val worth: Money,
    val expiresOn: String?,
    val expiring: Long,
)

/** Stamps of one stamp card of [size] stamps. */
public data class HeldStamps(val name: String, val stamps: Long, val size: Long)

/** A level held in tiers, from 1. */
public data class HeldLevel(val name: String, val level: Int)

/**
 * A voucher that may be used.
 *
 * @property left what is left of it; null for a coupon
 * @property lastDay ISO
 */
public data class HeldVoucher(val name: String, val number: String?, val left: Money?, val lastDay: String?)

/**
 * A purchase.
 *
 * @property date its business date, ISO
 * @property total after discounts
 * @property points what it changed in points
 */
public data class HeldPurchase(val date: String, val total: Money, val points: Long)
