package kartka.presentation.about

/** Everything that can happen on a customer's sheet. */
public sealed interface AboutAction {
    public data object Shown : AboutAction

    /** Somebody else is the same person. */
    public data object OpenJoin : AboutAction

    /** Somebody brought this customer. */
    public data object OpenBrought : AboutAction

    public data class OpenCustomer(val customerId: Long) : AboutAction

    /** The two of [joint] are two people after all. */
    public data class AskPart(val joint: Long) : AboutAction

    public data object Part : AboutAction

    public data object Leave : AboutAction

    public data object Opened : AboutAction
}
