package kartka.presentation.inbox

/** Everything that can happen in the inbox. */
public sealed interface InboxAction {
    public data object Shown : InboxAction

    /** It was dealt with. */
    public data class Close(val item: Long) : InboxAction

    /** Does what the item proposes. */
    public data class Agree(val item: Long) : InboxAction

    /** What a revoked device sent counts. */
    public data class TakeIn(val item: Long) : InboxAction

    /** What a revoked device sent is kept without effect. */
    public data class Refuse(val item: Long) : InboxAction

    public data class OpenCustomer(val customerId: Long) : InboxAction

    public data object Leave : InboxAction

    public data object Opened : InboxAction
}
