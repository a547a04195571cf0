package kartka.ui.component

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.LocalContentColor
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextOverflow
import kartka.ui.design.Kartka
import kartka.ui.design.Space
import kartka.ui.design.Tone

private const val NAME_LINES = 3

/** A customer's card as the screen knows it: whose it is, one figure, and what is said about the figure. */
@Composable
fun CardTile(
    name: String,
    modifier: Modifier = Modifier,
    over: String? = null,
    figure: String? = null,
    under: String? = null,
    tone: Tone = Kartka.colours.chosen,
    more: @Composable ColumnScope.() -> Unit = {},
) {
    Column(
        modifier
            .fillMaxWidth()
            .clip(RoundedCornerShape(Space.corner))
            .background(tone.ground)
            .semantics(mergeDescendants = true) {}
            .padding(Space.large),
        verticalArrangement = Arrangement.spacedBy(Space.tiny),
    ) {
        CompositionLocalProvider(LocalContentColor provides tone.ink) {
            if (over != null) Text(over, style = Kartka.type.small)
            Text(name, style = Kartka.type.title, maxLines = NAME_LINES, overflow = TextOverflow.Ellipsis)
            if (figure != null) Text(figure, style = Kartka.type.figure)
            if (under != null) Text(under, style = Kartka.type.small)
            more()
        }
    }
}
