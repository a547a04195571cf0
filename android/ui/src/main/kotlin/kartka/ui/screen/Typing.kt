package kartka.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.ExperimentalLayoutApi
import androidx.compose.foundation.layout.FlowRow
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.widthIn
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.dp
import kartka.ui.component.Corner
import kartka.ui.component.Keypad
import kartka.ui.component.LocalCrowded
import kartka.ui.design.Kartka
import kartka.ui.design.Space
import kartka.ui.text.speech

private val LABEL = 96.dp

/** What the keys have written so far; [label] says what belongs here. */
@Composable
internal fun Typed(text: String?, label: String, aside: String? = null) {
    val told =
        Modifier
            .fillMaxWidth()
            .heightIn(min = Space.target)
            .semantics(mergeDescendants = true) { liveRegion = LiveRegionMode.Polite }
    if (LocalCrowded.current) Flowing(told, text, label, aside) else InARow(told, text, label, aside)
}

/** In letters so large the number goes under its label rather than breaking it. */
@OptIn(ExperimentalLayoutApi::class)
@Composable
private fun Flowing(modifier: Modifier, text: String?, label: String, aside: String?) {
    FlowRow(modifier, Arrangement.SpaceBetween, itemVerticalAlignment = Alignment.CenterVertically) {
        Text(label, style = Kartka.type.body, color = Kartka.colours.muted)
        if (aside != null) Text(aside, style = Kartka.type.body, color = Kartka.colours.muted)
        if (text != null) Text(text, style = Kartka.type.figure, maxLines = 1, overflow = TextOverflow.StartEllipsis)
    }
}

@Composable
private fun InARow(modifier: Modifier, text: String?, label: String, aside: String?) {
    Row(
        modifier,
        horizontalArrangement = Arrangement.spacedBy(Space.medium),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        val labelled = Modifier.weight(1f).widthIn(min = LABEL)
        Text(label, labelled, style = Kartka.type.body, color = Kartka.colours.muted, maxLines = 2)
        if (aside != null) Text(aside, style = Kartka.type.body, color = Kartka.colours.muted)
        if (text != null) {
            Text(
                text,
                Modifier.weight(2f),
                style = Kartka.type.figure,
                textAlign = TextAlign.End,
                maxLines = 1,
                overflow = TextOverflow.StartEllipsis,
            )
        }
    }
}

/** The keypad in the language of the screen. */
@Composable
internal fun KeypadOf(text: String, onText: (String) -> Unit, corner: Corner = Corner.Nothing) {
    Keypad(text, onText, erase = speech("common.erase"), corner = corner)
}
