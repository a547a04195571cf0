package kartka.presentation.wizard

import kartka.presentation.Trade

/** Everything that can happen in the wizard. */
public sealed interface WizardAction {
    public data object Shown : WizardAction

    public data class TypeName(val text: String) : WizardAction

    public data class ChooseTrade(val trade: Trade) : WizardAction

    /** A field's answer, in the field's unit: one of several was chosen. */
    public data class Answer(val field: String, val value: Long) : WizardAction

    /** What was typed into a field: a text, or a number as the owner writes it. */
    public data class AnswerText(val field: String, val text: String) : WizardAction

    /** Every step, instead of the one that matters most. */
    public data object Everything : WizardAction

    public data object Next : WizardAction

    public data object Previous : WizardAction

    /** On a sample receipt. */
    public data object Preview : WizardAction

    public data object Publish : WizardAction

    public data object Leave : WizardAction

    public data object Opened : WizardAction
}
