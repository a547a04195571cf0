package kartka.presentation.done

/** Everything that can happen on the Done screen. */
public sealed interface DoneAction {
    public data object Shown : DoneAction

    public data object Undo : DoneAction

    /** The next customer at once. */
    public data object Next : DoneAction

    /** Something was touched: the screen stays until the person goes on. */
    public data object Stay : DoneAction

    /** The card turned up after all. */
    public data object AttachCard : DoneAction

    public data object OpenReceipt : DoneAction

    public data object Opened : DoneAction
}
