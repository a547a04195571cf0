package kartka.presentation.today

/** Everything that can happen on Today. */
public sealed interface TodayAction {
    public data object Shown : TodayAction

    public data object OpenInbox : TodayAction

    public data object OpenStanding : TodayAction

    public data object OpenSheet : TodayAction

    public data object OpenDevices : TodayAction

    public data object OpenLimits : TodayAction

    public data object OpenOutlets : TodayAction

    public data object OpenInstruments : TodayAction

    public data object Leave : TodayAction

    public data object Opened : TodayAction
}
