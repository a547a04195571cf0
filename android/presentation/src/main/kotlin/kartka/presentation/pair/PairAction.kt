package kartka.presentation.pair

/** Everything that can happen while a phone is paired. */
public sealed interface PairAction {
    public data object Shown : PairAction

    /** The camera read the owner's code: pairing begins. */
    public data class Read(val code: String) : PairAction

    public data class Type(val code: String) : PairAction

    public data class TypeDeviceName(val text: String) : PairAction

    public data object Pair : PairAction

    public data object Leave : PairAction

    public data object Opened : PairAction
}
