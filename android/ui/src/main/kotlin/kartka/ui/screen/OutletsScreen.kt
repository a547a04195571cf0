package kartka.ui.screen

import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import kartka.presentation.NextStep
import kartka.presentation.outlets.OutletsAction
import kartka.presentation.outlets.OutletsFace
import kartka.presentation.outlets.OutletsState
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

/** The outlets of a business: opened, named, and where this phone stands. */
@Composable
fun OutletsScreen(state: OutletsState, host: Host, act: (OutletsAction) -> Unit) {
    Frame(
        title = speech("outlets.title"),
        back = speech("common.back"),
        onBack = { act(OutletsAction.Leave) },
        low = { OutletsLow(state, act) },
    ) {
        if (state.face == OutletsFace.NotAllowed || state.face == OutletsFace.Trouble) {
            state.trouble?.let { TroubleBanner(it, host, mapOf(NextStep.TryAgain to { act(OutletsAction.Shown) })) }
        }
        when {
            state.isNaming -> Naming(state, act)
            state.outlets == null -> if (state.face == OutletsFace.Loading) Loading()
            else -> Everywhere(state, act)
        }
    }
}

@Composable
private fun Everywhere(state: OutletsState, act: (OutletsAction) -> Unit) {
    state.outlets.orEmpty().forEach { outlet ->
        Line(
            outlet.name,
            detail = if (outlet.here) speech("outlets.here") else null,
            glyph = if (outlet.here) Glyph.Check else Glyph.Card,
            onTap = { act(OutletsAction.Choose(outlet.number)) },
        )
    }
    Text(speech("outlets.about"), style = Kartka.type.small, color = Kartka.colours.muted)
}

@Composable
private fun Naming(state: OutletsState, act: (OutletsAction) -> Unit) {
    if (state.chosen?.here == true) Banner(Mood.Quiet, speech("outlets.here"))
    Entry(
        speech("outlets.name"),
        state.name,
        { act(OutletsAction.TypeName(it)) },
        wrong = state.trouble?.takeIf { state.face == OutletsFace.Invalid }?.let { speech(it.words) },
    )
    if (state.adding) Text(speech("outlets.adding_about"), style = Kartka.type.small, color = Kartka.colours.muted)
}

@Composable
private fun OutletsLow(state: OutletsState, act: (OutletsAction) -> Unit) {
    if (!state.isNaming) {
        PrimaryAction(
            speech("outlets.add"),
            { act(OutletsAction.AskNew) },
            readiness = readiness(working = false, possible = state.outlets != null),
        )
        return
    }
    if (state.chosen?.here == false) {
        SecondAction(
            speech("outlets.stand_here"),
            { act(OutletsAction.StandHere) },
            wide,
            readiness(state.writing, possible = true),
        )
    }
    PrimaryAction(
        speech("common.save"),
        { act(OutletsAction.Save) },
        readiness = readiness(state.writing, state.canSave),
    )
}
