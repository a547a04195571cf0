package kartka.ui.screen

import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import kartka.presentation.NextStep
import kartka.presentation.done.DoneAction
import kartka.presentation.done.DoneFace
import kartka.presentation.done.DoneState
import kartka.ui.component.Banner
import kartka.ui.component.CardTile
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Mood
import kartka.ui.component.PrimaryAction
import kartka.ui.component.Readiness
import kartka.ui.component.SecondAction
import kartka.ui.text.speech

/** What became of the sale, for ten seconds: then the next customer. */
@Composable
fun DoneScreen(state: DoneState, host: Host, act: (DoneAction) -> Unit) {
    Frame(
        title = speech(titleOf(state.face)),
        back = null,
        onBack = {},
        corner = { SyncWord(state.sync) { act(DoneAction.OpenReceipt) } },
        low = { DoneLow(state, act) },
    ) {
        state.trouble?.let {
            TroubleBanner(it, host, mapOf(NextStep.GoBack to { act(DoneAction.Next) }))
        }
        if (state.face == DoneFace.Loading) Loading() else Became(state)
        LaunchedEffect(state.receipt?.id) { if (state.receipt != null) host.feel(Felt.Done) }
    }
}

@Composable
private fun Became(state: DoneState) {
    val receipt = state.receipt ?: return
    when (state.face) {
        DoneFace.Undone -> Outcome(Glyph.Undo, speech("done.undone"))
        DoneFace.Undoing -> Outcome(Glyph.Wait, speech("done.undoing"))
        else -> Outcome(Glyph.Check, speech.money(receipt.total))
    }
    receipt.refused?.let { Banner(Mood.Problem, speech("receipt.refused"), detail = speech(it)) }
    receipt.notes.forEach { Banner(Mood.Attention, speech(it)) }
    if (state.face == DoneFace.Queued) Banner(Mood.Waiting, speech("done.queued"))
    if (state.undone) return
    Effects(receipt.effects)
    Vouchers(receipt.vouchers)
    state.customer?.let { sheet ->
        CardTile(
            name = nameOf(sheet),
            over = sheet.points.firstOrNull()?.let { speech("done.balance") },
            figure = sheet.points.firstOrNull()?.let { speech.points(it.balance) },
        )
    }
}

@Composable
private fun DoneLow(state: DoneState, act: (DoneAction) -> Unit) {
    if (state.face == DoneFace.NoCard) {
        SecondAction(speech("done.attach"), { act(DoneAction.AttachCard) }, wide, glyph = Glyph.Card)
    }
    if (state.receipt != null) SecondAction(speech("done.receipt"), { act(DoneAction.OpenReceipt) }, wide)
    if (state.undoSeconds > 0 && !state.undone) {
        SecondAction(
            speech("done.undo", "seconds" to state.undoSeconds.toLong()),
            { act(DoneAction.Undo) },
            wide,
            readiness = if (state.undoing) Readiness.NotYet else Readiness.Ready,
            glyph = Glyph.Undo,
        )
    }
    PrimaryAction(speech("done.next"), { act(DoneAction.Next) })
}

private fun titleOf(face: DoneFace): String =
    when (face) {
        DoneFace.NoCard -> "done.no_card"
        DoneFace.Undone -> "done.undone"
        DoneFace.Undoing -> "done.undoing"
        DoneFace.InInbox -> "done.in_inbox"
        DoneFace.Loading -> "common.loading"
        DoneFace.Committed, DoneFace.Queued, DoneFace.Trouble -> "done.committed"
    }
