package kartka.presentation.customer

import kartka.presentation.CustomerSheet
import kartka.presentation.LaidDown
import kartka.presentation.OwnVoucher
import kartka.presentation.Pictured
import kartka.presentation.Quote
import kartka.presentation.Route
import kartka.presentation.SaleDraft
import kartka.presentation.SyncMark
import kartka.presentation.Trouble

/**
 * What the Customer screen shows: who stands there, and the sale that is being put together.
 *
 * @property sheet null while loading, and for a sale without a card
 * @property typed the keypad's text; the amount itself is in [draft]
 * @property quote what the draft comes to; null while it is asked or there is no amount
 * @property quoting an answer is under way
 * @property committing Commit was tapped and the core has not answered
 * @property kept the server was asked in this run of the program, and keeps what [draft] uses
 * @property code the coupon or certificate that is being typed; null while none is
 * @property laid the certificates of [draft] that were typed here, to be shown by their names
 * @property vouchers the customer's own certificates and coupons
 * @property again the person has to say that a second sale so soon is meant
 */
public data class CustomerState(
    val draft: SaleDraft,
    val sheet: CustomerSheet? = null,
    val typed: String = "",
    val quote: Quote? = null,
    val quoting: Boolean = false,
    val committing: Boolean = false,
    val kept: Boolean = false,
    val code: String? = null,
    val laid: List<LaidDown.Voucher> = emptyList(),
    val vouchers: List<OwnVoucher> = emptyList(),
    val again: Boolean = false,
    val sync: SyncMark? = null,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: CustomerFace
        get() =
            when {
                code != null -> if (trouble == null) CustomerFace.AskingCode else CustomerFace.CodeRefused
                trouble != null -> CustomerFace.Trouble
                committing -> CustomerFace.Committing
                again -> CustomerFace.Twice
                isAsking -> CustomerFace.AskingServer
                draft.customerId != null && sheet == null -> CustomerFace.Loading
                quote != null && quote.asksServer -> CustomerFace.AskServer
                quote != null && quote.earnsCard() -> CustomerFace.CardEarned
                quote != null -> CustomerFace.Quoted
                draft.customerId == null -> CustomerFace.NoCard
                sheet != null && sheet.isHeld() -> CustomerFace.Held
                sync != null && sync.behind -> CustomerFace.BalanceAsOf
                else -> CustomerFace.Known
            }

    /** Whether the primary button does something. */
    val canCommit: Boolean get() = (quote != null || stamps) && !quoting && !committing

    /** Whether the server's word on this receipt is awaited. */
    val isAsking: Boolean get() = quoting && draft.reserved && !kept

    /** What the customer may lay down and has not. */
    val offered: List<OwnVoucher> get() = vouchers.filter { it.refusal == null && it.id !in draft.vouchers }

    /** A holder of a stamp card is stamped without an amount: the scan and one tap. */
    val stamps: Boolean get() = typed.isEmpty() && sheet?.stamps?.isNotEmpty() == true
}

/** The lines of the table. */
public enum class CustomerFace {
    Loading,
    Known,
    BalanceAsOf,
    Held,
    NoCard,
    Quoted,
    CardEarned,
    AskingCode,
    CodeRefused,
    Twice,
    AskServer,
    AskingServer,
    Committing,
    Trouble,
}

/** The receipt earns a card of an instrument that hands out cards by receipt. */
private fun Quote.earnsCard(): Boolean = said.any { it.key == "code.card_earned" }

/** The customer's points wait for the owner's decision. */
private fun CustomerSheet.isHeld(): Boolean = notes.any { it.key == "code.customer_held" }
