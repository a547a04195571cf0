package kartka.presentation.open

/** Everything that can happen before the shop is open. */
public sealed interface OpenAction {
    public data object Shown : OpenAction

    public data object TryAgain : OpenAction

    /** The recovery sheet is at hand. */
    public data object AskSheet : OpenAction

    /** A copy was picked, to be opened by the sheet. */
    public data class PickCopy(val file: String) : OpenAction

    public data class TypeSheet(val text: String) : OpenAction

    public data object UseSheet : OpenAction

    public data object Leave : OpenAction
}
