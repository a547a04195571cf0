package kartka.presentation.search

/** Everything that can happen on the Search screen. */
public sealed interface SearchAction {
    public data object Shown : SearchAction

    public data class Type(val text: String) : SearchAction

    public data class Tap(val customerId: Long) : SearchAction

    /** Registers what was typed. */
    public data object Register : SearchAction

    public data object Leave : SearchAction

    public data object Opened : SearchAction
}
