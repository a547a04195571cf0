package kartka.ui.screen

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.selection.toggleable
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Checkbox
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.text.input.KeyboardType
import kartka.presentation.CardChoice
import kartka.presentation.FriendPromise
import kartka.presentation.NextStep
import kartka.presentation.register.RegisterAction
import kartka.presentation.register.RegisterFace
import kartka.presentation.register.RegisterState
import kartka.ui.component.Banner
import kartka.ui.component.CodeTile
import kartka.ui.component.Entry
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.Mood
import kartka.ui.component.PrimaryAction
import kartka.ui.component.Readiness
import kartka.ui.component.SecondAction
import kartka.ui.design.Kartka
import kartka.ui.design.Space
import kartka.ui.text.speech

/** The short form of a new customer: phone, name, consent with its wording, a card. */
@Composable
fun RegisterScreen(state: RegisterState, host: Host, act: (RegisterAction) -> Unit) {
    Frame(
        title = speech(if (state.registered == null) "register.title" else "register.registered"),
        back = if (state.registered == null) speech("common.back") else null,
        onBack = { act(RegisterAction.Leave) },
        low = { RegisterLow(state, act) },
    ) {
        if (state.registered != null) {
            Registered(state, host)
        } else {
            RegisterTroubles(state, host, act)
            Form(state, act)
        }
    }
}

@Composable
private fun RegisterTroubles(state: RegisterState, host: Host, act: (RegisterAction) -> Unit) {
    if (state.face == RegisterFace.Trouble) {
        state.trouble?.let { TroubleBanner(it, host, mapOf(NextStep.GoBack to { act(RegisterAction.Leave) })) }
    }
    val existing = state.existing ?: return
    Banner(Mood.Attention, speech("register.phone_exists"))
    Line(
        nameOf(existing),
        detail = existing.phones.firstOrNull(),
        glyph = Glyph.Person,
        onTap = { act(RegisterAction.OpenExisting) },
    )
    if (state.card is CardChoice.Bind) {
        SecondAction(speech("register.give_existing"), { act(RegisterAction.GiveCardToExisting) }, wide)
    }
}

@Composable
private fun Form(state: RegisterState, act: (RegisterAction) -> Unit) {
    if (state.card is CardChoice.Bind) Banner(Mood.Good, speech("register.card_scanned"))
    val wrong = state.trouble?.takeIf { state.face == RegisterFace.Invalid }?.words
    val aboutName = wrong?.key?.endsWith(".name") == true
    val aboutBirthday = wrong?.key?.endsWith(".birthday") == true
    Entry(
        speech("register.phone"),
        state.phone,
        { act(RegisterAction.TypePhone(it)) },
        wrong = wrong?.takeIf { !aboutName && !aboutBirthday }?.let { speech(it) },
        keyboard = KeyboardType.Phone,
    )
    Entry(
        speech("register.given"),
        state.given,
        { act(RegisterAction.TypeGiven(it)) },
        wrong = wrong?.takeIf { aboutName }?.let { speech(it) },
    )
    Entry(speech("register.family"), state.family, { act(RegisterAction.TypeFamily(it)) })
    Entry(
        speech("register.birthday"),
        state.birthday,
        { act(RegisterAction.TypeBirthday(it)) },
        wrong = wrong?.takeIf { aboutBirthday }?.let { speech(it) },
        keyboard = KeyboardType.Phone,
    )
    Referrer(state, act)
    Tick(speech.named("register.wording", "shop", speech.shop), state.consent) { act(RegisterAction.Agree(it)) }
    if (state.card !is CardChoice.Bind) {
        Tick(speech("register.issue"), state.card is CardChoice.Issue) { act(RegisterAction.IssueCard(it)) }
    }
}

/** Who brought them: asked only where something is promised for it. */
@Composable
private fun Referrer(state: RegisterState, act: (RegisterAction) -> Unit) {
    val promise = state.promise as? FriendPromise.Points ?: return
    Entry(
        speech("register.referrer"),
        state.referrer,
        { act(RegisterAction.TypeReferrer(it)) },
        wrong = if (state.isReferrerOpen) speech("register.referrer_open") else null,
        about = speech("about.promise", "points" to promise.reward, "friends" to promise.every.toLong()),
    )
    state.broughtBy?.let { Line(nameOf(it), detail = it.phones.firstOrNull(), glyph = Glyph.Check) }
}

/** A box with its whole wording; all of it may be tapped. */
@Composable
internal fun Tick(wording: String, ticked: Boolean, onTick: (Boolean) -> Unit) {
    Row(
        Modifier
            .fillMaxWidth()
            .clip(RoundedCornerShape(Space.corner))
            .background(Kartka.colours.card.ground)
            .toggleable(ticked, role = Role.Checkbox, onValueChange = onTick)
            .heightIn(min = Space.target)
            .padding(Space.medium),
        horizontalArrangement = Arrangement.spacedBy(Space.medium),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Checkbox(ticked, onCheckedChange = null)
        Text(wording, Modifier.weight(1f), style = Kartka.type.small)
    }
}

@Composable
private fun Registered(state: RegisterState, host: Host) {
    val code = remember(state.linkCode) { state.linkCode?.let(host::squares) }
    if (code == null) {
        Outcome(Glyph.Check, speech("register.registered"))
    } else {
        Box(
            Modifier.fillMaxWidth(),
            contentAlignment = Alignment.Center,
        ) { CodeTile(code, speech("common.qr")) }
        Text(speech("register.show_code"), style = Kartka.type.body)
        SecondAction(speech("register.share"), { host.share(state.linkCode.orEmpty()) }, wide, glyph = Glyph.Share)
        Lit(host)
    }
}

@Composable
private fun RegisterLow(state: RegisterState, act: (RegisterAction) -> Unit) {
    if (state.registered != null) {
        PrimaryAction(speech("register.go_on"), { act(RegisterAction.GoOn) })
        return
    }
    val key =
        when (state.face) {
            RegisterFace.Saving -> "register.saving"
            RegisterFace.Anonymous -> "register.anonymous"
            else -> "register.save"
        }
    PrimaryAction(
        speech(key),
        { act(RegisterAction.Save) },
        readiness =
            when {
                state.saving -> Readiness.Working
                state.canSave -> Readiness.Ready
                else -> Readiness.NotYet
            },
    )
}
