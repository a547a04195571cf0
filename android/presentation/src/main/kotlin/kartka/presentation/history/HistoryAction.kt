package kartka.presentation.history

/** Everything that can happen on the History screen. */
public sealed interface HistoryAction {
    public data object Shown : HistoryAction

    /** The end of the list came into sight. */
    public data object More : HistoryAction

    public data class Tap(val saleId: Long) : HistoryAction

    /** Goods come back with a receipt that is not here. */
    public data object OpenUnlinked : HistoryAction

    public data object Leave : HistoryAction

    public data object Opened : HistoryAction
}
