package kartka.ui.component

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.LocalContentColor
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import kartka.ui.design.Kartka
import kartka.ui.design.Space
import kartka.ui.design.Tone

/** What a banner is about; each has its own sign, so that colour is never alone. */
enum class Mood(internal val glyph: Glyph) {
    Good(Glyph.Check),
    Quiet(Glyph.Info),
    Attention(Glyph.Warn),
    Problem(Glyph.Stop),
    Waiting(Glyph.Wait),
}

/** Says what happened and what helps; a screen reader says it as soon as it appears. */
@Composable
fun Banner(
    mood: Mood,
    text: String,
    modifier: Modifier = Modifier,
    detail: String? = null,
    action: String? = null,
    onAction: () -> Unit = {},
) {
    val tone = toneOf(mood)
    Row(
        modifier
            .fillMaxWidth()
            .clip(RoundedCornerShape(Space.corner))
            .background(tone.ground)
            .semantics { liveRegion = LiveRegionMode.Polite }
            .padding(Space.medium),
        horizontalArrangement = Arrangement.spacedBy(Space.medium),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        CompositionLocalProvider(LocalContentColor provides tone.ink) {
            Sign(mood.glyph)
            Column(Modifier.weight(1f)) {
                Text(text, style = Kartka.type.strong)
                if (detail != null) Text(detail, style = Kartka.type.small)
                if (action != null) SecondAction(action, onAction, Modifier.padding(top = Space.small))
            }
        }
    }
}

@Composable
private fun toneOf(mood: Mood): Tone =
    when (mood) {
        Mood.Good -> Kartka.colours.good
        Mood.Quiet, Mood.Waiting -> Kartka.colours.quiet
        Mood.Attention -> Kartka.colours.attention
        Mood.Problem -> Kartka.colours.problem
    }
