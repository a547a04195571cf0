package kartka.ui.screen

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import kartka.presentation.scan.Camera
import kartka.ui.component.Glyph
import kartka.ui.component.SecondAction
import kartka.ui.component.Sign
import kartka.ui.component.Working
import kartka.ui.design.Kartka
import kartka.ui.design.Space
import kartka.ui.text.speech

private const val PREVIEW = 1.5f

/** As high as a picture on a phone in a hand, and higher where letters are large. */
private val WORDS = 252.dp

/**
 * The camera's picture, or why there is none and what helps.
 *
 * @param words the group of texts that says so
 * @param preview the picture as the platform draws it
 * @param finder what stands over the picture
 */
@Composable
internal fun CameraPane(
    camera: Camera,
    host: Host,
    words: String,
    preview: @Composable (Modifier) -> Unit,
    finder: @Composable () -> Unit,
) {
    Box(
        Modifier
            .fillMaxWidth()
            .then(if (camera == Camera.Searching) Modifier.aspectRatio(PREVIEW) else Modifier.heightIn(min = WORDS))
            .clip(RoundedCornerShape(Space.corner))
            .background(Kartka.colours.quiet.ground),
        contentAlignment = Alignment.Center,
    ) {
        if (camera == Camera.Searching) {
            preview(Modifier.fillMaxSize())
            finder()
        } else {
            Column(
                Modifier.padding(Space.large),
                verticalArrangement = Arrangement.spacedBy(Space.medium),
                horizontalAlignment = Alignment.CenterHorizontally,
            ) { NoCamera(camera, host, words) }
        }
    }
}

/** What to hold before the camera, or that what it saw is being looked up. */
@Composable
internal fun Finder(text: String, looking: Boolean, glyph: Glyph) {
    Row(
        Modifier
            .padding(Space.medium)
            .clip(RoundedCornerShape(Space.corner))
            .background(Kartka.colours.card.ground)
            .padding(horizontal = Space.medium, vertical = Space.small),
        horizontalArrangement = Arrangement.spacedBy(Space.small),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        if (looking) Working() else Sign(glyph)
        Text(text, style = Kartka.type.strong)
    }
}

@Composable
private fun NoCamera(camera: Camera, host: Host, words: String) {
    val (key, action) =
        when (camera) {
            Camera.NotAsked -> "$words.not_asked" to ("scan.allow_camera" to host::askForCamera)
            Camera.Denied -> "$words.denied" to ("scan.allow_camera" to host::askForCamera)
            Camera.Blocked -> "scan.blocked" to ("scan.open_settings" to host::openSettings)
            Camera.Busy -> "$words.busy" to null
            Camera.Off, Camera.Searching -> "sync.revoked" to null
        }
    Sign(if (camera == Camera.Off) Glyph.Lock else Glyph.Camera, size = 40.dp, tint = Kartka.colours.muted)
    Text(speech(key), style = Kartka.type.body, textAlign = TextAlign.Center)
    if (action != null) SecondAction(speech(action.first), { action.second() })
}
