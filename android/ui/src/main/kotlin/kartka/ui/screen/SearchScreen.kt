package kartka.ui.screen

import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import kartka.presentation.NextStep
import kartka.presentation.search.SearchAction
import kartka.presentation.search.SearchFace
import kartka.presentation.search.SearchState
import kartka.ui.component.Entry
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.LocalCrowded
import kartka.ui.component.Nothing
import kartka.ui.component.PrimaryAction
import kartka.ui.design.Kartka
import kartka.ui.text.speech

/** Customers by any field; the field stands low, where the thumb and the keyboard are. */
@Composable
fun SearchScreen(state: SearchState, host: Host, act: (SearchAction) -> Unit) {
    Frame(
        title = speech("search.title"),
        back = speech("common.back"),
        onBack = { act(SearchAction.Leave) },
        low = {
            // What may be typed stands above as long as nothing is.
            val label = speech(if (LocalCrowded.current) "search.title" else "search.hint")
            Entry(label, state.typed, { act(SearchAction.Type(it)) })
            if (state.face == SearchFace.Nobody && state.attachTo == null) {
                PrimaryAction(speech("search.register"), { act(SearchAction.Register) }, glyph = Glyph.Person)
            }
        },
    ) {
        state.trouble?.let {
            TroubleBanner(it, host, mapOf(NextStep.TryAgain to { act(SearchAction.Shown) }))
        }
        when (state.face) {
            SearchFace.Empty -> Nothing(speech("search.hint"), glyph = Glyph.Search)
            SearchFace.Searching -> Loading()
            SearchFace.Nobody -> Nothing(speech("search.nobody"), glyph = Glyph.Person)
            SearchFace.Results -> Found(state, act)
            SearchFace.Trouble -> Unit
        }
    }
}

@Composable
private fun Found(state: SearchState, act: (SearchAction) -> Unit) {
    val found = state.found.orEmpty()
    Text(
        speech("search.found", "found" to found.size.toLong()),
        Modifier.fillMaxWidth().semantics { liveRegion = LiveRegionMode.Polite },
        style = Kartka.type.small,
        color = Kartka.colours.muted,
    )
    found.forEach { sheet ->
        Line(
            title = nameOf(sheet),
            detail = (sheet.phones + sheet.cards).take(2).joinToString(" · ").ifEmpty { null },
            end = sheet.points.firstOrNull()?.let { speech.points(it.balance) },
            onTap = { act(SearchAction.Tap(sheet.id)) },
        )
    }
}
