package kartka.presentation

/** Finding, registering and looking at customers. */
public interface CustomerGateway {
    /** Everything the counter shows of a customer. */
    public suspend fun customer(id: Long): CustomerSheet

    /** Customers that [text] may mean, best match first, at most [limit]. */
    public suspend fun find(text: String, limit: Int): List<CustomerSheet>

    /** Registers a customer; answers with the id. */
    public suspend fun register(request: RequestId, form: Registration): Long

    /** Gives the blank card [cardId] to a customer who is there already. */
    public suspend fun giveCard(request: RequestId, cardId: Long, customerId: Long)

    /** The link that hands the customer's newest card over to their own phone, drawn as a QR; null without a card. */
    public suspend fun cardCode(customerId: Long): String?

    /** A page of purchases, newest first, from after [after]. */
    public suspend fun history(customerId: Long, after: HistoryMark?): HistoryPage
}

/**
 * What staff see of a customer.
 *
 * @property name null for an anonymous card
 * @property levels levels of tiers as the owner calls them, by instrument
 * @property spent money spent, less returns
 * @property lastVisit business date, ISO
 * @property notes what staff should know: redemption is held, contact data is closed
 */
public data class CustomerSheet(
    val id: Long,
    val name: String?,
    val phones: List<String>,
    val cards: List<String>,
    val points: List<PointsLine>,
    val stamps: List<StampsLine>,
    val levels: List<LevelLine>,
    val visits: Long,
    val spent: Money,
    val lastVisit: String?,
    val marketing: Boolean,
    val notes: List<Words>,
    val birthday: Birthday? = null,
)

/** A day to congratulate; the year may be unknown. */
public data class Birthday(val month: Int, val day: Int, val year: Int? = null)

/**
 * Points of one bonus card.
 *
 * @property balance may be negative
 * @property expiresOn the soonest last day of [expiring] points, ISO
 */
public data class PointsLine(
    val instrument: Long,
    val balance: Long,
    val spendable: Long,
    val pending: Long,
    val worth: Money,
    val expiresOn: String?,
    val expiring: Long,
)

/** Stamps of one stamp card of [size] stamps. */
public data class StampsLine(val instrument: Long, val stamps: Long, val size: Long, val rewards: List<StampReward>)

/**
 * What may be had for stamps.
 *
 * @property reward its place among the card's rewards, from 0
 * @property stamps how many it costs
 * @property worth what it is worth to the shop
 */
public data class StampReward(val instrument: Long, val reward: Int, val stamps: Long, val worth: Money)

/** A level held in tiers, from 1. */
public data class LevelLine(val instrument: Long, val level: Int)

/** A new customer as typed; what is empty is not given. [referrer] has brought them. */
public data class Registration(
    val phone: String,
    val given: String,
    val family: String,
    val consent: Consent,
    val card: CardChoice,
    val birthday: Birthday? = null,
    val referrer: Long? = null,
)

/** Whether the person agreed to news and offers, under which version of the wording that was shown. */
public sealed interface Consent {
    public data class Given(val wording: Int) : Consent

    public data object NotGiven : Consent
}

/** Which card a new customer gets. */
public sealed interface CardChoice {
    public data object None : CardChoice

    /** The next number of this phone's emission, shown as a link QR. */
    public data object Issue : CardChoice

    /** A blank card that was scanned. */
    public data class Bind(val cardId: Long) : CardChoice
}

/** Where the next page of a history begins. */
public data class HistoryMark(val day: Long, val saleId: Long)

/** One page of purchases; [next] is null after the last. */
public data class HistoryPage(val sales: List<Receipt>, val next: HistoryMark?)
