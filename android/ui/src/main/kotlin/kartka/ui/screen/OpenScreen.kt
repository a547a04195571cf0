package kartka.ui.screen

import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import kartka.presentation.NextStep
import kartka.presentation.open.OpenAction
import kartka.presentation.open.OpenFace
import kartka.presentation.open.OpenState
import kartka.ui.component.Banner
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.Mood
import kartka.ui.component.Nothing
import kartka.ui.component.PrimaryAction
import kartka.ui.component.SecondAction
import kartka.ui.component.WordAction
import kartka.ui.design.Kartka
import kartka.ui.text.speech

/** The very beginning: the shop's data is opened, or cannot be, and why; [preview] is the camera's picture. */
@Composable
fun OpenScreen(state: OpenState, host: Host, act: (OpenAction) -> Unit, preview: @Composable (Modifier) -> Unit = {}) {
    val turnsBack = state.asksSheet || state.asksAnew || state.restores || state.picked != null
    Held(state.copy, host)
    Frame(
        title = speech("start.title"),
        back = if (turnsBack && !state.opening) speech("common.back") else null,
        onBack = { act(OpenAction.Leave) },
        low = { OpenLow(state, host, act) },
    ) {
        when (state.face) {
            OpenFace.Opening, OpenFace.Opened -> Outcome(Glyph.Wait, speech("open.opening"))
            OpenFace.KeyMissing ->
                Banner(Mood.Problem, speech("open.key_missing"), detail = speech("open.key_missing_about"))
            OpenFace.AskAnew -> Banner(Mood.Attention, speech("open.ask_anew"), detail = speech("open.ask_anew_about"))
            OpenFace.NoSheet -> Banner(Mood.Problem, speech("open.no_sheet"), detail = speech("open.no_sheet_about"))
            OpenFace.AskCopy -> Nothing(speech("open.ask_copy"), glyph = Glyph.Share)
            OpenFace.TakingCopy -> Outcome(Glyph.Wait, speech("carry.taking"))
            OpenFace.NotTaken ->
                Banner(Mood.Problem, speech("carry.not_taken"), detail = speech("carry.not_taken_about"))
            OpenFace.NoCopy -> Banner(Mood.Problem, speech("error.validation.copy"))
            OpenFace.AskSheet, OpenFace.Restoring, OpenFace.WrongSheet -> AskSheet(state, host, act, preview)
            else -> Stuck(state, host, act)
        }
        if (state.face in stuck) WordAction(speech("open.cards"), { act(OpenAction.OpenCards) })
    }
}

/** Why the shop is not open: the person's own cards are. */
private val stuck =
    setOf(
        OpenFace.KeyMissing,
        OpenFace.KeysLocked,
        OpenFace.StorageFull,
        OpenFace.TooNew,
        OpenFace.Corrupt,
        OpenFace.Busy,
        OpenFace.NoSheet,
        OpenFace.Trouble,
    )

@Composable
private fun Stuck(state: OpenState, host: Host, act: (OpenAction) -> Unit) {
    val trouble = state.trouble ?: state.why ?: return
    val again = { act(if (state.looksForSheet) OpenAction.UseSheet else OpenAction.TryAgain) }
    val own =
        NextStep.entries.associateWith { again } +
            mapOf(
                NextStep.RecoverySheet to { act(OpenAction.AskSheet) },
                NextStep.Restore to { host.pickFile(FileKind.ShopCopy) { act(OpenAction.PickCopy(it)) } },
                NextStep.GoBack to { act(OpenAction.Leave) },
                NextStep.FreeSpace to {
                    host.help(NextStep.FreeSpace)
                    again()
                },
            )
    TroubleBanner(trouble, host, own - setOf(NextStep.Update, NextStep.Report))
}

@Composable
private fun AskSheet(
    state: OpenState,
    host: Host,
    act: (OpenAction) -> Unit,
    preview: @Composable (Modifier) -> Unit,
) {
    if (state.copy != null) Line(speech("open.copy_picked"), glyph = Glyph.Check)
    Text(speech(if (state.copy == null) "open.key_missing_about" else "open.restore_about"), style = Kartka.type.body)
    SheetEntry(
        Reader(state.camera, state.opening, host, preview),
        state.sheet,
        { act(OpenAction.TypeSheet(it)) },
        wrong = if (state.face == OpenFace.WrongSheet) speech("open.wrong_sheet") else null,
    )
}

@Composable
private fun OpenLow(state: OpenState, host: Host, act: (OpenAction) -> Unit) {
    val pick = { host.pickFile(FileKind.ShopCopy) { act(OpenAction.PickCopy(it)) } }
    when (state.face) {
        OpenFace.KeyMissing -> {
            SecondAction(speech("open.no_sheet_here"), { act(OpenAction.AskAnew) }, wide)
            PrimaryAction(speech("open.have_sheet"), { act(OpenAction.AskSheet) }, glyph = Glyph.Lock)
        }
        OpenFace.AskAnew -> {
            SecondAction(speech("open.have_sheet"), { act(OpenAction.AskSheet) }, wide, glyph = Glyph.Lock)
            PrimaryAction(speech("open.begin_anew"), { act(OpenAction.BeginAnew) })
        }
        OpenFace.NoSheet ->
            if (state.mayBeginAnew) PrimaryAction(speech("open.begin_anew"), { act(OpenAction.AskAnew) })
        OpenFace.AskCopy, OpenFace.NotTaken, OpenFace.NoCopy ->
            PrimaryAction(speech("open.pick_copy"), pick, glyph = Glyph.Share)
        OpenFace.AskSheet, OpenFace.WrongSheet, OpenFace.Restoring ->
            PrimaryAction(
                speech(if (state.copy == null) "open.use_sheet" else "open.restore"),
                { act(OpenAction.UseSheet) },
                readiness = readiness(state.opening, state.sheet.isNotBlank()),
            )
        else -> Unit
    }
}
