package kartka.presentation.history

import kartka.presentation.CustomerSheet
import kartka.presentation.HistoryMark
import kartka.presentation.Pictured
import kartka.presentation.Receipt
import kartka.presentation.Route
import kartka.presentation.Trouble

/**
 * A customer's purchases, newest first.
 *
 * @property sales null before the first page
 * @property next where the next page begins; null after the last
 */
public data class HistoryState(
    val customerId: Long,
    val customer: CustomerSheet? = null,
    val sales: List<Receipt>? = null,
    val next: HistoryMark? = null,
    val loading: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: HistoryFace
        get() =
            when {
                trouble != null -> HistoryFace.Trouble
                sales == null -> HistoryFace.Loading
                sales.isEmpty() -> HistoryFace.None
                else -> HistoryFace.Purchases
            }
}

/** The lines of the table. */
public enum class HistoryFace { Loading, None, Purchases, Trouble }
