package kartka.ui.screen

import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.text.input.KeyboardType
import kartka.presentation.WizardField
import kartka.presentation.WizardInput
import kartka.presentation.wizard.WizardAction
import kartka.presentation.wizard.WizardState
import kartka.ui.component.Choices
import kartka.ui.component.Entry
import kartka.ui.design.Kartka
import kartka.ui.text.speech

/** One thing that the wizard asks, by its kind: several to choose from, or something typed, with its explanation. */
@Composable
internal fun Field(field: WizardField, state: WizardState, act: (WizardAction) -> Unit) {
    val words = "wizard.${state.draft.kind.key}.${field.key}"
    when (val input = field.input) {
        is WizardInput.Choice -> {
            val keys = input.keys.map { "$words.$it" }
            Chosen(
                words,
                state.value(field),
                keys.indices.map { it.toLong() },
                { speech("${keys[it.toInt()]}.title") },
            ) {
                act(WizardAction.Answer(field.key, it))
            }
            keys.getOrNull(state.value(field).toInt())?.let { About("$it.about") }
            Wrong(field, state)
        }
        is WizardInput.Instrument -> {
            Chosen(words, state.value(field), input.ids, { speech.instrument(it) }) {
                act(WizardAction.Answer(field.key, it))
            }
            Wrong(field, state)
        }
        else ->
            Entry(
                speech("$words.title"),
                state.text(field),
                { act(WizardAction.AnswerText(field.key, it)) },
                wrong = state.problems[field.key]?.let { speech(it) },
                keyboard = keyboardOf(input),
                about = speech("$words.about"),
                unit = unitOf(input, state.value(field)),
            )
    }
}

@Composable
private fun Chosen(
    words: String,
    chosen: Long,
    of: List<Long>,
    word: @Composable (Long) -> String,
    onChoose: (Long) -> Unit,
) {
    Part(speech("$words.title"))
    About("$words.about")
    val said = of.associateWith { word(it) }
    Choices(of, chosen, said::getValue, onChoose)
}

@Composable
private fun About(key: String) {
    Text(speech(key), style = Kartka.type.small, color = Kartka.colours.muted)
}

@Composable
private fun Wrong(field: WizardField, state: WizardState) {
    state.problems[field.key]?.let { Text(speech(it), style = Kartka.type.strong, color = Kartka.colours.problem.ink) }
}

private fun keyboardOf(input: WizardInput): KeyboardType =
    when (input) {
        is WizardInput.Text -> KeyboardType.Ascii
        WizardInput.Share, WizardInput.Money, WizardInput.Points, WizardInput.Date -> KeyboardType.Decimal
        else -> KeyboardType.Number
    }

@Composable
private fun unitOf(input: WizardInput, value: Long): String? =
    when (input) {
        WizardInput.Share -> "%"
        WizardInput.Money -> speech.currency
        WizardInput.Points -> speech("wizard.screen.in_points", "value" to value)
        WizardInput.Days -> speech("wizard.screen.in_days", "value" to value)
        WizardInput.Months -> speech("wizard.screen.in_months", "value" to value)
        WizardInput.Date -> speech("wizard.screen.in_date")
        else -> null
    }
