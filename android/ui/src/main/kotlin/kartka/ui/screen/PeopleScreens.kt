package kartka.ui.screen

import androidx.compose.foundation.layout.Box
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.input.KeyboardType
import kartka.presentation.ClockJump
import kartka.presentation.Colleague
import kartka.presentation.CopyAge
import kartka.presentation.RoleName
import kartka.presentation.Standing
import kartka.presentation.Words
import kartka.presentation.operator.OperatorAction
import kartka.presentation.operator.OperatorState
import kartka.presentation.operator.OperatorStep
import kartka.presentation.sheet.SheetAction
import kartka.presentation.sheet.SheetFace
import kartka.presentation.sheet.SheetState
import kartka.presentation.standing.StandingAction
import kartka.presentation.standing.StandingFace
import kartka.presentation.standing.StandingState
import kartka.ui.component.Banner
import kartka.ui.component.CodeTile
import kartka.ui.component.Entry
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.Mood
import kartka.ui.component.PrimaryAction
import kartka.ui.component.SecondAction
import kartka.ui.design.Kartka
import kartka.ui.text.speech
import kotlin.math.abs

/** Who is at this phone, handing it over, PINs. */
@Composable
fun OperatorScreen(state: OperatorState, host: Host, act: (OperatorAction) -> Unit) {
    val typing = state.step != OperatorStep.List
    Frame(
        title = if (typing) state.chosen?.name.orEmpty() else speech("operator.title"),
        back = speech("common.back"),
        onBack = { act(OperatorAction.Leave) },
        low = if (typing) ({ PinLow(state, act) }) else null,
    ) {
        state.trouble?.let { TroubleBanner(it, host) }
        if (state.staff == null && state.trouble == null) Loading()
        if (!typing) state.staff.orEmpty().forEach { Person(it, act) }
        val chosen = state.chosen
        if (state.step == OperatorStep.NewPin && chosen != null && chosen.pin) {
            Entry(
                speech("operator.old_pin"),
                state.old,
                { act(OperatorAction.TypeOld(it)) },
                keyboard = KeyboardType.NumberPassword,
                secret = true,
            )
        }
    }
}

@Composable
private fun Person(person: Colleague, act: (OperatorAction) -> Unit) {
    val standing =
        when {
            !person.employed -> speech("operator.dismissed")
            person.here -> speech("operator.here")
            else -> null
        }
    Line(
        title = person.name,
        detail = listOfNotNull(roleOf(person.role), standing).joinToString(" · "),
        glyph = if (person.here) Glyph.Check else Glyph.Person,
        onTap = if (person.employed && !person.here) ({ act(OperatorAction.Choose(person.operator)) }) else null,
    )
    if (person.here) {
        SecondAction(
            speech("operator.change_pin"),
            { act(OperatorAction.ChangePin(person.operator)) },
            wide,
        )
    }
}

@Composable
private fun PinLow(state: OperatorState, act: (OperatorAction) -> Unit) {
    Typed(
        "•".repeat(state.pin.length),
        speech(
            if (state.step ==
                OperatorStep.NewPin
            ) {
                "operator.new_pin"
            } else {
                "operator.pin"
            },
        ),
    )
    KeypadOf(state.pin, { act(OperatorAction.TypePin(it)) })
    PrimaryAction(
        speech(if (state.step == OperatorStep.NewPin) "common.save" else "operator.take_over"),
        { act(OperatorAction.Confirm) },
        readiness = readiness(state.asking, state.pin.isNotEmpty()),
    )
}

/** A role's own name, or the ready one's word. */
@Composable
internal fun roleOf(role: RoleName): String = role.name.ifEmpty { speech("role.${role.role}") }

