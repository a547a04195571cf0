package kartka.presentation.attach

/** Everything that can happen on the Attach screen. */
public sealed interface AttachAction {
    public data object Shown : AttachAction

    public data object Commit : AttachAction

    public data object Leave : AttachAction

    public data object Opened : AttachAction
}
