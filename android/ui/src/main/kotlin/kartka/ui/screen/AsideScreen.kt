package kartka.ui.screen

import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import kartka.presentation.NextStep
import kartka.presentation.aside.AsideAction
import kartka.presentation.aside.AsideFace
import kartka.presentation.aside.AsideState
import kartka.ui.component.Banner
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Mood
import kartka.ui.component.Nothing
import kartka.ui.component.PrimaryAction
import kartka.ui.component.SecondAction
import kartka.ui.design.Kartka
import kartka.ui.text.speech

/** Unsent entries in data whose key was lost: the sheet brings them; [preview] is the camera's picture. */
@Composable
fun AsideScreen(
    state: AsideState,
    host: Host,
    act: (AsideAction) -> Unit,
    preview: @Composable (Modifier) -> Unit = {},
) {
    Frame(
        title = speech("aside.title"),
        back = if (state.bringing) null else speech("common.back"),
        onBack = { act(AsideAction.Leave) },
        low = { AsideLow(state, act) },
    ) {
        when (state.face) {
            AsideFace.Loading -> Loading()
            AsideFace.None -> Nothing(speech("aside.none"), glyph = Glyph.Check)
            AsideFace.Arrived -> Arrived(state)
            AsideFace.NoSheet -> Banner(Mood.Problem, speech("open.no_sheet"), detail = speech("aside.no_sheet_about"))
            AsideFace.OtherShop -> Banner(Mood.Problem, speech("aside.other_shop"), detail = speech("aside.kept"))
            else -> AskSheet(state, host, act, preview)
        }
    }
}

@Composable
private fun Arrived(state: AsideState) {
    if (state.entries == 0L) {
        Outcome(Glyph.Check, speech("aside.nothing_waited"))
    } else {
        Outcome(Glyph.Check, speech("aside.arrived", "entries" to state.entries))
    }
    Text(speech("aside.arrived_about"), style = Kartka.type.body)
}

@Composable
private fun AskSheet(
    state: AsideState,
    host: Host,
    act: (AsideAction) -> Unit,
    preview: @Composable (Modifier) -> Unit,
) {
    when (state.face) {
        AsideFace.Offline, AsideFace.Trouble ->
            state.trouble?.let { TroubleBanner(it, host, mapOf(NextStep.TryAgain to { retry(state, act) })) }
        AsideFace.Partly ->
            Banner(
                Mood.Attention,
                speech("carry.partly", "arrived" to state.arrived, "batches" to state.batches),
                detail = speech("aside.partly_about"),
            )
        else -> Text(speech("aside.about"), style = Kartka.type.body)
    }
    if (state.moved == null) return
    SheetEntry(
        Reader(state.camera, state.bringing, host, preview),
        state.sheet,
        { act(AsideAction.TypeSheet(it)) },
        wrong = if (state.face == AsideFace.WrongSheet) speech("open.wrong_sheet") else null,
    )
}

/** What failed is tried again: bringing them, or asking whether any are here. */
private fun retry(state: AsideState, act: (AsideAction) -> Unit): Unit =
    act(if (state.moved == null) AsideAction.Shown else AsideAction.Bring)

@Composable
private fun AsideLow(state: AsideState, act: (AsideAction) -> Unit) {
    when (state.face) {
        AsideFace.Loading -> Unit
        AsideFace.None, AsideFace.Arrived, AsideFace.NoSheet, AsideFace.OtherShop ->
            PrimaryAction(speech("common.close"), { act(AsideAction.Leave) })
        else -> {
            if (!state.bringing) SecondAction(speech("aside.later"), { act(AsideAction.Leave) }, wide)
            PrimaryAction(
                speech(if (state.bringing) "carry.carrying" else "carry.carry"),
                { act(AsideAction.Bring) },
                readiness = readiness(state.bringing, state.canBring),
            )
        }
    }
}
