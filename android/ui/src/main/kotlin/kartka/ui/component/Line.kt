package kartka.ui.component

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.layout.Layout
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.text.style.TextOverflow
import kartka.ui.design.Kartka
import kartka.ui.design.Space

private const val NAME_LINES = 2

/**
 * One thing of a list: what it is, what about it, and a figure at the end. One stop for a screen reader.
 *
 * @param lines how long the title may be: a name may be cut, what must be read may not
 */
@Composable
fun Line(
    title: String,
    modifier: Modifier = Modifier,
    detail: String? = null,
    end: String? = null,
    glyph: Glyph? = null,
    lines: Int = NAME_LINES,
    onTap: (() -> Unit)? = null,
) {
    val tap = if (onTap == null) Modifier else Modifier.clickable(role = Role.Button, onClick = onTap)
    Row(
        modifier
            .fillMaxWidth()
            .clip(RoundedCornerShape(Space.corner))
            .background(Kartka.colours.card.ground)
            .then(tap)
            .semantics(mergeDescendants = true) {}
            .heightIn(min = Space.target)
            .padding(horizontal = Space.large, vertical = Space.medium),
        horizontalArrangement = Arrangement.spacedBy(Space.medium),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        if (glyph != null) Sign(glyph, tint = Kartka.colours.muted)
        Ended(Modifier.weight(1f), end) {
            Column {
                Text(title, style = Kartka.type.body, maxLines = lines, overflow = TextOverflow.Ellipsis)
                if (detail != null) Text(detail, style = Kartka.type.small, color = Kartka.colours.muted)
            }
        }
        if (onTap != null && end == null) Sign(Glyph.Next, tint = Kartka.colours.muted)
    }
}

/** [words] with the figure [end] at their right, or under them where it would break a word. */
@Composable
private fun Ended(modifier: Modifier, end: String?, words: @Composable () -> Unit) {
    val figure = @Composable { if (end != null) Text(end, style = Kartka.type.strong, textAlign = TextAlign.End) }
    Layout(listOf(words, figure), modifier) { (texts, figures), constraints ->
        val loose = constraints.copy(minWidth = 0, minHeight = 0)
        val last = figures.firstOrNull()?.measure(loose)
        val rest = loose.maxWidth - if (last == null) 0 else last.width + Space.medium.roundToPx()
        val text = texts.single()
        val breaks = last != null && text.minIntrinsicWidth(loose.maxHeight) > rest
        val first = text.measure(if (breaks) loose else loose.copy(maxWidth = rest.coerceAtLeast(0)))
        val under = if (last != null && breaks) last.height else 0
        val height = maxOf(first.height + under, last?.height ?: 0)
        layout(loose.maxWidth, height) {
            first.placeRelative(0, (height - under - first.height) / 2)
            last?.placeRelative(loose.maxWidth - last.width, if (breaks) first.height else (height - last.height) / 2)
        }
    }
}

/** What stands where a list would, when there is nothing to list yet. */
@Composable
fun Nothing(text: String, modifier: Modifier = Modifier, glyph: Glyph = Glyph.Info) {
    Column(
        modifier.fillMaxWidth().padding(Space.huge),
        horizontalAlignment = Alignment.CenterHorizontally,
        verticalArrangement = Arrangement.spacedBy(Space.medium),
    ) {
        Sign(glyph, tint = Kartka.colours.muted)
        Text(text, style = Kartka.type.body, color = Kartka.colours.muted, textAlign = TextAlign.Center)
    }
}
