package kartka.ui.screen

import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.input.KeyboardType
import kartka.presentation.ShopKind
import kartka.presentation.found.FoundAction
import kartka.presentation.found.FoundFace
import kartka.presentation.found.FoundState
import kartka.presentation.pair.PairAction
import kartka.presentation.pair.PairFace
import kartka.presentation.pair.PairState
import kartka.presentation.start.StartAction
import kartka.presentation.start.StartFace
import kartka.presentation.start.StartState
import kartka.ui.component.Banner
import kartka.ui.component.Choices
import kartka.ui.component.Entry
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Mood
import kartka.ui.component.PrimaryAction
import kartka.ui.component.Readiness
import kartka.ui.component.SecondAction
import kartka.ui.component.WordAction
import kartka.ui.text.speech
import java.util.Locale

/** A phone without a shop: to found one, to join one, or to hold cards of others. */
@Composable
fun StartScreen(state: StartState, host: Host, act: (StartAction) -> Unit) {
    Frame(
        title = speech("start.title"),
        back = null,
        onBack = {},
        low = {
            if (state.face == StartFace.FirstRun) {
                SecondAction(speech("start.cards"), { act(StartAction.OpenCards) }, wide, glyph = Glyph.Card)
                SecondAction(speech("start.pair"), { act(StartAction.Pair) }, wide, glyph = Glyph.Camera)
                PrimaryAction(speech("start.found"), { act(StartAction.Found) })
            }
        },
    ) {
        state.trouble?.let { TroubleBanner(it, host) }
        when (state.face) {
            StartFace.Loading, StartFace.Enrolled -> Loading()
            StartFace.FirstRun, StartFace.Trouble -> Outcome(Glyph.Card, speech("start.about"))
        }
        if (state.face == StartFace.FirstRun) {
            WordAction(speech("start.restore"), { act(StartAction.Restore) })
        }
    }
}

/** Founding a business in two minutes: its name, country, kind and founder. */
@Composable
fun FoundScreen(state: FoundState, host: Host, act: (FoundAction) -> Unit) {
    Frame(
        title = speech("found.title"),
        back = speech("common.back"),
        onBack = { act(FoundAction.Leave) },
        low = {
            PrimaryAction(
                speech(if (state.founding) "found.founding" else "found.found"),
                { act(FoundAction.Found) },
                readiness = readiness(state.founding, state.canFound),
            )
        },
    ) {
        val wrong = state.trouble?.takeIf { state.face == FoundFace.Invalid }
        if (wrong == null) state.trouble?.let { TroubleBanner(it, host) }
        Entry(
            speech("found.name"),
            state.name,
            { act(FoundAction.TypeName(it)) },
            wrong = wrong?.let { speech(it.words) },
        )
        Part(speech("found.kind"))
        val kinds = ShopKind.entries.associateWith { speech("found.kind_" + it.name.inKeys()) }
        Choices(ShopKind.entries, state.kind, kinds::getValue, { act(FoundAction.ChooseKind(it)) })
        Part(speech("found.country"))
        val names = state.countries.associateWith { Locale("", it).getDisplayCountry(speech.locale) }
        Choices(names.keys.toList(), state.country, names::getValue, { act(FoundAction.Choose(it)) })
        Entry(speech("found.owner"), state.owner, { act(FoundAction.TypeOwner(it)) })
    }
}

/** Pairing with a shop by the code that its owner shows. */
@Composable
fun PairScreen(state: PairState, host: Host, act: (PairAction) -> Unit, preview: @Composable (Modifier) -> Unit = {}) {
    Frame(
        title = speech("pair.title"),
        back = speech("common.back"),
        onBack = { act(PairAction.Leave) },
        low = {
            PrimaryAction(
                speech(if (state.pairing) "pair.pairing" else "pair.pair"),
                { act(PairAction.Pair) },
                readiness = readiness(state.pairing, state.code.isNotBlank()),
            )
        },
    ) {
        val wrong = state.trouble?.takeIf { state.face == PairFace.Invalid || state.face == PairFace.Refused }
        if (wrong ==
            null
        ) {
            state.trouble?.let { TroubleBanner(it, host, mapOf(it.kind.next to { act(PairAction.Pair) })) }
        }
        if (state.foreign) Banner(Mood.Attention, speech("pair.not_ours"))
        CameraPane(state.camera, host, "pair", preview) { Finder(speech("pair.scan"), state.pairing, Glyph.Camera) }
        Entry(
            speech("pair.code"),
            state.code,
            { act(PairAction.Type(it)) },
            wrong = wrong?.let { speech(it.words) },
            keyboard = KeyboardType.Ascii,
        )
        Entry(speech("pair.device_name"), state.deviceName, { act(PairAction.TypeDeviceName(it)) })
    }
}

/** Under way, possible, or not yet. */
internal fun readiness(working: Boolean, possible: Boolean): Readiness =
    when {
        working -> Readiness.Working
        possible -> Readiness.Ready
        else -> Readiness.NotYet
    }
