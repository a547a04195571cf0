package kartka.ui.component

import androidx.compose.foundation.BorderStroke
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.width
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Button
import androidx.compose.material3.ButtonDefaults
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.LocalContentColor
import androidx.compose.material3.OutlinedButton
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import kartka.ui.design.Kartka
import kartka.ui.design.Motion
import kartka.ui.design.Space

/** How much wider the primary action is beside a second one. */
private const val PRIMARY_SHARE = 1.5f

private val shape = RoundedCornerShape(Space.corner)

/** Whether an action may be tapped, and whether it is under way. */
enum class Readiness { Ready, NotYet, Working }

/** The one thing a screen is for; it stands lowest, where the thumb is, and there is one of it. */
@Composable
fun PrimaryAction(
    text: String,
    onTap: () -> Unit,
    modifier: Modifier = Modifier,
    readiness: Readiness = Readiness.Ready,
    glyph: Glyph? = null,
) {
    Button(
        onClick = onTap,
        modifier = modifier.fillMaxWidth().heightIn(min = LocalRoom.current.action),
        enabled = readiness == Readiness.Ready,
        shape = shape,
        colors =
            ButtonDefaults.buttonColors(
                disabledContainerColor = Kartka.colours.quiet.ground,
                disabledContentColor = Kartka.colours.muted,
            ),
        contentPadding = PaddingValues(horizontal = Space.large, vertical = Space.small),
    ) {
        when {
            readiness == Readiness.Working -> Working()
            glyph != null -> Sign(glyph)
        }
        if (readiness == Readiness.Working || glyph != null) Spacer(Modifier.width(Space.small))
        Text(text, style = Kartka.type.heading, textAlign = TextAlign.Center)
    }
}

/** A second way on: outlined, so that it never competes with the primary one. */
@Composable
fun SecondAction(
    text: String,
    onTap: () -> Unit,
    modifier: Modifier = Modifier,
    readiness: Readiness = Readiness.Ready,
    glyph: Glyph? = null,
) {
    OutlinedButton(
        onClick = onTap,
        modifier = modifier.heightIn(min = Space.target),
        enabled = readiness == Readiness.Ready,
        shape = shape,
        colors = ButtonDefaults.outlinedButtonColors(contentColor = LocalContentColor.current),
        border = BorderStroke(Space.hair, Kartka.colours.line),
        contentPadding = PaddingValues(horizontal = Space.medium, vertical = Space.small),
    ) {
        // Where letters need all the width, the words say it alone.
        if (glyph != null && !LocalCrowded.current) {
            Sign(glyph, size = 20.dp)
            Spacer(Modifier.width(Space.small))
        }
        Text(text, style = Kartka.type.strong, textAlign = TextAlign.Center)
    }
}

/**
 * The [second] way on over the [primary] one; where height is short they share a row, so that neither leaves the screen.
 * Each takes the modifier that says how wide it is.
 */
@Composable
fun Beside(second: @Composable (Modifier) -> Unit, primary: @Composable (Modifier) -> Unit) {
    if (LocalRoom.current == Room.Enough) {
        second(Modifier.fillMaxWidth())
        primary(Modifier)
        return
    }
    Row(horizontalArrangement = Arrangement.spacedBy(Space.small), verticalAlignment = Alignment.CenterVertically) {
        second(Modifier.weight(1f))
        primary(Modifier.weight(PRIMARY_SHARE))
    }
}

/** A way on in words, inside of text. */
@Composable
fun WordAction(text: String, onTap: () -> Unit, modifier: Modifier = Modifier) {
    TextButton(onClick = onTap, modifier = modifier.heightIn(min = Space.target), shape = shape) {
        Text(text, style = Kartka.type.strong)
    }
}

/** Turns while something is under way; stands still where motion is unwanted. */
@Composable
fun Working(modifier: Modifier = Modifier) {
    if (Kartka.motion == Motion.Full) {
        CircularProgressIndicator(modifier.size(22.dp), strokeWidth = 2.5.dp, color = Kartka.colours.muted)
    } else {
        Sign(Glyph.Wait, modifier, tint = Kartka.colours.muted)
    }
}
