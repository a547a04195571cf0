package kartka.presentation.start

/** Everything that can happen on the first screen. */
public sealed interface StartAction {
    public data object Shown : StartAction

    public data object Found : StartAction

    public data object Pair : StartAction

    /** A copy of the shop is at hand. */
    public data object Restore : StartAction

    /** Whoever holds the phone is a customer. */
    public data object OpenCards : StartAction

    public data object Opened : StartAction
}
