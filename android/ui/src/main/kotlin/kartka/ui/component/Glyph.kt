package kartka.ui.component

import androidx.compose.foundation.layout.size
import androidx.compose.material3.Icon
import androidx.compose.material3.LocalContentColor
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.SolidColor
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.StrokeJoin
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.graphics.vector.addPathNodes
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp

private const val BOX = 24f
private const val STROKE = 2f

/** The few drawn signs; each stands beside a word, which is what a screen reader says. */
enum class Glyph(private val path: String) {
    Back("M19 12H5 M11 6L5 12L11 18"),
    Next("M9 6L15 12L9 18"),
    Close("M6 6L18 18 M18 6L6 18"),
    Check("M4 12.5L9.5 18L20 6.5"),
    Info("M12 3A9 9 0 1 0 12 21A9 9 0 1 0 12 3 M12 11V16.5 M12 7.5V7.6"),
    Warn("M12 3.5L21.5 20H2.5Z M12 10V14.5 M12 17V17.1"),
    Stop("M8 3H16L21 8V16L16 21H8L3 16V8Z M8.5 8.5L15.5 15.5 M15.5 8.5L8.5 15.5"),
    Wait("M12 3A9 9 0 1 0 12 21A9 9 0 1 0 12 3 M12 7V12L15.5 14"),
    Search("M10.5 4A6.5 6.5 0 1 0 10.5 17A6.5 6.5 0 1 0 10.5 4 M15.5 15.5L20.5 20.5"),
    Keys("M5 5H6 M11.5 5H12.5 M18 5H19 M5 11.5H6 M11.5 11.5H12.5 M18 11.5H19 M11.5 18H12.5"),
    Erase("M9 5H21V19H9L3 12Z M12 9.5L17 14.5 M17 9.5L12 14.5"),
    Torch("M8 3H16V7L14 11V21H10V11L8 7Z M8 7H16"),
    Camera("M3 8H7L9 5H15L17 8H21V19H3Z M12 10A3.5 3.5 0 1 0 12 17A3.5 3.5 0 1 0 12 10"),
    Person("M12 4A4 4 0 1 0 12 12A4 4 0 1 0 12 4 M4 20.5C5 16 8 14.5 12 14.5C16 14.5 19 16 20 20.5"),
    Gift(
        "M3 9H21V13H3Z M5 13V20H19V13 M12 9V20 M12 9C9 9 7 7.5 8 5.5C9 4 11.5 5.5 12 9C12.5 5.5 15 4 16 5.5C17 7.5 15 9 12 9",
    ),
    Undo("M8 5L4 9L8 13 M4 9H14A5 5 0 0 1 14 19H9"),
    Card("M3 6H21V18H3Z M3 10H21 M6 15H10"),
    Star("M12 4L14.5 9.3L20 10L16 14L17 19.8L12 17L7 19.8L8 14L4 10L9.5 9.3Z"),
    Alone("M7 3H17V21H7Z M11 18H13"),
    Cloud("M7 18A4.5 4.5 0 0 1 7 9A5.5 5.5 0 0 1 17.5 10A4 4 0 0 1 17 18Z"),
    Share("M12 15V3.5 M8 7L12 3L16 7 M5 12V20H19V12"),
    Lock("M6 11H18V20H6Z M8.5 11V8A3.5 3.5 0 0 1 15.5 8V11"),
    ;

    internal val vector: ImageVector by lazy {
        ImageVector
            .Builder(name, BOX.dp, BOX.dp, BOX, BOX)
            .addPath(
                pathData = addPathNodes(path),
                stroke = SolidColor(Color.Black),
                strokeLineWidth = STROKE,
                strokeLineCap = StrokeCap.Round,
                strokeLineJoin = StrokeJoin.Round,
            ).build()
    }
}

/** Draws [glyph]; [label] only where no word stands beside it. */
@Composable
fun Sign(
    glyph: Glyph,
    modifier: Modifier = Modifier,
    label: String? = null,
    size: Dp = 24.dp,
    tint: Color = LocalContentColor.current,
) {
    Icon(glyph.vector, contentDescription = label, modifier = modifier.size(size), tint = tint)
}
