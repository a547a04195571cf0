package kartka.presentation.receipt

import kartka.presentation.BackLine
import kartka.presentation.CustomerSheet
import kartka.presentation.Pictured
import kartka.presentation.Receipt
import kartka.presentation.Refund
import kartka.presentation.RequestId
import kartka.presentation.Route
import kartka.presentation.Trouble

/**
 * One receipt, and what may be put right about it: goods that come back, undoing, a card attached.
 *
 * @property chosen what comes back, while [step] is [ReceiptStep.Choosing]
 * @property refund what that comes to
 */
public data class ReceiptState(
    val saleId: Long,
    val request: RequestId,
    val receipt: Receipt? = null,
    val customer: CustomerSheet? = null,
    val step: ReceiptStep = ReceiptStep.Looking,
    val chosen: List<BackLine> = emptyList(),
    val refund: Refund? = null,
    val writing: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: ReceiptFace
        get() =
            when {
                trouble != null -> ReceiptFace.Trouble
                receipt == null -> ReceiptFace.Loading
                writing -> ReceiptFace.Writing
                step == ReceiptStep.Returned -> ReceiptFace.Returned
                step == ReceiptStep.Choosing && refund != null -> ReceiptFace.Refund
                step == ReceiptStep.Choosing -> ReceiptFace.Choosing
                step == ReceiptStep.Undoing -> ReceiptFace.UndoReason
                receipt.returns.any { it.undone != null } -> ReceiptFace.Undone
                receipt.refused != null -> ReceiptFace.Refused
                receipt.customerId == null -> ReceiptFace.NoCard
                else -> ReceiptFace.Sold
            }
}

/** What the person is doing. */
public enum class ReceiptStep { Looking, Choosing, Returned, Undoing }

/** The lines of the table. */
public enum class ReceiptFace {
    Loading,
    Sold,
    NoCard,
    Choosing,
    Refund,
    UndoReason,
    Writing,
    Returned,
    Undone,
    Refused,
    Trouble,
}
