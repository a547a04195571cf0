package kartka.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import kartka.presentation.SampleReceipt
import kartka.presentation.Trade
import kartka.presentation.WizardPreview
import kartka.presentation.wizard.NAME
import kartka.presentation.wizard.WizardAction
import kartka.presentation.wizard.WizardFace
import kartka.presentation.wizard.WizardState
import kartka.ui.component.Banner
import kartka.ui.component.CardTile
import kartka.ui.component.Choices
import kartka.ui.component.Entry
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Mood
import kartka.ui.component.PrimaryAction
import kartka.ui.component.Readiness
import kartka.ui.component.SecondAction
import kartka.ui.design.Kartka
import kartka.ui.design.Space
import kartka.ui.text.speech

/** An instrument being made: quick, or step by step; on a sample receipt before it is published. */
@Composable
fun WizardScreen(state: WizardState, host: Host, act: (WizardAction) -> Unit) {
    val previews = state.previews && state.preview != null && !state.published
    Frame(
        title = speech(if (previews) "wizard.screen.preview" else "wizard.kind.${state.draft.kind.key}.title"),
        back = speech("common.back"),
        onBack = { act(WizardAction.Leave) },
        low = if (state.model == null) null else ({ WizardLow(state, previews, act) }),
    ) {
        when (state.face) {
            WizardFace.NotAllowed -> Banner(Mood.Attention, speech("wizard.screen.not_allowed"))
            WizardFace.Trouble ->
                state.trouble?.let { TroubleBanner(it, host, mapOf(it.kind.next to { again(state, act) })) }
            WizardFace.Loading -> Loading()
            WizardFace.Published -> Outcome(Glyph.Check, speech("wizard.screen.published"))
            else -> Unit
        }
        when {
            state.model == null || state.published -> Unit
            previews -> state.preview?.let { Sample(it) }
            else -> Asked(state, act)
        }
    }
}

/** Asks once more for what could not be had; where the draft is here already, going back keeps it. */
private fun again(state: WizardState, act: (WizardAction) -> Unit) =
    act(if (state.model == null) WizardAction.Shown else WizardAction.Leave)

@Composable
private fun WizardLow(state: WizardState, previews: Boolean, act: (WizardAction) -> Unit) {
    when {
        state.published -> PrimaryAction(speech("common.close"), { act(WizardAction.Leave) })
        previews || state.publishing ->
            PrimaryAction(
                speech(if (state.publishing) "wizard.screen.publishing" else "wizard.screen.publish"),
                { act(WizardAction.Publish) },
                readiness = readiness(state.publishing, possible = true),
            )
        else -> Pages(state, act)
    }
}

@Composable
private fun Pages(state: WizardState, act: (WizardAction) -> Unit) {
    if (state.quick) {
        SecondAction(speech("wizard.screen.everything"), { act(WizardAction.Everything) }, wide)
    } else if (state.draft.step > 0) {
        SecondAction(speech("wizard.screen.previous"), { act(WizardAction.Previous) }, wide)
    }
    if (state.atEnd) {
        PrimaryAction(
            speech("wizard.screen.preview"),
            { act(WizardAction.Preview) },
            readiness = if (state.check == null) Readiness.NotYet else Readiness.Ready,
        )
    } else {
        PrimaryAction(speech("wizard.screen.next"), { act(WizardAction.Next) })
    }
}

@Composable
private fun Asked(state: WizardState, act: (WizardAction) -> Unit) {
    val model = state.model ?: return
    val step = state.step ?: return
    if (!state.quick) {
        val numbers = arrayOf("step" to state.draft.step.toLong(), "steps" to model.steps.size.toLong())
        Text(speech("wizard.screen.step", *numbers), style = Kartka.type.small, color = Kartka.colours.muted)
        Part(speech("wizard.${model.key}.${step.key}.title"))
    }
    Text(
        speech(if (state.quick) "wizard.quick.about" else "wizard.${model.key}.${step.key}.about"),
        style = Kartka.type.body,
        color = Kartka.colours.muted,
    )
    if (state.quick || state.draft.step == 0) NameAndTrade(state, act)
    state.fields.forEach { Field(it, state, act) }
    state.elsewhere.forEach { (field, words) ->
        Banner(
            Mood.Attention,
            speech("wizard.${model.key}.$field.title"),
            detail = speech(words),
            action = if (state.quick) speech("wizard.screen.everything") else null,
            onAction = { act(WizardAction.Everything) },
        )
    }
}

@Composable
private fun NameAndTrade(state: WizardState, act: (WizardAction) -> Unit) {
    Entry(
        speech("wizard.name.title"),
        state.draft.name,
        { act(WizardAction.TypeName(it)) },
        wrong = state.problems[NAME]?.let { speech(it) },
        about = speech("wizard.name.about"),
    )
    if (state.draft.instrument == null) {
        Part(speech("wizard.screen.trade"))
        val trades = Trade.entries.associateWith { speech("wizard.trade.${it.name.inKeys()}.title") }
        Choices(Trade.entries, state.draft.trade, trades::getValue, { act(WizardAction.ChooseTrade(it)) })
    }
}

@Composable
private fun Sample(preview: WizardPreview) {
    preview.warnings.forEach { Banner(Mood.Attention, speech(it)) }
    Part(speech("wizard.screen.first_visit"))
    SampleOf(preview.first)
    val gives = preview.gives
    when {
        gives == null -> Banner(Mood.Attention, speech("wizard.screen.gives_never"))
        gives.visit > preview.first.visit -> {
            Part(speech("wizard.screen.gives_on", "visit" to gives.visit))
            SampleOf(gives)
        }
    }
    Row(Modifier, Arrangement.spacedBy(Space.small)) {
        Text(speech("wizard.screen.sample_about"), style = Kartka.type.small, color = Kartka.colours.muted)
    }
}

@Composable
private fun SampleOf(receipt: SampleReceipt) {
    val less = receipt.total.copy(minor = receipt.total.minor - receipt.due.minor)
    CardTile(
        name = speech("wizard.screen.due"),
        over = speech.named("wizard.screen.total", "total", speech.money(receipt.total)),
        figure = speech.money(receipt.due),
        under = if (less.minor > 0) speech.named("wizard.screen.less", "less", speech.money(less)) else null,
    )
    Effects(receipt.effects)
    receipt.said.forEach { Text(speech(it), style = Kartka.type.body) }
}
