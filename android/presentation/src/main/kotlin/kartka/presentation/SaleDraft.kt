package kartka.presentation

/**
 * A sale that is being put together; it lives through process death, and its [request] makes sure it happens once.
 *
 * @property amount what is sold, in minor units
 * @property pieces how many pieces the amount is for; stamps by the piece count them
 * @property spend points the customer spends
 * @property receipt the till's receipt number, or empty
 * @property reserved the server is to keep, under [request], what this receipt uses and may not use unasked
 */
public data class SaleDraft(
    val request: RequestId,
    val customerId: Long? = null,
    val read: CardRead? = null,
    val amount: Long = 0,
    val pieces: Int = 1,
    val spend: Long = 0,
    val rewards: List<RewardPick> = emptyList(),
    val codes: List<String> = emptyList(),
    val vouchers: List<Long> = emptyList(),
    val tender: Tender = Tender.Cash,
    val receipt: String = "",
    val reserved: Boolean = false,
) {
    /** Whether what the server keeps for this draft is what [other] uses too. */
    internal fun usesAs(other: SaleDraft): Boolean =
        copy(pieces = other.pieces, tender = other.tender, receipt = other.receipt, reserved = other.reserved) == other
}

/** A reward of a stamp card that is taken now: which of its rewards, from 0. */
public data class RewardPick(val instrument: Long, val reward: Int = 0)
