package kartka.presentation.receipt

import kartka.presentation.UndoReason

/** Everything that can happen on the Receipt screen. */
public sealed interface ReceiptAction {
    public data object Shown : ReceiptAction

    /** Goods come back. */
    public data object ChooseLines : ReceiptAction

    /** So much of a line comes back, in thousandths; zero for none. */
    public data class Take(val line: Int, val quantity: Long) : ReceiptAction

    /** Everything that is left comes back. */
    public data object TakeEverything : ReceiptAction

    public data object GiveBack : ReceiptAction

    /** The whole receipt was a mistake: asks why. */
    public data object AskUndo : ReceiptAction

    public data class Undo(val reason: UndoReason) : ReceiptAction

    public data object AttachCard : ReceiptAction

    public data object OpenCustomer : ReceiptAction

    /** One step back; at the receipt itself, back to where it was opened. */
    public data object Leave : ReceiptAction

    public data object Opened : ReceiptAction
}
