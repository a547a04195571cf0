package kartka.ui.component

import androidx.compose.foundation.background
import androidx.compose.foundation.clickable
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.IntrinsicSize
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import kartka.ui.design.Kartka
import kartka.ui.design.Space

/** The third key of the lowest row. */
enum class Corner(internal val face: String) {
    /** Whole and hundredths, for amounts. */
    Point(","),

    /** For numbers nobody divides. */
    DoubleNought("00"),
    Nothing(""),
}

/**
 * Digits for a thumb: each key is at least 48 dp high, 52 where there is room, and a third of the width wide.
 *
 * It edits [text] as a string and judges nothing: what the digits mean is the core's business.
 */
@Composable
fun Keypad(
    text: String,
    onText: (String) -> Unit,
    erase: String,
    modifier: Modifier = Modifier,
    corner: Corner = Corner.Nothing,
) {
    Column(
        modifier.fillMaxWidth(),
        verticalArrangement = Arrangement.spacedBy(minOf(Space.small, LocalRoom.current.between)),
    ) {
        listOf("123", "456", "789").forEach { row ->
            KeyRow {
                row.forEach { digit -> Key(Modifier.weight(1f), "$digit") { onText(text + digit) } }
            }
        }
        KeyRow {
            if (corner == Corner.Nothing) {
                Box(Modifier.weight(1f))
            } else {
                Key(Modifier.weight(1f), corner.face) { onText(text + corner.face) }
            }
            Key(Modifier.weight(1f), "0") { onText(text + "0") }
            EraseKey(Modifier.weight(1f), erase) { onText(text.dropLast(1)) }
        }
    }
}

@Composable
private fun KeyRow(keys: @Composable RowScope.() -> Unit) {
    Row(
        Modifier.fillMaxWidth().height(IntrinsicSize.Min),
        horizontalArrangement = Arrangement.spacedBy(Space.small),
        content = keys,
    )
}

@Composable
private fun Key(modifier: Modifier, face: String, onTap: () -> Unit) {
    Face(modifier, onTap) { Text(face, style = Kartka.type.key, maxLines = 1) }
}

@Composable
private fun EraseKey(modifier: Modifier, label: String, onTap: () -> Unit) {
    Face(modifier.semantics { contentDescription = label }, onTap) { Sign(Glyph.Erase) }
}

@Composable
private fun Face(modifier: Modifier, onTap: () -> Unit, face: @Composable () -> Unit) {
    Box(
        modifier
            .fillMaxHeight()
            .heightIn(min = LocalRoom.current.key)
            .clip(RoundedCornerShape(Space.corner))
            .background(Kartka.colours.card.ground)
            .clickable(role = Role.Button, onClick = onTap),
        contentAlignment = Alignment.Center,
    ) { face() }
}
