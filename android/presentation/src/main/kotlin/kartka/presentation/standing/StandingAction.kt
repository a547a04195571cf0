package kartka.presentation.standing

/** Everything that can happen on the Standing screen. */
public sealed interface StandingAction {
    public data object Shown : StandingAction

    public data object Exchange : StandingAction

    /** A person has read why the exchange stopped, and wants it to go on. */
    public data object Resume : StandingAction

    /** The day that the clock shows is the right one. */
    public data object ClockIsRight : StandingAction

    /** Writes the shop's encrypted copy, for a place that the owner picks. */
    public data object MakeCopy : StandingAction

    /** The copy lies there. */
    public data object CopyLies : StandingAction

    public data object OpenSheet : StandingAction

    /** Brings what lies in data whose key was lost. */
    public data object OpenAside : StandingAction

    /** Brings what another phone could not send. */
    public data object OpenCarry : StandingAction

    /** Takes this phone out of its shop. */
    public data object OpenSignOut : StandingAction

    public data object Leave : StandingAction

    public data object Opened : StandingAction
}
