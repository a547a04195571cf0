package kartka.ui.screen

import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import kartka.presentation.Choosing
import kartka.presentation.FriendPromise
import kartka.presentation.NextStep
import kartka.presentation.choose.ChooseAction
import kartka.presentation.choose.ChooseFace
import kartka.presentation.choose.ChooseState
import kartka.ui.component.Banner
import kartka.ui.component.Entry
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.Mood
import kartka.ui.component.Nothing
import kartka.ui.component.PrimaryAction
import kartka.ui.component.SecondAction
import kartka.ui.design.Kartka
import kartka.ui.text.speech

/** Another customer is chosen, and both are shown before anything is written; [preview] is the camera's picture. */
@Composable
fun ChooseScreen(
    state: ChooseState,
    host: Host,
    act: (ChooseAction) -> Unit,
    preview: @Composable (Modifier) -> Unit = {},
) {
    Frame(
        title = speech(if (state.why == Choosing.Same) "choose.same" else "choose.referrer"),
        back = speech("common.back"),
        onBack = { act(ChooseAction.Leave) },
        low = { ChooseLow(state, act) },
    ) {
        state.trouble?.let {
            TroubleBanner(it, host, mapOf(NextStep.TryAgain to { act(ChooseAction.Shown) }))
        }
        when {
            state.done ->
                Outcome(
                    Glyph.Check,
                    speech(
                        if (state.why ==
                            Choosing.Same
                        ) {
                            "choose.joined"
                        } else {
                            "choose.noted"
                        },
                    ),
                )
            state.other != null -> Both(state)
            else -> Search(state, host, act, preview)
        }
    }
}

@Composable
private fun Both(state: ChooseState) {
    val same = state.why == Choosing.Same
    if (same) {
        Banner(Mood.Attention, speech("choose.ask_same"), detail = speech("choose.ask_same_about"))
    } else {
        Banner(Mood.Quiet, speech("choose.ask_referrer"))
        (state.promise as? FriendPromise.Points)?.let { Promise(it) }
    }
    if (!same) Part(speech("choose.friend"))
    state.sheet?.let { SheetTile(it) }
    if (!same) Part(speech("choose.who_brought"))
    state.other?.let { SheetTile(it) }
}

@Composable
private fun Search(
    state: ChooseState,
    host: Host,
    act: (ChooseAction) -> Unit,
    preview: @Composable (Modifier) -> Unit,
) {
    if (state.foreign) Banner(Mood.Attention, speech("choose.not_ours"))
    if (state.typed.isBlank()) {
        CameraPane(state.camera, host, "scan", preview) { Finder(speech("choose.scan"), looking = false, Glyph.Card) }
    }
    when (state.face) {
        ChooseFace.Searching -> Loading()
        ChooseFace.Nobody -> Nothing(speech("search.nobody"), glyph = Glyph.Person)
        else -> Unit
    }
    state.found.orEmpty().forEach { sheet ->
        Line(
            title = nameOf(sheet),
            detail = (sheet.phones + sheet.cards).take(2).joinToString(" · ").ifEmpty { null },
            end = sheet.points.firstOrNull()?.let { speech.points(it.balance) },
            onTap = { act(ChooseAction.Tap(sheet.id)) },
        )
    }
    val about = if (state.why == Choosing.Same) "choose.same_about" else "choose.referrer_about"
    if (state.face == ChooseFace.Empty) Text(speech(about), style = Kartka.type.small, color = Kartka.colours.muted)
}

@Composable
private fun ChooseLow(state: ChooseState, act: (ChooseAction) -> Unit) {
    when {
        state.done -> PrimaryAction(speech("common.close"), { act(ChooseAction.Leave) })
        state.other == null -> Entry(speech("search.hint"), state.typed, { act(ChooseAction.Type(it)) })
        else -> {
            if (!state.writing) SecondAction(speech("choose.other"), { act(ChooseAction.Leave) }, wide)
            PrimaryAction(
                speech(if (state.why == Choosing.Same) "choose.join" else "choose.note"),
                { act(ChooseAction.Confirm) },
                readiness = readiness(state.writing, possible = true),
            )
        }
    }
}
