package kartka.presentation.inbox

/** Everything that can happen in the inbox. */
public sealed interface InboxAction {
    public data object Shown : InboxAction

    /** It was dealt with. */
    public data class Close(val item: Long) : InboxAction

    /** Does what the item proposes. */
    public data class Agree(val item: Long) : InboxAction

    /** What a revoked device sent, or a return without its purchase, counts. */
    public data class TakeIn(val item: Long) : InboxAction

    /** It is kept without effect. */
    public data class Refuse(val item: Long) : InboxAction

    /** The owner meant what cannot be taken back. */
    public data object Confirm : InboxAction

    /** A return belongs to this receipt. */
    public data class Link(val item: Long, val saleId: Long) : InboxAction

    public data class OpenCustomer(val customerId: Long) : InboxAction

    public data object Leave : InboxAction

    public data object Opened : InboxAction
}
