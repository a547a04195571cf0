package kartka.presentation

/** No quote has this number: a commit with it only asks whether its request has sold already. */
public const val NO_QUOTE: Long = -1

/** Quoting, selling, taking back. */
public interface TillGateway {
    /** What the draft comes to for its customer, and why. */
    public suspend fun quote(draft: SaleDraft): Quote

    /** Has the server keep what [draft] uses and may not use unasked; then a quote of it reserved may use that. */
    public suspend fun reserve(draft: SaleDraft)

    /** Lets go of what is kept for a sale that is not made; without a network its time does. */
    public suspend fun release(request: RequestId)

    /** What a code that the customer names or lays down is. */
    public suspend fun laidDown(code: String): LaidDown

    /** Writes the quoted sale once; answers with the sale, also to a repeat of [request]. */
    public suspend fun commit(request: RequestId, quoteId: Long): Long

    /** One receipt as this phone knows it. */
    public suspend fun receipt(saleId: Long): Receipt

    /** What taking [lines] back would come to; no lines means everything that is left. */
    public suspend fun refund(saleId: Long, lines: List<BackLine>): Refund

    /** Takes goods back. */
    public suspend fun giveBack(request: RequestId, saleId: Long, lines: List<BackLine>)

    /** Undoes a whole receipt within the minutes that the operator has. */
    public suspend fun undo(request: RequestId, saleId: Long, reason: UndoReason)

    /** What [customerId] would earn by being attached to a sale without a customer. */
    public suspend fun attachQuote(saleId: Long, customerId: Long, read: CardRead?): Quote

    /** What today came to. */
    public suspend fun shift(): ShiftTotals

    /** Attaches a customer to a sale without one, once. */
    public suspend fun attach(request: RequestId, saleId: Long, customerId: Long, read: CardRead?)
}

/**
 * What a receipt comes to: commit it as it is, or ask again.
 *
 * @property id names the quote in this run of the program
 * @property due left to pay with money
 * @property effects what will change on the customer's instruments
 * @property redeem what may be spent, or why nothing
 * @property said what applied and what did not
 */
public data class Quote(
    val id: Long,
    val total: Money,
    val due: Money,
    val effects: List<Effect>,
    val redeem: Redeemable,
    val said: List<Words>,
) {
    /** What lies on the counter and may not be taken before the server was asked, each in its words. */
    val firstOfServer: List<Words> get() = said.filter { it.key == "code.ask_server_first" }

    /** Whether something has to be asked for. */
    val asksServer: Boolean get() = firstOfServer.isNotEmpty()
}

/** What lies on the counter beside the goods. */
public sealed interface LaidDown {
    /**
     * A gift certificate or a coupon with a number of its own.
     *
     * @property name its instrument, as the owner calls it
     * @property left what is left of a certificate; zero for a coupon
     */
    public data class Voucher(val id: Long, val name: String, val number: String, val left: Money) : LaidDown

    /** One that cannot be used today, and why. */
    public data class Refused(val words: Words) : LaidDown

    /** No number of a voucher: it may be a coupon's common code, which the quote judges. */
    public data class Code(val text: String) : LaidDown
}

/** One change of a balance, signed; [worth] is null for what is written already. */
public data class Effect(
    val instrument: Long,
    val kind: EffectKind,
    val points: Long,
    val stamps: Long,
    val worth: Money? = null,
)

/** Why a balance changes; each has its word under `effect.*`. */
public enum class EffectKind {
    Earn,
    Redeem,
    Reward,
    Reverse,
    Restore,
    Expire,
    Revive,
    Use,
    Unuse,
    Join,
    Leave,
    Level,
    Adjust,
    Thank,
    Unthank,
    Newer,
}

/** What may be spent on a receipt. */
public sealed interface Redeemable {
    /**
     * This much, in multiples of [step].
     *
     * @property suggestions at most two, the largest first: the most, and what makes the cash part round
     * @property limit what keeps it from being more
     */
    public data class Between(
        val least: Long,
        val most: Long,
        val step: Long,
        val suggestions: List<Long>,
        val limit: Words,
    ) : Redeemable

    /** Nothing, and why. */
    public data class Nothing(val reason: NoRedeem, val words: Words) : Redeemable
}

/** The kinds of reasons that the Redeem screen tells apart. */
public enum class NoRedeem {
    /** The balance is too small for the least redemption. */
    NotEnough,

    /** Without the server the owner allows no more. */
    Offline,

    /** The server has to be asked first, however near it is. */
    AskServer,

    /** The owner's, the programme's or the receipt's limit. */
    Rule,
}

/**
 * A receipt.
 *
 * @property at epoch milliseconds
 * @property date business date, ISO
 * @property points what all its entries came to
 * @property queued the authority has not spoken yet
 * @property refused why the authority does not count it
 * @property notes what the owner should see of it
 * @property vouchers the certificates and coupons it was about, as they stand now
 */
public data class Receipt(
    val id: Long,
    val customerId: Long?,
    val at: Long,
    val date: String,
    val number: String?,
    val lines: List<SoldLine>,
    val total: Money,
    val paid: PaidParts,
    val points: Long,
    val effects: List<Effect>,
    val returns: List<Returned>,
    val queued: Boolean,
    val refused: Words?,
    val notes: List<Words>,
    val vouchers: List<OwnVoucher> = emptyList(),
)

/** A line as sold; quantities in thousandths. */
public data class SoldLine(val quantity: Long, val returned: Long, val gross: Money)

/** With what a receipt was paid. */
public data class PaidParts(
    val cash: Money,
    val card: Money,
    val other: Money,
    val certificate: Money,
    val points: Money,
)

/** A return of goods, or the receipt undone; [undone] is why. */
public data class Returned(
    val id: Long,
    val at: Long,
    val date: String,
    val undone: UndoReason?,
    val lines: List<BackLine>,
)

/** How much of which line comes back: [line] from 0, [quantity] in thousandths. */
public data class BackLine(val line: Int, val quantity: Long)

/** What a return comes to. */
public data class Refund(val money: Money, val gross: Money, val everything: Boolean, val effects: List<Effect>)

/** Why a receipt is undone. */
public enum class UndoReason { Undo, Mistake, Customer }

/**
 * What one business day came to, as far as this phone knows.
 *
 * @property date business date, ISO
 * @property sales what the receipts came to
 * @property taken what was paid for them with money
 * @property returned value of what came back
 * @property givenBack money given back for it
 */
public data class ShiftTotals(
    val date: String,
    val receipts: Long,
    val sales: Money,
    val taken: Money,
    val paid: PaidParts,
    val returned: Money,
    val givenBack: Money,
)
