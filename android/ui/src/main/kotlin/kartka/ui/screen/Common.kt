package kartka.ui.screen

import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.rememberUpdatedState
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import kartka.presentation.CustomerSheet
import kartka.presentation.Effect
import kartka.presentation.NextStep
import kartka.presentation.OwnVoucher
import kartka.presentation.Picked
import kartka.presentation.SyncDot
import kartka.presentation.SyncMark
import kartka.presentation.Trouble
import kartka.ui.component.Banner
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.Mood
import kartka.ui.component.PrimaryAction
import kartka.ui.component.Sign
import kartka.ui.component.Squares
import kartka.ui.component.WordAction
import kartka.ui.component.Working
import kartka.ui.design.Kartka
import kartka.ui.design.Space
import kartka.ui.text.speech
import kotlinx.coroutines.flow.StateFlow

/** What a person picks a file for. */
enum class FileKind { Outbox, ShopCopy }

/** What only the platform can do for a screen; the screens' own actions go to their presenters. */
interface Host {
    /** Asks the person for the camera. */
    fun askForCamera()

    /** Opens the system's settings of this app. */
    fun openSettings()

    /** Opens the system's choice of a language for this app; before Android 13, for the phone. */
    fun openLanguages()

    /** Turns the torch on, or off again. */
    fun turnTorch()

    /** Does what a trouble needs and no screen can: an update, room on the disk. */
    fun help(step: NextStep)

    /** Says under the finger how something went, for a cashier who looks at the customer. */
    fun feel(outcome: Felt)

    /** Lights the screen fully while a code is shown, so that any scanner reads it. */
    fun bright(on: Boolean)

    /** Whether the person may be told something while the app is closed. */
    val telling: StateFlow<Telling>

    /** Asks the person for that. */
    fun askToTell()

    /** The person does not want to be asked. */
    fun dontAskToTell()

    /** Offers [text] to other apps. */
    fun share(text: String)

    /** Puts a copy of the phone's own [file] where the person says, and tells [kept] once it lies there. */
    fun keepFile(file: String, kept: () -> Unit)

    /** As [keepFile], for the shop's own encrypted copy [file]: from now on it is renewed in that place by itself. */
    fun keepCopy(file: String, kept: () -> Unit)

    /** Lets the person pick a file of this kind, and tells [picked] what becomes of it. */
    fun pickFile(kind: FileKind, picked: (Picked) -> Unit)

    /** The phone's own copy of a file is needed no longer. */
    fun dropFile(file: String)

    /** How the QR of [text] is drawn; null for a text no QR holds. */
    fun squares(text: String): Squares?
}

/** Lets go of the phone's own copy of [file] when the screen has another one, or is left. */
@Composable
internal fun Held(file: String?, host: Host) {
    val now by rememberUpdatedState(host)
    DisposableEffect(file) { onDispose { file?.let { now.dropFile(it) } } }
}

/** Whether the platform tells a person something while the app is closed. */
enum class Telling { Allowed, NotAsked, Refused }

/** The one thing to do where the server has the first word; back stops the asking. */
@Composable
internal fun AskServer(working: Boolean, modifier: Modifier = Modifier, ask: () -> Unit) {
    PrimaryAction(
        speech(if (working) "common.asking_server" else "common.ask_server"),
        ask,
        modifier,
        readiness = readiness(working, possible = true),
    )
}

/** Asks once, when something first waits to be sent, whether to tell if that stops; nothing else depends on the answer. */
@Composable
internal fun AskToTell(host: Host) {
    val telling by host.telling.collectAsState()
    if (telling != Telling.NotAsked) return
    Banner(Mood.Quiet, speech("sync.tell"), action = speech("sync.tell_yes"), onAction = host::askToTell)
    WordAction(speech("sync.tell_no"), host::dontAskToTell)
}

/** Which language the screens speak, and the way to another: whoever shares a phone need not share a language. */
@Composable
internal fun LanguageLine(host: Host) {
    Line(
        "${speech("common.language")}: ${speech("common.language_here")}",
        detail = speech("common.language_about"),
        glyph = Glyph.Info,
        onTap = host::openLanguages,
    )
}

/** What a finger is told. */
enum class Felt { Done, Refused }

/** The trouble in words with its next step; [own] are the steps the screen does itself, the rest is the host's. */
@Composable
internal fun TroubleBanner(trouble: Trouble, host: Host, own: Map<NextStep, () -> Unit> = emptyMap()) {
    val step = trouble.kind.next
    val words = speech(trouble.words)
    val usual = { if (step == NextStep.Report) host.share(words) else host.help(step) }
    Banner(
        mood = if (trouble.kind.wholeScreen) Mood.Problem else Mood.Attention,
        text = words,
        action = if (step == NextStep.Correct) null else speech("next." + step.name.inKeys()),
        onAction = own[step] ?: usual,
    )
}

