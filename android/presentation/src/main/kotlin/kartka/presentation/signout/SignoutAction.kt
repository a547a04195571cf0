package kartka.presentation.signout

/** Everything that can happen while a phone leaves its shop. */
public sealed interface SignoutAction {
    public data object Shown : SignoutAction

    /** Sends what waits. */
    public data object Send : SignoutAction

    /** Writes what waits into a file. */
    public data object Write : SignoutAction

    /** The file lies where a person has put it. */
    public data object Kept : SignoutAction

    /** Deletes everything of the shop here. */
    public data object SignOut : SignoutAction

    public data object Leave : SignoutAction

    public data object Opened : SignoutAction
}
