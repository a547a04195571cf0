package kartka.presentation.customer

import kartka.presentation.SaleDraft
import kartka.presentation.Tender

/** Everything that can happen on the Customer screen. */
public sealed interface CustomerAction {
    /** The screen came to the front. */
    public data object Shown : CustomerAction

    /** The whole text of the amount after a key. */
    public data class Type(val text: String) : CustomerAction

    /** How many pieces the amount is for: +1…+5. */
    public data class Pieces(val count: Int) : CustomerAction

    public data class PayWith(val tender: Tender) : CustomerAction

    /** The customer has a coupon or a certificate. */
    public data object AskCode : CustomerAction

    public data class TypeCode(val text: String) : CustomerAction

    /** What is typed lies on the counter. */
    public data object AddCode : CustomerAction

    /** One of the customer's own vouchers lies on the counter. */
    public data class LayDown(val voucherId: Long) : CustomerAction

    /** Nothing lies there after all: coupons and certificates are taken off the receipt. */
    public data object DropCodes : CustomerAction

    /** The server is asked to keep what lies there and may not be taken unasked. */
    public data object AskServer : CustomerAction

    /** Points and rewards. */
    public data object OpenRedeem : CustomerAction

    /** The Redeem screen came back with points and rewards chosen. */
    public data class Redeemed(val draft: SaleDraft) : CustomerAction

    /** The sale happens: once, however often it is tapped. */
    public data object Commit : CustomerAction

    /** A second sale so soon is meant. */
    public data object ConfirmTwice : CustomerAction

    public data object OpenHistory : CustomerAction

    /** The customer's sheet. */
    public data object OpenAbout : CustomerAction

    /** The link that hands the card over to the customer's own phone. */
    public data object OpenLink : CustomerAction

    /** Takes the trouble away and tries what failed again. */
    public data object TryAgain : CustomerAction

    public data object Leave : CustomerAction

    public data object Opened : CustomerAction
}
