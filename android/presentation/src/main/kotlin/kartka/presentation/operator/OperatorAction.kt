package kartka.presentation.operator

/** Everything that can happen on the Operator screen. */
public sealed interface OperatorAction {
    public data object Shown : OperatorAction

    /** The phone goes to this colleague. */
    public data class Choose(val operator: Long) : OperatorAction

    /** This colleague gets a PIN. */
    public data class ChangePin(val operator: Long) : OperatorAction

    public data class TypeOld(val text: String) : OperatorAction

    public data class TypePin(val text: String) : OperatorAction

    public data object Confirm : OperatorAction

    public data object Leave : OperatorAction

    public data object Opened : OperatorAction
}
