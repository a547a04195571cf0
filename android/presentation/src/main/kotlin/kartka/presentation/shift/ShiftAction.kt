package kartka.presentation.shift

/** Everything that can happen on My shift. */
public sealed interface ShiftAction {
    public data object Shown : ShiftAction

    public data class Tap(val saleId: Long) : ShiftAction

    public data object SwitchOperator : ShiftAction

    /** Goods come back with a receipt that is not here. */
    public data object OpenUnlinked : ShiftAction

    public data object Leave : ShiftAction

    public data object Opened : ShiftAction
}
