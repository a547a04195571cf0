package kartka.presentation

/** Goods that come back with a receipt which this phone does not hold. */
public interface ReturnsGateway {
    /** The receipts with a number and a date that this phone holds: their goods come back by an ordinary return. */
    public suspend fun receipts(number: String, date: String): List<Candidate>

    /** What such a return takes back until it is settled. */
    public suspend fun unlinkedQuote(back: ReceiptBack): List<Effect>

    /** Gives money back for goods whose purchase is not here; answers with the return. */
    public suspend fun returnUnlinked(request: RequestId, back: ReceiptBack): Long
}

/**
 * What is read off a receipt that came back with goods.
 *
 * @property number as printed
 * @property date ISO
 * @property amount money that goes back, in minor units
 * @property customerId whose points are taken back, if a card is at hand
 * @property outlet where it was bought; null = here
 */
public data class ReceiptBack(
    val number: String,
    val date: String,
    val amount: Long,
    val customerId: Long? = null,
    val outlet: Long? = null,
)
