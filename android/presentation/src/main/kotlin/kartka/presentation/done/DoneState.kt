package kartka.presentation.done

import kartka.presentation.CustomerSheet
import kartka.presentation.Pictured
import kartka.presentation.Receipt
import kartka.presentation.Route
import kartka.presentation.SyncDot
import kartka.presentation.SyncMark
import kartka.presentation.Trouble

/**
 * What became of a sale, for a moment: then the next customer.
 *
 * @property undoSeconds seconds in which one tap undoes it; zero when they are over
 * @property customer null for a sale without a card, or while loading
 */
public data class DoneState(
    val saleId: Long,
    val receipt: Receipt? = null,
    val customer: CustomerSheet? = null,
    val sync: SyncMark? = null,
    val undoSeconds: Int = 0,
    val undoing: Boolean = false,
    val undone: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: DoneFace
        get() =
            when {
                trouble != null -> DoneFace.Trouble
                undone -> DoneFace.Undone
                undoing -> DoneFace.Undoing
                receipt == null -> DoneFace.Loading
                receipt.refused != null || receipt.notes.isNotEmpty() -> DoneFace.InInbox
                receipt.customerId == null -> DoneFace.NoCard
                receipt.queued && sync?.dot != SyncDot.Alone -> DoneFace.Queued
                else -> DoneFace.Committed
            }
}

/** The lines of the table. */
public enum class DoneFace {
    Loading,
    Committed,
    Queued,
    NoCard,
    Undoing,
    Undone,
    InInbox,
    Trouble,
}
