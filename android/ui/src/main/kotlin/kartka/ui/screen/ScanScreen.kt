package kartka.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.ui.Modifier
import kartka.presentation.NextStep
import kartka.presentation.scan.Camera
import kartka.presentation.scan.Hint
import kartka.presentation.scan.Keypad
import kartka.presentation.scan.Notice
import kartka.presentation.scan.ScanAction
import kartka.presentation.scan.ScanFace
import kartka.presentation.scan.ScanState
import kartka.ui.component.Banner
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.Mood
import kartka.ui.component.Nothing
import kartka.ui.component.PrimaryAction
import kartka.ui.component.Readiness
import kartka.ui.component.SecondAction
import kartka.ui.component.Working
import kartka.ui.design.Space
import kartka.ui.text.speech

/** The counter's start; [preview] is the camera's picture as the platform draws it. */
@Composable
fun ScanScreen(state: ScanState, host: Host, act: (ScanAction) -> Unit, preview: @Composable (Modifier) -> Unit = {}) {
    val typing = state.keypad == Keypad.Open
    Frame(
        title = speech("scan.title"),
        back = if (typing) speech("common.close") else null,
        onBack = { act(ScanAction.CloseKeypad) },
        corner = { SyncWord(state.sync) { act(ScanAction.OpenStanding) } },
        low = { if (typing) TypingLow(state, act) else ScanningLow(state, act) },
    ) {
        state.notice?.let { NoticeBanner(it, host, act) }
        if (state.attachTo != null) AttachingBanner(act)
        if (typing) return@Frame
        val words = if (state.looking) "scan.looking" else "scan.searching"
        CameraPane(state.camera, host, "scan", preview) { Finder(speech(words), state.looking, Glyph.Card) }
        if (state.camera == Camera.Searching) HintBanner(state.hint, host)
        if (state.face == ScanFace.Pending) AskToTell(host)
        if (state.attachTo == null && state.camera != Camera.Off) LastSales(state, act)
    }
}

@Composable
private fun AttachingBanner(act: (ScanAction) -> Unit) {
    Banner(
        Mood.Quiet,
        speech("scan.attaching"),
        action = speech("scan.stop_attaching"),
        onAction = { act(ScanAction.StopAttaching) },
    )
}

@Composable
private fun NoticeBanner(notice: Notice, host: Host, act: (ScanAction) -> Unit) {
    LaunchedEffect(notice) { host.feel(Felt.Refused) }
    when (notice) {
        is Notice.Refused ->
            TroubleBanner(notice.trouble, host, mapOf(NextStep.TryAgain to { act(ScanAction.Shown) }))
        Notice.Revoked -> Banner(Mood.Problem, speech("scan.revoked"))
        Notice.Blocked ->
            Banner(
                Mood.Problem,
                speech("scan.card_blocked"),
                action = speech("common.search"),
                onAction = { act(ScanAction.OpenSearch) },
            )
        Notice.NotOurs -> Banner(Mood.Attention, speech("scan.not_ours"))
        Notice.OtherShop -> Banner(Mood.Attention, speech("scan.other_shop"))
        Notice.SyncFirst -> Banner(Mood.Waiting, speech("scan.sync_first"))
        Notice.Unreadable -> Banner(Mood.Attention, speech("scan.unreadable"))
    }
}

@Composable
private fun HintBanner(hint: Hint, host: Host) {
    when (hint) {
        Hint.None -> Unit
        Hint.Torch ->
            Banner(
                Mood.Quiet,
                speech("scan.torch_hint"),
                action = speech("scan.torch"),
                onAction = host::turnTorch,
            )
        Hint.Type -> Banner(Mood.Quiet, speech("scan.type_hint"))
    }
}

@Composable
private fun LastSales(state: ScanState, act: (ScanAction) -> Unit) {
    Part(speech("scan.last_sales"))
    if (state.recentSales.isEmpty()) Nothing(speech("scan.no_sales"), glyph = Glyph.Card)
    state.recentSales.forEach { sale ->
        Line(
            title = sale.customer ?: speech("receipt.no_card"),
            detail = speech.clock(sale.at),
            end = speech.money(sale.paid),
            onTap = { act(ScanAction.TapSale(sale.saleId)) },
        )
    }
}

@Composable
private fun ScanningLow(state: ScanState, act: (ScanAction) -> Unit) {
    if (state.camera == Camera.Off) return
    if (state.attachTo == null) {
        Row(Modifier.fillMaxWidth(), horizontalArrangement = Arrangement.spacedBy(Space.small)) {
            val half = Modifier.weight(1f)
            SecondAction(speech("common.search"), { act(ScanAction.OpenSearch) }, half, glyph = Glyph.Search)
            SecondAction(speech("scan.shift"), { act(ScanAction.OpenShift) }, half)
        }
        SecondAction(speech("scan.without_card"), { act(ScanAction.WithoutCard) }, Modifier.fillMaxWidth())
    }
    PrimaryAction(speech("scan.keypad"), { act(ScanAction.OpenKeypad) }, glyph = Glyph.Keys)
}

@Composable
private fun TypingLow(state: ScanState, act: (ScanAction) -> Unit) {
    Typed(state.typed.ifEmpty { null }, speech("scan.keypad"))
    KeypadOf(state.typed, { act(ScanAction.Type(it)) })
    PrimaryAction(
        speech(if (state.looking) "scan.looking" else "scan.find"),
        { act(ScanAction.Submit) },
        readiness =
            when {
                state.looking -> Readiness.Working
                state.typed.isBlank() -> Readiness.NotYet
                else -> Readiness.Ready
            },
    )
}
