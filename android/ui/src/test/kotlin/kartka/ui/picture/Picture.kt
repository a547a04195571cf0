package kartka.ui.picture

import androidx.compose.runtime.Composable
import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.platform.Font
import androidx.compose.ui.unit.Density
import org.jetbrains.skia.Image

/** The bundled font as the classpath has it. */
val bundled =
    FontFamily(
        Font("font/manrope_medium.ttf", FontWeight.Normal),
        Font("font/manrope_bold.ttf", FontWeight.Bold),
    )

/** A window of so many dp, and how large its pixels and letters are. */
data class Glass(val width: Int = 412, val height: Int = 860, val density: Float = 1f, val fontScale: Float = 1f)

/** What [content] looks like, drawn without a display. */
fun picture(glass: Glass, content: @Composable () -> Unit): Image {
    val scene =
        ImageComposeScene(
            width = (glass.width * glass.density).toInt(),
            height = (glass.height * glass.density).toInt(),
            density = Density(glass.density, glass.fontScale),
            content = content,
        )
    try {
        scene.render(0)
        // The second frame has what effects and first animations left.
        return scene.render(SETTLED)
    } finally {
        scene.close()
    }
}

private const val SETTLED = 1_000_000_000L
