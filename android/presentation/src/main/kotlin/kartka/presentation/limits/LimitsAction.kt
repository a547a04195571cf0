package kartka.presentation.limits

import kartka.presentation.EarnLimits

/** Everything that can happen with limits. */
public sealed interface LimitsAction {
    public data object Shown : LimitsAction

    /** The limits as they now stand on the screen. */
    public data class Change(val limits: EarnLimits) : LimitsAction

    public data class TypeHours(val text: String) : LimitsAction

    public data class TypeDays(val text: String) : LimitsAction

    public data object Save : LimitsAction

    /** Where a card says what may be spent offline. */
    public data object OpenInstruments : LimitsAction

    public data object Leave : LimitsAction

    public data object Opened : LimitsAction
}
