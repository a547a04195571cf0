package kartka.presentation

/** What the owner looks after: the day, devices, staff, what waits for a decision, limits. */
public interface OfficeGateway {
    /** The report of today, as far as this phone knows. */
    public suspend fun today(): Today

    /** All devices the business ever had. */
    public suspend fun devices(): List<Device>

    /** Takes a device out of the business. */
    public suspend fun revoke(request: RequestId, device: Long, how: Revoking)

    /**
     * A code that lets one more device in, which [holder] will hold and which stands in [outlet] at first, where this
     * phone stands for null; asking again gives another one.
     */
    public suspend fun invite(holder: Long, outlet: Long? = null): Invitation

    /** Adds a member of staff; answers with their number. */
    public suspend fun employ(request: RequestId, name: String, role: Long): Long

    /** Dismisses a member of staff; what they did stays theirs. */
    public suspend fun dismiss(request: RequestId, operator: Long)

    /** The roles in force. */
    public suspend fun roles(): List<RoleName>

    /** What waits for a decision, oldest first. */
    public suspend fun inbox(): List<InboxItem>

    /** An item was dealt with. */
    public suspend fun close(request: RequestId, item: Long)

    /** Does what an item proposes. */
    public suspend fun agree(request: RequestId, item: Long)

    /** Takes in what a revoked device sent up to [upTo], or refuses it. */
    public suspend fun settle(request: RequestId, upTo: Long, takeIn: Boolean)

    /** What becomes of a return without its purchase: [link] is the purchase it belongs to, else it stands or counts not. */
    public suspend fun settleReturn(request: RequestId, returned: Long, takeIn: Boolean, link: Long? = null)

    /** How long a phone is trusted without the server, and what a lost one can cost meanwhile. */
    public suspend fun trust(): Trust

    /** Sets how long a phone is trusted. */
    public suspend fun setTrust(request: RequestId, hours: Int, days: Int)

    /** The limits on earning in force. */
    public suspend fun limits(): EarnLimits

    public suspend fun setLimits(request: RequestId, limits: EarnLimits)
}

/**
 * What Today shows.
 *
 * @property revenueChange against the same weekday a week before, in hundredths of a percent; null without one
 * @property liability what outstanding points are worth
 * @property pending entries of this phone that the authority does not hold yet
 * @property heardAt when the authority was last heard, epoch milliseconds
 */
public data class Today(
    val day: Day,
    val weekBefore: Day,
    val revenueChange: Long?,
    val receiptsChange: Long?,
    val outstanding: List<Outstanding>,
    val liability: Money,
    val pending: Long,
    val heardAt: Long,
)

/**
 * One business day; [date] is ISO.
 *
 * @property repeatShare those of the buyers who had bought before, in hundredths of a percent; null without a buyer
 * @property average what a receipt came to on average; null without a receipt
 */
public data class Day(
    val date: String,
    val receipts: Long,
    val identified: Long,
    val sales: Money,
    val taken: Money,
    val returned: Money,
    val visits: Long,
    val buyers: Long,
    val returning: Long,
    val registered: Long,
    val repeatShare: Long? = null,
    val average: Money? = null,
)

/** Points outstanding of one instrument, less debts. */
public data class Outstanding(val instrument: Long, val points: Long)

/** A device of the business; [holder] is the member of staff it was handed to. */
public data class Device(
    val device: Long,
    val name: String,
    val holder: Long,
    val standing: DeviceStanding,
    val here: Boolean,
)

/**
 * A code that lets one device in: shown, and never kept.
 *
 * @property until epoch milliseconds
 */
public data class Invitation(val text: String, val until: Long)

/** Whether a device belongs to the business; each has its word under `devices.*`. */
public enum class DeviceStanding { Active, Revoked, WipeWhenEmpty, WipeNow, Wiped }

/** How a device is taken out. */
public enum class Revoking { KeepData, WipeWhenEmpty, WipeNow }

/** Something to be decided; where two customers are concerned, [otherId] is the second. */
public data class InboxItem(
    val item: Long,
    val words: Words,
    val customerId: Long?,
    val otherId: Long?,
    val date: String,
    val asks: InboxAsk,
)

/** What an item asks of a person, as the core says. */
public sealed interface InboxAsk {
    /** To take note of it. */
    public data object Notice : InboxAsk

    /** Whether what it proposes is done. */
    public data object Proposal : InboxAsk

    /** Whether what a revoked device sent counts, up to its number [upTo]. */
    public data class Quarantine(val upTo: Long) : InboxAsk

    /** What becomes of a return without its purchase; [candidates] are the receipts it may belong to. */
    public data class UnlinkedReturn(
        val returned: Long,
        val receipt: String,
        val date: String,
        val amount: Money,
        val candidates: List<Candidate>,
    ) : InboxAsk
}

/** A receipt that goods without a purchase may have been sold on; [at] in epoch milliseconds. */
public data class Candidate(val saleId: Long, val at: Long, val total: Money)

/**
 * How long a phone is trusted, and the bound of what a lost one can cost.
 *
 * @property points most points it can let redeem; null = no limit is set
 * @property worth what they are worth
 */
public data class Trust(val hours: Int, val graceDays: Int, val days: Long, val points: Long?, val worth: Money?)

/** The owner's limits on earning; null = no such limit. */
public data class EarnLimits(
    val perDay: LimitNumber? = null,
    val gapMinutes: LimitNumber? = null,
    val ownCard: LimitThen? = null,
    val typed: LimitThen? = null,
)

/** A number and what happens beyond it. */
public data class LimitNumber(val number: Int, val then: LimitThen)

/** What happens to an earn that breaks a limit; the sale always goes on. */
public enum class LimitThen { Flag, Refuse }
