package kartka.ui.screen

import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import kartka.presentation.NextStep
import kartka.presentation.Redeemable
import kartka.presentation.RewardPick
import kartka.presentation.redeem.RedeemAction
import kartka.presentation.redeem.RedeemState
import kartka.ui.component.Banner
import kartka.ui.component.Beside
import kartka.ui.component.Choices
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.LocalCrowded
import kartka.ui.component.Mood
import kartka.ui.component.PrimaryAction
import kartka.ui.component.Readiness
import kartka.ui.component.SecondAction
import kartka.ui.design.Kartka
import kartka.ui.text.speech

/** What may be spent on this sale, and what the customer chose. */
@Composable
fun RedeemScreen(state: RedeemState, host: Host, act: (RedeemAction) -> Unit) {
    Frame(
        title = speech("redeem.title"),
        back = speech("common.back"),
        onBack = { act(RedeemAction.Leave) },
        low = { if (state.needsPin) PinLow(state, act) else PointsLow(state, act) },
    ) {
        state.trouble?.let {
            val own =
                mapOf(
                    NextStep.GoBack to { act(RedeemAction.Leave) },
                    NextStep.LookAgain to { act(RedeemAction.Shown) },
                    NextStep.TryAgain to { act(RedeemAction.Shown) },
                )
            TroubleBanner(it, host, own)
        }
        if (state.needsPin) {
            Banner(Mood.Quiet, speech("redeem.pin"))
            return@Frame
        }
        when (val redeem = state.quote?.redeem) {
            null -> if (state.trouble == null) Loading()
            is Redeemable.Nothing -> Banner(Mood.Attention, speech(redeem.words))
            is Redeemable.Between -> May(redeem, state, act)
        }
        state.quote?.firstOfServer?.forEach { Banner(Mood.Attention, speech(it)) }
        Rewards(state, act)
        state.quote?.let { Effects(it.effects) }
        if (LocalCrowded.current) AsideOf(state, act, wide)
    }
}

@Composable
private fun May(redeem: Redeemable.Between, state: RedeemState, act: (RedeemAction) -> Unit) {
    Text(
        speech("redeem.between", "least" to redeem.least, "most" to redeem.most),
        style = Kartka.type.heading,
    )
    Text(speech(redeem.limit), style = Kartka.type.small, color = Kartka.colours.muted)
    val chosen = redeem.suggestions.firstOrNull { it == state.draft.spend }
    val words = redeem.suggestions.associateWith { speech.points(it) }
    Choices(redeem.suggestions, chosen, words::getValue, { act(RedeemAction.Suggested(it)) })
}

@Composable
private fun Rewards(state: RedeemState, act: (RedeemAction) -> Unit) {
    if (state.rewards.isEmpty()) return
    Part(speech("redeem.rewards"))
    state.rewards.forEach { reward ->
        val pick = RewardPick(reward.instrument, reward.reward)
        val taken = pick in state.draft.rewards
        Line(
            title = speech.instrument(reward.instrument),
            detail = speech("redeem.reward", "stamps" to reward.stamps, "worth" to reward.worth.minor),
            glyph = if (taken) Glyph.Check else Glyph.Gift,
            onTap = { act(RedeemAction.Toggle(pick)) },
        )
    }
}

@Composable
private fun PointsLow(state: RedeemState, act: (RedeemAction) -> Unit) {
    if (state.takesPoints) {
        Typed(state.typed.ifEmpty { "0" }, speech("redeem.points"))
        KeypadOf(state.typed, { act(RedeemAction.Type(it)) })
    }
    val due = state.quote?.let { " · " + speech.money(it.due) }.orEmpty()
    val commit = @Composable { modifier: Modifier ->
        if (state.asksServer || state.isAsking) {
            AskServer(state.isAsking, modifier) { act(RedeemAction.AskServer) }
        } else {
            PrimaryAction(
                speech("redeem.commit") + due,
                { act(RedeemAction.Commit) },
                modifier,
                readiness = readinessOf(state),
            )
        }
    }
    if (LocalCrowded.current) commit(Modifier) else Beside({ AsideOf(state, act, it) }, commit)
}

/** Beside the sale: back with what was chosen, or no longer waiting for the server. */
@Composable
private fun AsideOf(state: RedeemState, act: (RedeemAction) -> Unit, modifier: Modifier) {
    if (state.isAsking) {
        SecondAction(speech("common.cancel"), { act(RedeemAction.Leave) }, modifier)
    } else {
        Keep(state, act, modifier)
    }
}

/** What was chosen goes back to the sale, which is not made yet. */
@Composable
private fun Keep(state: RedeemState, act: (RedeemAction) -> Unit, modifier: Modifier): Unit =
    SecondAction(speech("redeem.keep"), { act(RedeemAction.Keep) }, modifier, readiness = readinessOf(state))

private fun readinessOf(state: RedeemState): Readiness =
    when {
        state.committing || state.asking -> Readiness.Working
        state.trouble != null || state.quote == null || state.asksServer -> Readiness.NotYet
        else -> Readiness.Ready
    }

@Composable
private fun PinLow(state: RedeemState, act: (RedeemAction) -> Unit) {
    Typed("•".repeat(state.pin.length), speech("redeem.pin"))
    KeypadOf(state.pin, { act(RedeemAction.TypePin(it)) })
    PrimaryAction(
        speech("common.next"),
        { act(RedeemAction.ConfirmPin) },
        readiness = if (state.pin.isEmpty()) Readiness.NotYet else Readiness.Ready,
    )
}