/** How this phone stands with the authority, and what a person must decide. */
@Composable
fun StandingScreen(state: StandingState, host: Host, act: (StandingAction) -> Unit) {
    Held(state.made?.path, host)
    Frame(
        title = speech("standing.title"),
        back = speech("common.back"),
        onBack = { act(StandingAction.Leave) },
        low =
            when {
                state.standing?.server != null -> ({ ExchangeLow(state, act) })
                state.standing != null && state.sheetPrinted == true -> ({ CopyLow(state, host, act) })
                else -> null
            },
    ) {
        state.trouble?.let { TroubleBanner(it, host) }
        val standing = state.standing
        if (standing == null) {
            if (state.trouble == null) Loading()
            return@Frame
        }
        SyncLine(standing, state.face)
        standing.clockJump?.let { ClockQuestion(it) { act(StandingAction.ClockIsRight) } }
        if (state.aside) {
            Banner(
                Mood.Attention,
                speech("aside.title"),
                detail = speech("aside.about"),
                action = speech("aside.bring"),
                onAction = { act(StandingAction.OpenAside) },
            )
        }
        if (standing.server != null) MayTell(host)
        Copies(state, act)
        if (standing.server != null) {
            Line(speech("carry.title"), glyph = Glyph.Share, onTap = { act(StandingAction.OpenCarry) })
        }
        LanguageLine(host)
        Line(speech("signout.title"), glyph = Glyph.Stop, onTap = { act(StandingAction.OpenSignOut) })
    }
}

@Composable
private fun SyncLine(standing: Standing, face: StandingFace) {
    val mood =
        when (face) {
            StandingFace.InSync -> Mood.Good
            StandingFace.Waiting, StandingFace.Exchanging -> Mood.Waiting
            StandingFace.Stuck, StandingFace.Revoked -> Mood.Problem
            StandingFace.ClockWrong -> if (standing.mark.pending > 0) Mood.Waiting else Mood.Good
            else -> Mood.Quiet
        }
    val words =
        speech(
            "sync." +
                standing.mark.dot.name
                    .inKeys(),
            "pending" to standing.mark.pending,
        )
    Banner(mood, words, detail = standing.server?.let { speech.named("standing.server", "server", it) })
    standing.mark.heardAt?.let { Text(speech("standing.heard", "at" to it), style = Kartka.type.body) }
    standing.stopped?.let { Banner(Mood.Problem, speech("standing.stopped", "code" to it.toLong())) }
    standing.renumbered?.let { Banner(Mood.Attention, speech("standing.renumbered", "entries" to it)) }
    standing.clockOff?.let { off ->
        val words = speech(if (off > 0) "standing.clock_ahead" else "standing.clock_behind", "by" to abs(off))
        Banner(Mood.Attention, words, detail = speech("standing.clock_about"))
    }
}

/** Nobody but its person knows whether the clock of a shop's only phone is right. */
@Composable
private fun ClockQuestion(jump: ClockJump, right: () -> Unit) {
    val days = mapOf("before" to speech.day(jump.before), "now" to speech.day(jump.now))
    Banner(
        Mood.Attention,
        speech(Words("standing.clock_asked", names = days)),
        detail = speech("standing.clock_asked_about"),
        action = speech("standing.clock_is_right"),
        onAction = right,
    )
}

/** Refused for good, only the system's settings help. */
@Composable
private fun MayTell(host: Host) {
    AskToTell(host)
    val telling by host.telling.collectAsState()
    if (telling == Telling.Refused) {
        Banner(
            Mood.Quiet,
            speech("sync.tell_blocked"),
            action = speech("scan.open_settings"),
            onAction = host::openSettings,
        )
    }
}

