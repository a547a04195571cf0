package kartka.presentation

/**
 * Where a screen leads. A state's `open` names it; the screen goes there and says `Opened`.
 *
 * A route holds only ids and what was typed, so that it can be kept while the process is dead.
 */
public sealed interface Route {
    /** The counter's start; [attachTo] is a sale without a card that the next card is attached to. */
    public data class Scan(val attachTo: Long? = null) : Route

    /** A sale to [customerId], or to nobody known. */
    public data class Customer(val customerId: Long?, val read: CardRead? = null) : Route

    /** Points and rewards of the sale that is being put together. */
    public data class Redeem(val draft: SaleDraft) : Route

    /** Back to the customer with points and rewards chosen. */
    public data class Redeemed(val draft: SaleDraft) : Route

    /** What became of a sale. */
    public data class Done(val saleId: Long) : Route

    /** A new customer, with the blank card that was scanned or what was typed in search. */
    public data class Register(val cardId: Long? = null, val typed: String = "", val attachTo: Long? = null) : Route

    /** The typed digits fit nobody or several: search goes on with them. */
    public data class Search(val typed: String = "", val attachTo: Long? = null) : Route

    public data class History(val customerId: Long) : Route

    /** One receipt: its lines, returns, undoing, attaching. */
    public data class Receipt(val saleId: Long) : Route

    /** What [customerId] would earn by being attached to [saleId]. */
    public data class Attach(val saleId: Long, val customerId: Long, val read: CardRead? = null) : Route

    public data object Shift : Route

    /** The shop's data does not open, and [why]; or there is none, and a copy of it [restores] the shop. */
    public data class Open(val why: Trouble? = null, val restores: Boolean = false) : Route

    /** A phone without a shop. */
    public data object Start : Route

    public data object Found : Route

    public data object Pair : Route

    /** The recovery sheet. */
    public data object Sheet : Route

    public data object Operator : Route

    public data object Today : Route

    public data object Devices : Route

    public data object Limits : Route

    public data object Instruments : Route

    /** A new instrument of [kind], one to change, or a draft to go on with. */
    public data class Wizard(val kind: WizardKind? = null, val instrument: Long? = null, val draft: Long? = null) :
        Route

    public data object Inbox : Route

    /** How this phone stands with the authority, and what a person must decide. */
    public data object Standing : Route

    /** A customer's sheet: vouchers, friends, joined records. */
    public data class About(val customerId: Long) : Route

    /** Another customer is chosen for [customerId], and [why]. */
    public data class Choose(val customerId: Long, val why: Choosing) : Route

    /** Goods come back with a receipt that is not here; [customerId]'s points are taken back. */
    public data class Unlinked(val customerId: Long? = null) : Route

    public data object Outlets : Route

    /** This phone leaves its shop. */
    public data object SignOut : Route

    /** Another phone's unsent entries come by a file. */
    public data object Carry : Route

    /** Data were put aside whose key was lost: the sheet brings what they had not sent. */
    public data object Aside : Route

    /** The cards of the person whose phone this is. */
    public data object Cards : Route

    /** One of them, as it is shown at a counter. */
    public data class Card(val card: Long) : Route

    /** What the shop of [card] knows of its holder, and what they wish. */
    public data class Profile(val card: Long) : Route

    /** Another card is taken in: by the camera, or by the [link] that another app has opened. */
    public data class Join(val link: String = "") : Route

    /** The link that hands a card of [customerId] over to their own phone. */
    public data class Link(val customerId: Long) : Route

    /** Back to the screen before. */
    public data object Back : Route
}

/** What another customer is to the first: the same person, or whoever brought them. */
public enum class Choosing { Same, Referrer }
