package kartka.presentation

/** What belongs to a customer beside the balance: vouchers, friends, and whom they are one person with. */
public interface TiesGateway {
    /** The customer's own certificates and coupons, those that may be used first. */
    public suspend fun vouchers(customerId: Long): List<OwnVoucher>

    /** What makes this customer one person with others, oldest first. */
    public suspend fun joints(customerId: Long): List<Joint>

    /** Joins two customers who are one person; it can be undone by [part]. */
    public suspend fun join(request: RequestId, one: Long, other: Long)

    /** Parts again who was joined: each has what is theirs. */
    public suspend fun part(request: RequestId, customerId: Long, joint: Long)

    /** What is promised today for bringing somebody. */
    public suspend fun promise(): FriendPromise

    /** Who brought this customer, and whom they brought. */
    public suspend fun friends(customerId: Long): Friends

    /** Notes that [referrer] brought [friend]. */
    public suspend fun refer(request: RequestId, friend: Long, referrer: Long)
}

/**
 * A certificate or a coupon, of a customer's own or of whoever holds it.
 *
 * @property name its instrument, as the owner calls it
 * @property number as people read it; empty for one that is found by its holder
 * @property left what is left of a certificate; zero for a coupon
 * @property lastDay ISO; null = for ever
 * @property refusal why it can't be used today, if so
 */
public data class OwnVoucher(
    val id: Long,
    val name: String,
    val number: String,
    val left: Money,
    val lastDay: String?,
    val standing: VoucherStanding,
    val refusal: Words?,
)

/** How a voucher stands; each has its word under `about.voucher_*`. */
public enum class VoucherStanding { Issued, Used, Expired, Cancelled }

/** A customer by themselves, whoever they are one person with: their own [name], if they gave one, and a [card]. */
public data class Member(val customerId: Long, val name: String?, val card: String?)

/**
 * Two customers who are one person.
 *
 * @property byHand somebody decided it; else both were given the same card
 */
public data class Joint(val id: Long, val one: Member, val other: Member, val byHand: Boolean)

/** What is promised for bringing somebody. */
public sealed interface FriendPromise {
    public data object Nothing : FriendPromise

    /**
     * Points.
     *
     * @property reward for whoever brings, for every so many friends
     * @property welcome for the friend; 0 = none
     * @property whenBuying a friend counts with their first purchase, else when they are registered
     * @property windowDays days until the points may be spent
     */
    public data class Points(
        val reward: Long,
        val every: Int,
        val welcome: Long,
        val whenBuying: Boolean,
        val windowDays: Int,
    ) : FriendPromise
}

/** Who brought a customer, as far as it has an effect, and whom they brought, the newest first. */
public data class Friends(val broughtBy: Friend?, val brought: List<Friend>)

/**
 * That one customer brought another one, and what came of it.
 *
 * @property who the other one
 * @property date ISO
 * @property reward points that whoever brought them was given
 * @property welcome points that the friend was given
 * @property availableOn first day on which they may be spent, ISO
 * @property why nothing, or not the reward, is given
 */
public data class Friend(
    val who: Member,
    val date: String,
    val standing: FriendStanding,
    val reward: Long,
    val welcome: Long,
    val availableOn: String?,
    val why: Words?,
)

/** How it stands; each has its word under `about.friend_*`. */
public enum class FriendStanding { Waits, Counts, Refused }
