package kartka.ui.design

import androidx.compose.material3.LocalContentColor
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Typography
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.ReadOnlyComposable
import androidx.compose.runtime.remember
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.text.TextStyle
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp

/** Figures of one width, so that amounts in a column stand under each other. */
private const val TABULAR = "tnum"

/**
 * The steps of type. Text scales fully with the person's font size; what is large already scales less, as on Android 14.
 *
 * @param scale the person's font size, 1 is the system's own
 */
class TypeScale(family: FontFamily, private val scale: Float) {
    /** The one figure a screen is about: a balance, an amount. */
    val figure = style(family, 40, 46, FontWeight.Bold).atMost(1.3f)
    val title = style(family, 24, 30, FontWeight.Bold).atMost(1.5f)
    val heading = style(family, 18, 24, FontWeight.Bold)
    val body = style(family, 17, 24, FontWeight.Normal)
    val strong = style(family, 17, 24, FontWeight.Bold)
    val small = style(family, 15, 20, FontWeight.Normal)
    val key = style(family, 26, 30, FontWeight.Bold).atMost(1.3f)

    private fun TextStyle.atMost(largest: Float): TextStyle {
        val less = minOf(scale, largest) / scale
        return copy(fontSize = fontSize * less, lineHeight = lineHeight * less)
    }

    private fun style(family: FontFamily, size: Int, line: Int, weight: FontWeight) =
        TextStyle(
            fontFamily = family,
            fontSize = size.sp,
            lineHeight = line.sp,
            fontWeight = weight,
            fontFeatureSettings = TABULAR,
        )
}

/** Distances; nothing on a screen stands at another one. */
object Space {
    val hair = 1.dp
    val tiny = 4.dp
    val small = 8.dp
    val medium = 12.dp
    val large = 16.dp
    val huge = 24.dp

    /** What a thumb hits for certain. */
    val target = 48.dp

    /** The one action of a screen. */
    val action = 60.dp
    val corner = 16.dp

    /** From this width on a screen stands in two panes. */
    val wide = 600.dp

    /** Longer lines are hard to read. */
    val column = 560.dp
}

/** Whether things may move: a person who asked the system for less motion gets none. */
enum class Motion { Full, Reduced }

private val LocalColours = staticCompositionLocalOf<Colours> { error("outside of KartkaTheme") }
private val LocalType = staticCompositionLocalOf<TypeScale> { error("outside of KartkaTheme") }
private val LocalMotion = staticCompositionLocalOf { Motion.Full }

/** What a composable asks the theme for. */
object Kartka {
    val colours: Colours
        @Composable @ReadOnlyComposable
        get() = LocalColours.current
    val type: TypeScale
        @Composable @ReadOnlyComposable
        get() = LocalType.current
    val motion: Motion
        @Composable @ReadOnlyComposable
        get() = LocalMotion.current
}

/** Dresses [content]; [family] is the bundled font as the platform loads it. */
@Composable
fun KartkaTheme(
    family: FontFamily,
    colours: Colours = LightColours,
    motion: Motion = Motion.Full,
    content: @Composable () -> Unit,
) {
    val scale = LocalDensity.current.fontScale
    val type = remember(family, scale) { TypeScale(family, scale) }
    CompositionLocalProvider(
        LocalColours provides colours,
        LocalType provides type,
        LocalMotion provides motion,
    ) {
        MaterialTheme(colorScheme = colours.asMaterial(), typography = material(type)) {
            CompositionLocalProvider(LocalContentColor provides colours.page.ink, content = content)
        }
    }
}

private fun material(type: TypeScale) =
    Typography().copy(
        titleLarge = type.title,
        titleMedium = type.heading,
        bodyLarge = type.body,
        bodyMedium = type.body,
        bodySmall = type.small,
        labelLarge = type.strong,
        labelMedium = type.small,
        labelSmall = type.small,
    )
