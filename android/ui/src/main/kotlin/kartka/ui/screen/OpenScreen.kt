package kartka.ui.screen

import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.text.input.KeyboardType
import kartka.presentation.NextStep
import kartka.presentation.open.OpenAction
import kartka.presentation.open.OpenFace
import kartka.presentation.open.OpenState
import kartka.ui.component.Banner
import kartka.ui.component.Entry
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Mood
import kartka.ui.component.PrimaryAction
import kartka.ui.design.Kartka
import kartka.ui.text.speech

/** The very beginning: the shop's data is opened, or cannot be, and why. */
@Composable
fun OpenScreen(state: OpenState, host: Host, act: (OpenAction) -> Unit) {
    Frame(
        title = speech("start.title"),
        back = if (state.asksSheet) speech("common.back") else null,
        onBack = { act(OpenAction.Leave) },
        low = { OpenLow(state, act) },
    ) {
        when (state.face) {
            OpenFace.Opening, OpenFace.Opened -> Outcome(Glyph.Wait, speech("open.opening"))
            OpenFace.KeyMissing ->
                Banner(Mood.Problem, speech("open.key_missing"), detail = speech("open.key_missing_about"))
            OpenFace.AskSheet, OpenFace.Restoring -> AskSheet(state, act, wrong = null)
            OpenFace.WrongSheet -> AskSheet(state, act, wrong = speech("open.wrong_sheet"))
            else ->
                state.trouble?.let {
                    val again = { act(OpenAction.TryAgain) }
                    val sheet = { act(OpenAction.AskSheet) }
                    val own =
                        NextStep.entries.associateWith { again } +
                            mapOf(NextStep.RecoverySheet to sheet, NextStep.Restore to sheet)
                    TroubleBanner(it, host, own)
                }
        }
    }
}

@Composable
private fun AskSheet(state: OpenState, act: (OpenAction) -> Unit, wrong: String?) {
    Text(speech(if (state.copy == null) "open.key_missing_about" else "open.restore"), style = Kartka.type.body)
    Entry(
        speech("open.sheet"),
        state.sheet,
        { act(OpenAction.TypeSheet(it)) },
        wrong = wrong,
        keyboard = KeyboardType.Ascii,
    )
}

@Composable
private fun OpenLow(state: OpenState, act: (OpenAction) -> Unit) {
    if (state.asksSheet) {
        PrimaryAction(
            speech("open.use_sheet"),
            { act(OpenAction.UseSheet) },
            readiness = readiness(state.opening, state.sheet.isNotBlank()),
        )
    } else if (state.face == OpenFace.KeyMissing) {
        PrimaryAction(speech("open.use_sheet"), { act(OpenAction.AskSheet) }, glyph = Glyph.Lock)
    }
}
