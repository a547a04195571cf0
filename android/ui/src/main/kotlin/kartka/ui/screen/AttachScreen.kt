package kartka.ui.screen

import androidx.compose.runtime.Composable
import kartka.presentation.NextStep
import kartka.presentation.attach.AttachAction
import kartka.presentation.attach.AttachFace
import kartka.presentation.attach.AttachState
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.PrimaryAction
import kartka.ui.component.Readiness
import kartka.ui.text.speech

/** What a customer would earn by being attached to a sale without a card. */
@Composable
fun AttachScreen(state: AttachState, host: Host, act: (AttachAction) -> Unit) {
    Frame(
        title = speech("attach.title"),
        back = speech("common.back"),
        onBack = { act(AttachAction.Leave) },
        low = { AttachLow(state, act) },
    ) {
        state.trouble?.let {
            val own =
                mapOf(
                    NextStep.GoBack to { act(AttachAction.Leave) },
                    NextStep.LookAgain to { act(AttachAction.Shown) },
                )
            TroubleBanner(it, host, own)
        }
        if (state.face == AttachFace.Loading) Loading()
        if (state.attached) Outcome(Glyph.Check, speech("attach.attached"))
        state.customer?.let { SheetTile(it) }
        state.quote?.let {
            Part(speech("attach.will_earn"))
            Effects(it.effects)
        }
    }
}

@Composable
private fun AttachLow(state: AttachState, act: (AttachAction) -> Unit) {
    if (state.attached) {
        PrimaryAction(speech("common.next"), { act(AttachAction.Leave) })
        return
    }
    PrimaryAction(
        speech("attach.commit"),
        { act(AttachAction.Commit) },
        readiness =
            when {
                state.writing -> Readiness.Working
                state.quote == null -> Readiness.NotYet
                else -> Readiness.Ready
            },
    )
}