/** How this phone stands: a sign for each, with its word where a person should know more. */
@Composable
internal fun SyncWord(mark: SyncMark?, onTap: () -> Unit) {
    if (mark == null) return
    val word = speech("sync." + mark.dot.name.inKeys(), "pending" to mark.pending)
    val quiet = mark.dot == SyncDot.InSync || mark.dot == SyncDot.Alone
    val room = LocalDensity.current.fontScale <= ROOM_FOR_WORDS
    Row(
        Modifier
            .clickable(role = Role.Button, onClick = onTap)
            .heightIn(min = Space.target)
            .widthIn(min = Space.target, max = WORD_WIDTH)
            .clearAndSetSemantics { contentDescription = word }
            .padding(horizontal = Space.small),
        horizontalArrangement = Arrangement.spacedBy(Space.tiny, Alignment.End),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Sign(signOf(mark.dot), size = 20.dp, tint = Kartka.colours.muted)
        when {
            quiet -> Unit
            room -> Text(word, style = Kartka.type.small, color = Kartka.colours.muted)
            mark.pending > 0 -> Text("${mark.pending}", style = Kartka.type.small, color = Kartka.colours.muted)
        }
    }
}

private fun signOf(dot: SyncDot): Glyph =
    when (dot) {
        SyncDot.Alone -> Glyph.Alone
        SyncDot.InSync -> Glyph.Check
        SyncDot.Waiting -> Glyph.Wait
        SyncDot.Stuck -> Glyph.Warn
        SyncDot.Revoked -> Glyph.Stop
    }

private const val ROOM_FOR_WORDS = 1.3f
private val WORD_WIDTH = 170.dp

/** A label and a figure that belongs to it. */
@Composable
internal fun Figure(label: String, figure: String, strong: Boolean = false) {
    Row(
        Modifier.fillMaxWidth().semantics(mergeDescendants = true) {},
        horizontalArrangement = Arrangement.spacedBy(Space.medium),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Text(label, Modifier.weight(1f), style = if (strong) Kartka.type.heading else Kartka.type.body)
        Text(
            figure,
            style = if (strong) Kartka.type.title else Kartka.type.strong,
            textAlign = TextAlign.End,
        )
    }
}

/** The headline of a part of a screen. */
@Composable
internal fun Part(text: String) {
    Text(
        text,
        Modifier.padding(top = Space.small).semantics { heading() },
        style = Kartka.type.heading,
    )
}

/** Stands where the answer will: most are here before it is seen. */
@Composable
internal fun Loading() {
    Column(
        Modifier.fillMaxWidth().padding(Space.huge),
        horizontalAlignment = Alignment.CenterHorizontally,
        verticalArrangement = Arrangement.spacedBy(Space.medium),
    ) {
        Working(Modifier.size(32.dp))
        Text(speech("common.loading"), style = Kartka.type.body, color = Kartka.colours.muted)
    }
}

/** Something is done: a large sign and its word. */
@Composable
internal fun Outcome(glyph: Glyph, text: String) {
    Column(
        Modifier.fillMaxWidth().padding(vertical = Space.huge).semantics(mergeDescendants = true) {
            heading()
            liveRegion = LiveRegionMode.Polite
        },
        horizontalAlignment = Alignment.CenterHorizontally,
        verticalArrangement = Arrangement.spacedBy(Space.medium),
    ) {
        Sign(glyph, size = 72.dp, tint = Kartka.colours.action.ground)
        Text(text, style = Kartka.type.title, textAlign = TextAlign.Center)
    }
}

/** The changes of balances, each in a line. */
@Composable
internal fun Effects(effects: List<Effect>) {
    effects.forEach { effect ->
        Line(
            title = speech.instrument(effect.instrument),
            detail = speech("effect." + effect.kind.name.inKeys()),
            end =
                when {
                    effect.points != 0L -> speech.signed(effect.points)
                    effect.stamps != 0L -> speech("common.stamps", "stamps" to effect.stamps)
                    effect.worth != null -> speech.money(effect.worth!!)
                    else -> null
                },
            glyph = Glyph.Star,
        )
    }
}

/** The certificates and coupons that a sale was about: what is left of each. */
@Composable
internal fun Vouchers(vouchers: List<OwnVoucher>) {
    vouchers.forEach { one ->
        val standing = speech("about.voucher_" + one.standing.name.inKeys())
        Line(
            title = one.name,
            detail = one.number.ifEmpty { null },
            end = if (one.left.minor > 0) speech("customer.left", "left" to one.left.minor) else standing,
            glyph = Glyph.Gift,
        )
    }
}

/** What the changes come to, in one line. */
@Composable
internal fun inWords(effects: List<Effect>): String =
    effects
        .mapNotNull {
            when {
                it.points != 0L -> speech.signed(it.points)
                it.stamps != 0L -> speech("common.stamps", "stamps" to it.stamps)
                it.worth != null -> speech.money(it.worth!!)
                else -> null
            }
        }.joinToString(" · ")

/** The screen shines while a code is on it, and no longer. */
@Composable
internal fun Lit(host: Host) {
    DisposableEffect(host) {
        host.bright(true)
        onDispose { host.bright(false) }
    }
}

/** The name to show, also of a customer who gave none. */
@Composable
internal fun nameOf(sheet: CustomerSheet): String =
    sheet.name ?: sheet.cards.firstOrNull() ?: speech("common.anonymous")

/** `AlreadyPaired` as it stands in keys: `already_paired`. */
internal fun String.inKeys(): String = replace(Regex("(?<=[a-z])(?=[A-Z])"), "_").lowercase()

/** As wide as the screen's column. */
internal val wide = Modifier.fillMaxWidth()
