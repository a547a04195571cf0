package kartka.presentation.shift

/** Everything that can happen on My shift. */
public sealed interface ShiftAction {
    public data object Shown : ShiftAction

    public data class Tap(val saleId: Long) : ShiftAction

    public data object SwitchOperator : ShiftAction

    public data object Leave : ShiftAction

    public data object Opened : ShiftAction
}
