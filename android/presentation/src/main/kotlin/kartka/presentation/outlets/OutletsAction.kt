package kartka.presentation.outlets

/** Everything that can happen with outlets. */
public sealed interface OutletsAction {
    public data object Shown : OutletsAction

    /** One more outlet. */
    public data object AskNew : OutletsAction

    /** One of them: another name, or this phone goes there. */
    public data class Choose(val outlet: Long) : OutletsAction

    public data class TypeName(val text: String) : OutletsAction

    public data object Save : OutletsAction

    /** This phone stands there from now on. */
    public data object StandHere : OutletsAction

    public data object Leave : OutletsAction

    public data object Opened : OutletsAction
}
