package kartka.presentation.instruments

import kartka.presentation.WizardKind

/** Everything that can happen in the list of instruments. */
public sealed interface InstrumentsAction {
    public data object Shown : InstrumentsAction

    /** Which kinds there are. */
    public data object AskNew : InstrumentsAction

    public data class New(val kind: WizardKind) : InstrumentsAction

    public data class Edit(val instrument: Long) : InstrumentsAction

    public data class Resume(val draft: Long) : InstrumentsAction

    public data class Drop(val draft: Long) : InstrumentsAction

    public data object Leave : InstrumentsAction

    public data object Opened : InstrumentsAction
}
