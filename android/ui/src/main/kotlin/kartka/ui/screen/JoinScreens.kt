package kartka.ui.screen

import androidx.compose.foundation.layout.Box
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.input.KeyboardType
import kartka.presentation.LinkedCard
import kartka.presentation.NextStep
import kartka.presentation.join.JoinAction
import kartka.presentation.join.JoinFace
import kartka.presentation.join.JoinState
import kartka.presentation.link.LinkAction
import kartka.presentation.link.LinkFace
import kartka.presentation.link.LinkState
import kartka.ui.component.Banner
import kartka.ui.component.CardTile
import kartka.ui.component.CodeTile
import kartka.ui.component.Entry
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Mood
import kartka.ui.component.Nothing
import kartka.ui.component.PrimaryAction
import kartka.ui.component.SecondAction
import kartka.ui.design.Kartka
import kartka.ui.text.speech

/** A card is taken in: a link before the camera, opened by another app, or typed. */
@Composable
fun JoinScreen(state: JoinState, host: Host, act: (JoinAction) -> Unit, preview: @Composable (Modifier) -> Unit = {}) {
    Frame(
        title = speech("join.title"),
        back = speech("common.back"),
        onBack = { act(JoinAction.Leave) },
        low = {
            PrimaryAction(
                speech(if (state.taking) "join.taking" else "join.take"),
                { act(JoinAction.Take) },
                readiness = readiness(state.taking, state.link.isNotBlank()),
            )
        },
    ) {
        val wrong = state.trouble?.takeIf { state.face == JoinFace.NoLink || state.face == JoinFace.Refused }
        if (wrong == null) {
            state.trouble?.let { TroubleBanner(it, host, mapOf(it.kind.next to { act(JoinAction.Take) })) }
        }
        if (state.foreign) Banner(Mood.Attention, speech("join.not_ours"))
        val linked = state.linked
        if (linked == null) {
            CameraPane(state.camera, host, "join", preview) { Finder(speech("join.scan"), state.taking, Glyph.Camera) }
        } else {
            Whose(linked)
        }
        Entry(
            speech("join.link"),
            state.link,
            { act(JoinAction.Type(it)) },
            wrong = wrong?.let { if (state.face == JoinFace.NoLink) speech("join.no_link") else speech(it.words) },
            keyboard = KeyboardType.Uri,
        )
    }
}

/** Whose card it is, and who will be asked about it. */
@Composable
private fun Whose(linked: LinkedCard) {
    val address = linked.address
    val about = if (address == null) speech("join.counter") else speech.named("join.asks", "address", address)
    CardTile(name = linked.shop.ifEmpty { address.orEmpty() }, over = speech("join.card_of"), under = about)
}

/** The link that hands a customer's card over to their own phone. */
@Composable
fun LinkScreen(state: LinkState, host: Host, act: (LinkAction) -> Unit) {
    Frame(
        title = speech("link.title"),
        back = speech("common.back"),
        onBack = { act(LinkAction.Leave) },
        low = { state.link?.let { ShareLow(it, host, act) } },
    ) {
        when (state.face) {
            LinkFace.Loading -> Loading()
            LinkFace.NoCard -> Nothing(speech("link.no_card"), glyph = Glyph.Card)
            LinkFace.Trouble ->
                state.trouble?.let { TroubleBanner(it, host, mapOf(NextStep.GoBack to { act(LinkAction.Leave) })) }
            LinkFace.Shown -> Shown(state.link.orEmpty(), host)
        }
    }
}

@Composable
private fun ShareLow(link: String, host: Host, act: (LinkAction) -> Unit) {
    SecondAction(speech("register.share"), { host.share(link) }, wide, glyph = Glyph.Share)
    PrimaryAction(speech("common.close"), { act(LinkAction.Leave) })
}

@Composable
private fun Shown(link: String, host: Host) {
    val code = remember(link) { host.squares(link) }
    if (code != null) {
        Box(wide, contentAlignment = Alignment.Center) { CodeTile(code, speech("common.qr")) }
        Lit(host)
    }
    Text(speech("register.show_code"), style = Kartka.type.body)
    Banner(Mood.Quiet, speech("link.about"))
}
