package kartka.ui.design

import androidx.compose.material3.ColorScheme
import androidx.compose.material3.darkColorScheme
import androidx.compose.material3.lightColorScheme
import androidx.compose.ui.graphics.Color

/** A ground and what may be written on it. */
data class Tone(val ground: Color, val ink: Color)

/**
 * The roles of colour: a screen names a role, never a colour.
 *
 * Every role that carries text is a [Tone] whose contrast is at least 4.5:1 (a test counts it). [code] is dark on white
 * in both themes, because a scanner needs it so.
 */
data class Colours(
    val page: Tone,
    val card: Tone,
    val quiet: Tone,
    val action: Tone,
    val chosen: Tone,
    val good: Tone,
    val attention: Tone,
    val problem: Tone,
    val code: Tone,
    val muted: Color,
    val line: Color,
    val dark: Boolean,
)

val LightColours =
    Colours(
        page = Tone(Color(0xFFF6F5F1), Color(0xFF191C1A)),
        card = Tone(Color(0xFFFFFFFF), Color(0xFF191C1A)),
        quiet = Tone(Color(0xFFE9E8E1), Color(0xFF191C1A)),
        action = Tone(Color(0xFF075E50), Color(0xFFFFFFFF)),
        chosen = Tone(Color(0xFFCDEBE2), Color(0xFF00352C)),
        good = Tone(Color(0xFFD7EED6), Color(0xFF0C4017)),
        attention = Tone(Color(0xFFFCE7C2), Color(0xFF5A3700)),
        problem = Tone(Color(0xFFFBDCD8), Color(0xFF7A1712)),
        code = Tone(Color(0xFFFFFFFF), Color(0xFF000000)),
        muted = Color(0xFF525853),
        line = Color(0xFF7A807B),
        dark = false,
    )

val DarkColours =
    Colours(
        page = Tone(Color(0xFF111412), Color(0xFFE8EAE6)),
        card = Tone(Color(0xFF1D211E), Color(0xFFE8EAE6)),
        quiet = Tone(Color(0xFF2B302C), Color(0xFFE8EAE6)),
        action = Tone(Color(0xFF84DAC6), Color(0xFF00372E)),
        chosen = Tone(Color(0xFF124F44), Color(0xFFCDEBE2)),
        good = Tone(Color(0xFF173F20), Color(0xFFCBEFC9)),
        attention = Tone(Color(0xFF4B3300), Color(0xFFFFE0B3)),
        problem = Tone(Color(0xFF5F1814), Color(0xFFFFDAD5)),
        code = Tone(Color(0xFFFFFFFF), Color(0xFF000000)),
        muted = Color(0xFFB0B6B1),
        line = Color(0xFF868D87),
        dark = true,
    )

/** The same roles in the words of Material, for its own components. */
fun Colours.asMaterial(): ColorScheme {
    val scheme = if (dark) darkColorScheme() else lightColorScheme()
    return scheme.copy(
        primary = action.ground,
        onPrimary = action.ink,
        primaryContainer = chosen.ground,
        onPrimaryContainer = chosen.ink,
        secondary = action.ground,
        onSecondary = action.ink,
        secondaryContainer = chosen.ground,
        onSecondaryContainer = chosen.ink,
        background = page.ground,
        onBackground = page.ink,
        surface = page.ground,
        onSurface = page.ink,
        surfaceVariant = quiet.ground,
        onSurfaceVariant = muted,
        surfaceTint = page.ground,
        error = problem.ink,
        onError = problem.ground,
        errorContainer = problem.ground,
        onErrorContainer = problem.ink,
        outline = line,
        outlineVariant = quiet.ground,
    )
}