@Composable
private fun Copies(state: StandingState, act: (StandingAction) -> Unit) {
    if (state.standing?.server == null) Text(speech("standing.alone_about"), style = Kartka.type.body)
    when (state.face) {
        StandingFace.CopyOverdue -> Banner(Mood.Problem, speech("standing.copy_overdue"))
        StandingFace.CopyWritten ->
            Banner(Mood.Attention, speech("standing.copy_written"), detail = speech("standing.copy_about"))
        StandingFace.Copied -> Banner(Mood.Good, speech("standing.copied"), detail = speech("standing.copied_about"))
        else -> Unit
    }
    (state.copy as? CopyAge.Aged)?.let {
        Text(
            speech("standing.copy_age", "age" to it.millis),
            style = Kartka.type.body,
        )
    }
    if (state.sheetPrinted == false) {
        Banner(
            Mood.Attention,
            speech("sheet.not_printed"),
            action = speech("today.print_sheet"),
            onAction = { act(StandingAction.OpenSheet) },
        )
    }
}

/** The copy of a shop on one phone: written first, then brought where its owner says. */
@Composable
private fun CopyLow(state: StandingState, host: Host, act: (StandingAction) -> Unit) {
    val made = state.made
    if (made == null) {
        PrimaryAction(
            speech("standing.make_copy"),
            { act(StandingAction.MakeCopy) },
            readiness = readiness(state.copying, possible = true),
        )
    } else {
        PrimaryAction(
            speech("standing.copy_place"),
            { host.keepCopy(made.path) { act(StandingAction.CopyLies) } },
            glyph = Glyph.Share,
        )
    }
}

@Composable
private fun ExchangeLow(state: StandingState, act: (StandingAction) -> Unit) {
    val stopped = state.standing?.run { stopped != null || renumbered != null } == true
    if (stopped) SecondAction(speech("standing.resume"), { act(StandingAction.Resume) }, wide)
    PrimaryAction(
        speech(if (state.exchanging) "standing.exchanging" else "standing.exchange"),
        { act(StandingAction.Exchange) },
        readiness = readiness(state.exchanging, state.face != StandingFace.Revoked),
    )
}

/** The recovery sheet: shown, written down or printed, and confirmed. */
@Composable
fun SheetScreen(
    state: SheetState,
    host: Host,
    act: (SheetAction) -> Unit,
    preview: @Composable (Modifier) -> Unit = {},
) {
    Frame(title = speech("sheet.title"), back = null, onBack = {}, low = { SheetLow(state, act) }) {
        when (state.face) {
            SheetFace.Loading -> Loading()
            SheetFace.Printed -> Outcome(Glyph.Check, speech("sheet.printed"))
            SheetFace.Trouble -> state.trouble?.let { TroubleBanner(it, host) }
            SheetFace.Confirming, SheetFace.Wrong -> {
                Text(speech("sheet.confirm_about"), style = Kartka.type.body)
                val wrong = if (state.face == SheetFace.Wrong) speech("sheet.wrong") else null
                val reader = Reader(state.camera, state.checking, host, preview)
                SheetEntry(reader, state.typed, { act(SheetAction.Type(it)) }, wrong)
            }
            SheetFace.NotPrinted -> Letters(state, host)
        }
    }
}

@Composable
private fun Letters(state: SheetState, host: Host) {
    val sheet = state.sheet ?: return
    Banner(Mood.Attention, speech("sheet.not_printed"), detail = speech("sheet.about"))
    Text(sheet.letters, style = Kartka.type.title)
    val code = remember(sheet) { host.squares(sheet.qr) }
    if (code != null) Box(wide, contentAlignment = Alignment.Center) { CodeTile(code, speech("common.qr")) }
}

@Composable
private fun SheetLow(state: SheetState, act: (SheetAction) -> Unit) {
    if (state.printed) {
        PrimaryAction(speech("sheet.go_on"), { act(SheetAction.GoOn) })
        return
    }
    SecondAction(speech("sheet.later"), { act(SheetAction.Later) }, wide)
    if (state.confirms) {
        PrimaryAction(
            speech("sheet.confirm"),
            { act(SheetAction.Confirm) },
            readiness = readiness(state.checking, state.typed.isNotBlank()),
        )
    } else {
        PrimaryAction(
            speech("sheet.written"),
            { act(SheetAction.Written) },
            readiness = readiness(working = false, possible = state.sheet != null),
        )
    }
}
