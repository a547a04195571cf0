package kartka.ui.screen

import androidx.compose.runtime.Composable
import kartka.presentation.Instrument
import kartka.presentation.WizardDraft
import kartka.presentation.WizardKind
import kartka.presentation.instruments.InstrumentsAction
import kartka.presentation.instruments.InstrumentsFace
import kartka.presentation.instruments.InstrumentsState
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.Nothing
import kartka.ui.component.PrimaryAction
import kartka.ui.component.WordAction
import kartka.ui.text.speech

/** The programme's instruments, and the drafts of this phone. */
@Composable
fun InstrumentsScreen(state: InstrumentsState, host: Host, act: (InstrumentsAction) -> Unit) {
    val kinds = state.face == InstrumentsFace.Kinds
    Frame(
        title = speech(if (kinds) "instruments.kinds" else "instruments.title"),
        back = speech("common.back"),
        onBack = { act(InstrumentsAction.Leave) },
        low =
            if (kinds || state.instruments == null) {
                null
            } else {
                ({ PrimaryAction(speech("instruments.new"), { act(InstrumentsAction.AskNew) }, glyph = Glyph.Star) })
            },
    ) {
        state.trouble?.let { TroubleBanner(it, host, mapOf(it.kind.next to { act(InstrumentsAction.Shown) })) }
        when (state.face) {
            InstrumentsFace.Loading -> Loading()
            InstrumentsFace.None -> Nothing(speech("instruments.none"), glyph = Glyph.Gift)
            InstrumentsFace.Kinds -> WizardKind.entries.forEach { Kind(it, act) }
            else -> {
                Drafts(state.drafts, act)
                InForce(state.instruments.orEmpty(), act)
            }
        }
    }
}

@Composable
private fun Kind(kind: WizardKind, act: (InstrumentsAction) -> Unit) {
    Line(
        title = speech("wizard.kind.${kind.key}.title"),
        detail = speech("wizard.kind.${kind.key}.about"),
        glyph = glyphOf(kind.key),
        onTap = { act(InstrumentsAction.New(kind)) },
    )
}

@Composable
private fun Drafts(drafts: List<WizardDraft>, act: (InstrumentsAction) -> Unit) {
    if (drafts.isEmpty()) return
    Part(speech("instruments.drafts"))
    drafts.forEach { draft ->
        val kind = speech("wizard.kind.${draft.kind.key}.title")
        Line(
            title = draft.name.ifBlank { kind },
            detail = if (draft.name.isBlank()) speech("instruments.resume") else kind,
            glyph = Glyph.Wait,
            onTap = { act(InstrumentsAction.Resume(draft.id)) },
        )
        WordAction(speech("instruments.drop"), { act(InstrumentsAction.Drop(draft.id)) })
    }
}

@Composable
private fun InForce(instruments: List<Instrument>, act: (InstrumentsAction) -> Unit) {
    if (instruments.isEmpty()) return
    Part(speech("instruments.terms"))
    instruments.forEach { instrument ->
        // What a newer version made is listed and not changed here.
        val known = WizardKind.entries.any { it.key == instrument.terms }
        Line(
            title = instrument.name,
            detail = speech(if (known) "wizard.kind.${instrument.terms}.title" else "instruments.newer"),
            glyph = glyphOf(instrument.terms),
            onTap = if (known) ({ act(InstrumentsAction.Edit(instrument.id)) }) else null,
        )
    }
}

private fun glyphOf(kind: String): Glyph =
    when (kind) {
        "bonus", "discount", "club", "issue" -> Glyph.Card
        "stamps", "tiers" -> Glyph.Star
        else -> Glyph.Gift
    }
