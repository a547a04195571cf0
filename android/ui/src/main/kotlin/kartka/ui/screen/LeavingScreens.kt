package kartka.ui.screen

import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import kartka.presentation.NextStep
import kartka.presentation.carry.CarryAction
import kartka.presentation.carry.CarryFace
import kartka.presentation.carry.CarryState
import kartka.presentation.signout.SignoutAction
import kartka.presentation.signout.SignoutFace
import kartka.presentation.signout.SignoutState
import kartka.ui.component.Banner
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.Mood
import kartka.ui.component.Nothing
import kartka.ui.component.PrimaryAction
import kartka.ui.component.SecondAction
import kartka.ui.design.Kartka
import kartka.ui.text.speech

/** A phone that leaves its shop: what waits is sent or written into a file first. */
@Composable
fun SignoutScreen(state: SignoutState, host: Host, act: (SignoutAction) -> Unit) {
    Held(state.file?.path, host)
    Frame(
        title = speech("signout.title"),
        back = speech("common.back"),
        onBack = { act(SignoutAction.Leave) },
        low = { SignoutLow(state, host, act) },
    ) {
        val again = { act(SignoutAction.Shown) }
        state.trouble?.let { TroubleBanner(it, host, mapOf(NextStep.GoBack to again, NextStep.TryAgain to again)) }
        when (state.face) {
            SignoutFace.Loading -> Loading()
            SignoutFace.OnlyCopy ->
                Banner(Mood.Problem, speech("code.only_copy_here"), detail = speech("signout.only_copy_about"))
            SignoutFace.Ready -> Ready(state)
            SignoutFace.Trouble -> Unit
            SignoutFace.Written -> {
                Banner(
                    Mood.Attention,
                    speech("signout.written", "entries" to (state.file?.entries ?: 0)),
                    detail = speech("signout.file_about"),
                )
            }
            SignoutFace.SigningOut -> Loading()
            SignoutFace.Unsent, SignoutFace.Sending, SignoutFace.Writing -> {
                Banner(Mood.Waiting, speech("signout.unsent", "entries" to state.unsent))
                Text(speech("signout.unsent_about"), style = Kartka.type.body)
            }
        }
    }
}

@Composable
private fun Ready(state: SignoutState) {
    if (state.kept) Banner(Mood.Good, speech("signout.kept"), detail = speech("signout.kept_about"))
    Outcome(Glyph.Lock, speech("signout.ready"))
    Text(speech("signout.ready_about"), style = Kartka.type.body)
}

@Composable
private fun SignoutLow(state: SignoutState, host: Host, act: (SignoutAction) -> Unit) {
    when (state.face) {
        SignoutFace.Unsent, SignoutFace.Sending, SignoutFace.Writing -> {
            val idle = state.work == null
            SecondAction(
                speech("signout.write"),
                { act(SignoutAction.Write) },
                wide,
                readiness(state.face == SignoutFace.Writing, idle),
            )
            PrimaryAction(
                speech("signout.send"),
                { act(SignoutAction.Send) },
                readiness = readiness(state.face == SignoutFace.Sending, idle),
            )
        }
        SignoutFace.Written ->
            PrimaryAction(
                speech("signout.keep"),
                { state.file?.let { host.keepFile(it.path) { act(SignoutAction.Kept) } } },
                glyph = Glyph.Share,
            )
        SignoutFace.Ready, SignoutFace.SigningOut ->
            PrimaryAction(
                speech("signout.sign_out"),
                { act(SignoutAction.SignOut) },
                readiness = readiness(state.work != null, state.canSignOut),
                glyph = Glyph.Stop,
            )
        SignoutFace.Loading, SignoutFace.OnlyCopy, SignoutFace.Trouble -> Unit
    }
}

/** Another phone's file on its way to the server; [preview] is the camera's picture as the platform draws it. */
@Composable
fun CarryScreen(
    state: CarryState,
    host: Host,
    act: (CarryAction) -> Unit,
    preview: @Composable (Modifier) -> Unit = {},
) {
    Held(state.file, host)
    Frame(
        title = speech("carry.title"),
        back = speech("common.back"),
        onBack = { act(CarryAction.Leave) },
        low = { CarryLow(state, host, act) },
    ) {
        when (state.face) {
            CarryFace.Arrived -> {
                Outcome(Glyph.Check, speech("carry.arrived", "device" to (state.carried?.device ?: 0)))
                Text(speech("carry.arrived_about"), style = Kartka.type.body)
            }
            CarryFace.Partly -> Partly(state)
            CarryFace.Empty -> {
                Nothing(speech("carry.about"), glyph = Glyph.Share)
            }
            CarryFace.Taking -> Outcome(Glyph.Wait, speech("carry.taking"))
            CarryFace.NotTaken ->
                Banner(Mood.Problem, speech("carry.not_taken"), detail = speech("carry.not_taken_about"))
            CarryFace.NoOutbox -> Banner(Mood.Problem, speech("error.validation.outbox"))
            else -> AskSheet(state, host, act, preview)
        }
    }
}

@Composable
private fun Partly(state: CarryState) {
    val (batches, arrived) = state.carried?.run { batches to arrived } ?: return
    Banner(
        Mood.Attention,
        speech("carry.partly", "arrived" to arrived, "batches" to batches),
        detail = speech("carry.partly_about"),
    )
}

@Composable
private fun AskSheet(
    state: CarryState,
    host: Host,
    act: (CarryAction) -> Unit,
    preview: @Composable (Modifier) -> Unit,
) {
    Line(speech("carry.picked"), glyph = Glyph.Check)
    if (state.face == CarryFace.Offline || state.face == CarryFace.Trouble) {
        state.trouble?.let { TroubleBanner(it, host, mapOf(NextStep.TryAgain to { act(CarryAction.Carry) })) }
    }
    SheetEntry(
        Reader(state.camera, state.carrying, host, preview),
        state.sheet,
        { act(CarryAction.TypeSheet(it)) },
        wrong = if (state.face == CarryFace.WrongSheet) speech("open.wrong_sheet") else null,
    )
}

@Composable
private fun CarryLow(state: CarryState, host: Host, act: (CarryAction) -> Unit) {
    val pick = { host.pickFile(FileKind.Outbox) { act(CarryAction.Pick(it)) } }
    when (state.face) {
        CarryFace.Arrived -> PrimaryAction(speech("common.close"), { act(CarryAction.Leave) })
        CarryFace.Taking -> Unit
        CarryFace.Empty, CarryFace.NotTaken, CarryFace.NoOutbox ->
            PrimaryAction(speech("carry.pick"), pick, glyph = Glyph.Share)
        else -> {
            if (!state.carrying) SecondAction(speech("carry.pick_other"), pick, wide)
            if (state.face != CarryFace.Partly) {
                PrimaryAction(
                    speech(if (state.carrying) "carry.carrying" else "carry.carry"),
                    { act(CarryAction.Carry) },
                    readiness = readiness(state.carrying, state.canCarry),
                )
            }
        }
    }
}
