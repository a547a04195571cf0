package kartka.presentation.unlinked

/** Everything that can happen while goods come back with a receipt that is not here. */
public sealed interface UnlinkedAction {
    public data object Shown : UnlinkedAction

    public data class TypeNumber(val text: String) : UnlinkedAction

    /** Day, month and year as typed. */
    public data class TypeDate(val text: String) : UnlinkedAction

    public data class TypeAmount(val text: String) : UnlinkedAction

    /** Where it was bought. */
    public data class ChooseOutlet(val outlet: Long) : UnlinkedAction

    /** The receipt is on this phone after all. */
    public data class OpenReceipt(val saleId: Long) : UnlinkedAction

    /** The money goes back: once, however often it is tapped. */
    public data object GiveBack : UnlinkedAction

    public data object Leave : UnlinkedAction

    public data object Opened : UnlinkedAction
}
