package kartka.ui.screen

import androidx.compose.foundation.layout.Box
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.DisposableEffect
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import kartka.presentation.DeviceStanding
import kartka.presentation.Revoking
import kartka.presentation.devices.Asked
import kartka.presentation.devices.DevicesAction
import kartka.presentation.devices.DevicesFace
import kartka.presentation.devices.DevicesState
import kartka.ui.component.Banner
import kartka.ui.component.Choices
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

/** Staff and devices: employ, dismiss, pair, revoke. */
@Composable
fun DevicesScreen(state: DevicesState, host: Host, act: (DevicesAction) -> Unit) {
    Frame(
        title = speech("devices.title"),
        back = speech("common.back"),
        onBack = { act(DevicesAction.Leave) },
        low = { DevicesLow(state, act) },
    ) {
        if (state.face == DevicesFace.NotAllowed) {
            Banner(Mood.Attention, speech("devices.not_allowed"))
        } else {
            state.trouble?.let { TroubleBanner(it, host) }
        }
        when (val asked = state.asked) {
            is Asked.Revoke -> AskRevoke(state, asked, act)
            is Asked.Dismiss ->
                Banner(Mood.Attention, speech.named("devices.ask_dismiss", "name", nameOf(state, asked.operator)))
            Asked.Employ -> NewColleague(state, act)
            Asked.Holder -> Holders(state, act)
            is Asked.Where -> Outlets(state, act)
            is Asked.Code -> PairingCode(state, asked, host)
            null -> Everybody(state, act)
        }
    }
}

private fun nameOf(state: DevicesState, operator: Long): String =
    state.staff
        .firstOrNull { it.operator == operator }
        ?.name
        .orEmpty()

@Composable
private fun Everybody(state: DevicesState, act: (DevicesAction) -> Unit) {
    val devices = state.devices
    if (devices == null) {
        if (state.trouble == null) Loading()
        return
    }
    Part(speech("devices.devices"))
    devices.forEach { device ->
        val word = speech(if (device.here) "devices.here" else "devices." + device.standing.name.inKeys())
        val active = device.standing == DeviceStanding.Active
        Line(
            title = device.name,
            detail = listOf(word, nameOf(state, device.holder)).filter { it.isNotEmpty() }.joinToString(" · "),
            glyph = if (active) Glyph.Alone else Glyph.Stop,
            onTap = if (active && !device.here) ({ act(DevicesAction.AskRevoke(device.device)) }) else null,
        )
    }
    Part(speech("devices.staff"))
    state.staff.forEach { person ->
        val gone = if (person.employed) null else speech("operator.dismissed")
        Line(
            title = person.name,
            detail = listOfNotNull(roleOf(person.role), gone).joinToString(" · "),
            glyph = Glyph.Person,
            onTap = if (person.employed && !person.here) ({ act(DevicesAction.AskDismiss(person.operator)) }) else null,
        )
    }
}

@Composable
private fun AskRevoke(state: DevicesState, asked: Asked.Revoke, act: (DevicesAction) -> Unit) {
    val name =
        state.devices
            .orEmpty()
            .firstOrNull { it.device == asked.device }
            ?.name
            .orEmpty()
    Banner(Mood.Problem, speech.named("devices.ask_revoke", "device", name))
    Revoking.entries.forEach { how ->
        val key = if (how == Revoking.KeepData) "devices.keep_data" else "devices." + how.name.inKeys()
        Line(speech(key), glyph = Glyph.Stop, lines = Int.MAX_VALUE, onTap = { act(DevicesAction.Revoke(how)) })
    }
}

@Composable
private fun NewColleague(state: DevicesState, act: (DevicesAction) -> Unit) {
    Entry(speech("devices.name"), state.name, { act(DevicesAction.TypeName(it)) })
    Part(speech("devices.role"))
    val words = state.roles.associate { it.role to roleOf(it) }
    Choices(words.keys.toList(), state.role, words::getValue, { act(DevicesAction.ChooseRole(it)) })
}

@Composable
private fun DevicesLow(state: DevicesState, act: (DevicesAction) -> Unit) {
    when (val asked = state.asked) {
        is Asked.Revoke -> SecondAction(speech("common.cancel"), { act(DevicesAction.Leave) }, wide)
        is Asked.Dismiss ->
            PrimaryAction(
                speech("devices.dismiss"),
                { act(DevicesAction.Dismiss) },
                readiness = readiness(state.writing, possible = true),
            )
        Asked.Employ ->
            PrimaryAction(
                speech("devices.employ"),
                { act(DevicesAction.Employ) },
                readiness = readiness(state.writing, state.name.isNotBlank() && state.role != null),
            )
        Asked.Holder, is Asked.Where -> if (state.writing) Loading()
        is Asked.Code ->
            SecondAction(
                speech("devices.new_code"),
                { act(DevicesAction.AnotherCode) },
                wide,
                readiness(state.writing, possible = true),
            )
        null -> {
            SecondAction(speech("devices.employ"), { act(DevicesAction.AskEmploy) }, wide, glyph = Glyph.Person)
            PrimaryAction(speech("devices.pair"), { act(DevicesAction.AskPair) }, glyph = Glyph.Alone)
        }
    }
}

/** Who will hold the next phone: what they do on it is theirs. */
@Composable
private fun Holders(state: DevicesState, act: (DevicesAction) -> Unit) {
    Text(speech("devices.ask_holder"), style = Kartka.type.body)
    state.staff.filter { it.employed }.forEach { person ->
        Line(
            title = person.name,
            detail = roleOf(person.role),
            glyph = Glyph.Person,
            onTap = { act(DevicesAction.Invite(person.operator)) },
        )
    }
}

/** Where the next phone will stand. */
@Composable
private fun Outlets(state: DevicesState, act: (DevicesAction) -> Unit) {
    Text(speech("devices.ask_outlet"), style = Kartka.type.body)
    state.outlets.forEach { outlet ->
        Line(
            title = outlet.name,
            detail = if (outlet.here) speech("outlets.here") else null,
            glyph = if (outlet.here) Glyph.Check else Glyph.Card,
            onTap = { act(DevicesAction.InviteTo(outlet.number)) },
        )
    }
}

/** What the next phone reads: dark on white in every theme, and typed where a camera fails. */
@Composable
private fun PairingCode(state: DevicesState, asked: Asked.Code, host: Host) {
    DisposableEffect(host) {
        host.bright(true)
        onDispose { host.bright(false) }
    }
    Text(speech.named("devices.code_about", "name", nameOf(state, asked.holder)), style = Kartka.type.body)
    state.outlets.find { it.number == asked.outlet }?.let { outlet ->
        Text(speech.named("devices.stands", "outlet", outlet.name), style = Kartka.type.strong)
    }
    val code = remember(asked.invitation) { host.squares(asked.invitation.text) }
    if (code != null) Box(wide, contentAlignment = Alignment.Center) { CodeTile(code, speech("common.qr")) }
    Text(speech("devices.code_until", "until" to asked.invitation.until), style = Kartka.type.strong)
    Text(asked.invitation.text, style = Kartka.type.small, color = Kartka.colours.muted)
}
