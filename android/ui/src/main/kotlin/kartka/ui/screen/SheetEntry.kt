package kartka.ui.screen

import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.input.KeyboardType
import kartka.presentation.scan.Camera
import kartka.ui.component.Entry
import kartka.ui.component.Glyph
import kartka.ui.text.speech

/** What reads a code on a screen: the [camera], whether what it read is being used, and its picture. */
internal class Reader(
    val camera: Camera,
    val looking: Boolean,
    val host: Host,
    val preview: @Composable (Modifier) -> Unit,
)

/** The recovery sheet: its code before the camera, or its letters typed. */
@Composable
internal fun SheetEntry(reader: Reader, typed: String, onType: (String) -> Unit, wrong: String?) {
    CameraPane(reader.camera, reader.host, "open.sheet", reader.preview) {
        Finder(speech("open.sheet_scan"), reader.looking, Glyph.Camera)
    }
    Entry(speech("open.sheet"), typed, onType, wrong = wrong, keyboard = KeyboardType.Ascii)
}
