package kartka.ui.component

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.geometry.Size
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.role
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import kartka.ui.design.Kartka
import kartka.ui.design.Space

/**
 * The squares of a code, its quiet zone included.
 *
 * @property size squares of one side
 * @property dark whether the square in a row and column is dark, row by row
 */
class Squares(val size: Int, val dark: BooleanArray)

/** A code to be scanned, with its quiet zone: dark on white in every theme; [label] is what nothing beside it says. */
@Composable
fun CodeTile(squares: Squares, label: String, modifier: Modifier = Modifier) {
    val tone = Kartka.colours.code
    Box(
        modifier
            .widthIn(max = 320.dp)
            .fillMaxWidth()
            .aspectRatio(1f)
            .clip(RoundedCornerShape(Space.corner))
            .background(tone.ground)
            .semantics {
                contentDescription = label
                role = Role.Image
            },
    ) {
        Canvas(Modifier.fillMaxWidth().aspectRatio(1f)) {
            // Whole pixels: a square of a fraction would be drawn with a grey edge.
            val side = kotlin.math.floor(size.width / squares.size)
            val start = (size.width - side * squares.size) / 2
            squares.dark.forEachIndexed { place, dark ->
                if (!dark) return@forEachIndexed
                val corner = Offset(start + side * (place % squares.size), start + side * (place / squares.size))
                drawRect(tone.ink, corner, Size(side, side))
            }
        }
    }
}
