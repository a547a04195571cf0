package kartka.presentation.instruments

import kartka.presentation.Instrument
import kartka.presentation.Pictured
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.WizardDraft

/** The programme's instruments and the drafts of this phone. [choosing] asks which kind the new one is. */
public data class InstrumentsState(
    val instruments: List<Instrument>? = null,
    val drafts: List<WizardDraft> = emptyList(),
    val choosing: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: InstrumentsFace
        get() =
            when {
                trouble != null -> InstrumentsFace.Trouble
                instruments == null -> InstrumentsFace.Loading
                choosing -> InstrumentsFace.Kinds
                drafts.isNotEmpty() -> InstrumentsFace.Drafts
                instruments.isEmpty() -> InstrumentsFace.None
                else -> InstrumentsFace.Active
            }
}

/** The lines of the table. */
public enum class InstrumentsFace { Loading, None, Active, Drafts, Kinds, Trouble }
