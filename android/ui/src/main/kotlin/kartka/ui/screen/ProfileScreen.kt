package kartka.ui.screen

import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.ui.text.input.KeyboardType
import kartka.presentation.NextStep
import kartka.presentation.profile.ProfileAction
import kartka.presentation.profile.ProfileFace
import kartka.presentation.profile.ProfileState
import kartka.ui.component.Banner
import kartka.ui.component.Entry
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.Mood
import kartka.ui.component.PrimaryAction
import kartka.ui.component.SecondAction
import kartka.ui.design.Kartka
import kartka.ui.text.speech

/** What a shop knows of a card's holder, and what they wish. */
@Composable
fun ProfileScreen(state: ProfileState, host: Host, act: (ProfileAction) -> Unit) {
    LaunchedEffect(state.exported) {
        val text = state.exported ?: return@LaunchedEffect
        host.share(text)
        act(ProfileAction.Exported)
    }
    Frame(
        title = speech("profile.title"),
        back = speech("common.back"),
        onBack = { act(ProfileAction.Leave) },
        low = { ProfileLow(state, act) },
    ) {
        if (state.face == ProfileFace.Trouble) {
            state.trouble?.let { TroubleBanner(it, host, mapOf(NextStep.GoBack to { act(ProfileAction.Leave) })) }
        }
        val shop = state.card?.shop.orEmpty()
        when (state.face) {
            ProfileFace.Loading -> Loading()
            ProfileFace.AskErasure -> Question("profile.ask_erasure", "profile.ask_erasure_about", shop)
            ProfileFace.AskAgain -> Question("profile.ask_again", "profile.ask_again_about", shop)
            else -> if (state.card != null) Known(state, shop, host, act)
        }
    }
}

@Composable
private fun Question(question: String, about: String, shop: String) {
    Banner(Mood.Problem, speech.named(question, "shop", shop), detail = speech.named(about, "shop", shop))
}

@Composable
private fun Known(state: ProfileState, shop: String, host: Host, act: (ProfileAction) -> Unit) {
    Text(speech.named("profile.at", "shop", shop), style = Kartka.type.heading)
    Heard(state.face)
    if (state.wishes) Wishes(state, shop, act)
    Line(
        speech("profile.export"),
        detail = speech("profile.export_about"),
        glyph = Glyph.Share,
        onTap = { act(ProfileAction.Export) },
    )
    LanguageLine(host)
    if (state.wishes) {
        Line(speech("profile.erase"), glyph = Glyph.Erase, onTap = { act(ProfileAction.AskErasure) })
    }
}

/** What the shop has heard of all this. */
@Composable
private fun Heard(face: ProfileFace) {
    when (face) {
        ProfileFace.Saved -> Banner(Mood.Good, speech("profile.saved"))
        ProfileFace.Pending -> Banner(Mood.Waiting, speech("profile.pending"), detail = speech("profile.pending_about"))
        ProfileFace.ErasurePending ->
            Banner(Mood.Waiting, speech("profile.erasure_pending"), detail = speech("profile.erasure_pending_about"))
        ProfileFace.Refused ->
            Banner(Mood.Attention, speech("profile.refused"), detail = speech("profile.refused_about"))
        ProfileFace.NoServer ->
            Banner(Mood.Quiet, speech("profile.no_server"), detail = speech("profile.no_server_about"))
        ProfileFace.Erased -> Banner(Mood.Quiet, speech("card.erased"), detail = speech("card.erased_about"))
        else -> Unit
    }
}

@Composable
private fun Wishes(state: ProfileState, shop: String, act: (ProfileAction) -> Unit) {
    Part(speech("profile.news"))
    Tick(speech.named("register.wording", "shop", shop), state.card?.news == true) { act(ProfileAction.WantNews(it)) }
    Part(speech("profile.correct"))
    val wrong = state.trouble?.takeIf { state.face == ProfileFace.Invalid }?.words
    val about = wrong?.key?.substringAfterLast('.')
    val said = wrong?.let { speech(it) }
    Entry(
        speech("register.given"),
        state.given,
        { act(ProfileAction.TypeGiven(it)) },
        wrong = said.takeIf { about != "email" && about != "birthday" },
    )
    Entry(speech("register.family"), state.family, { act(ProfileAction.TypeFamily(it)) })
    Entry(
        speech("profile.email"),
        state.email,
        { act(ProfileAction.TypeEmail(it)) },
        wrong = said.takeIf { about == "email" },
        keyboard = KeyboardType.Email,
    )
    Entry(
        speech("profile.birthday"),
        state.birthday,
        { act(ProfileAction.TypeBirthday(it)) },
        wrong = said.takeIf { about == "birthday" },
        keyboard = KeyboardType.Phone,
    )
    Text(speech("profile.correct_about"), style = Kartka.type.small, color = Kartka.colours.muted)
}

/** The last question has its "no" where the first one had its "yes": a double tap erases nobody. */
@Composable
private fun ProfileLow(state: ProfileState, act: (ProfileAction) -> Unit) {
    val keep = speech("profile.keep")
    when (state.face) {
        ProfileFace.AskErasure -> {
            SecondAction(keep, { act(ProfileAction.Leave) }, wide)
            PrimaryAction(speech("profile.go_on_erasing"), { act(ProfileAction.SureOfErasure) })
        }
        ProfileFace.AskAgain -> {
            SecondAction(speech("profile.erase_for_ever"), { act(ProfileAction.Erase) }, wide, glyph = Glyph.Erase)
            PrimaryAction(keep, { act(ProfileAction.Leave) })
        }
        ProfileFace.Loading, ProfileFace.Trouble -> Unit
        else ->
            if (state.wishes) {
                PrimaryAction(
                    speech(if (state.writing) "profile.saving" else "profile.save"),
                    { act(ProfileAction.Save) },
                    readiness = readiness(state.writing, state.isTyped),
                )
            }
    }
}
