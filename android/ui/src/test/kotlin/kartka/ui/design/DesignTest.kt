package kartka.ui.design

import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.luminance
import org.jetbrains.skia.Data
import org.jetbrains.skia.FontMgr
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

private const val TEXT = 4.5f
private const val DRAWING = 3f
private const val LETTERS =
    "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяёыэъАБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯЁЫЭЪ" +
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789₴€$£₽№+−–—·…«»“”’%"

class DesignTest {
    @Test
    fun `every role that carries text has a contrast of 4_5 in both themes`() {
        listOf(LightColours, DarkColours).forEach { colours ->
            colours.tones().forEach { (name, tone) ->
                val found = contrast(tone.ground, tone.ink)
                assertTrue(found >= TEXT, "$name, dark=${colours.dark}: $found")
            }
            listOf(colours.page, colours.card).forEach { below ->
                assertTrue(contrast(below.ground, colours.muted) >= TEXT, "muted, dark=${colours.dark}")
                assertTrue(contrast(below.ground, colours.line) >= DRAWING, "line, dark=${colours.dark}")
            }
            assertTrue(contrast(colours.quiet.ground, colours.muted) >= TEXT, "muted on quiet, dark=${colours.dark}")
        }
    }

    @Test
    fun `a code is black on white in both themes`() {
        listOf(LightColours, DarkColours).forEach {
            assertEquals(Tone(Color.White, Color.Black), it.code)
        }
    }

    @Test
    fun `the bundled font has every letter of the three languages`() {
        listOf("manrope_medium", "manrope_bold").forEach { name ->
            val bytes = checkNotNull(javaClass.getResourceAsStream("/font/$name.ttf")).readBytes()
            val face = checkNotNull(FontMgr.default.makeFromData(Data.makeFromBytes(bytes)))
            val glyphs = face.getUTF32Glyphs(LETTERS.codePoints().toArray())
            val missing = LETTERS.filterIndexed { place, _ -> glyphs[place].toInt() == 0 }
            assertEquals("", missing, name)
        }
    }

    private fun Colours.tones(): Map<String, Tone> =
        mapOf(
            "page" to page,
            "card" to card,
            "quiet" to quiet,
            "action" to action,
            "chosen" to chosen,
            "good" to good,
            "attention" to attention,
            "problem" to problem,
            "code" to code,
        )

    private fun contrast(one: Color, other: Color): Float {
        val (light, dark) = listOf(one.luminance(), other.luminance()).sortedDescending()
        return (light + 0.05f) / (dark + 0.05f)
    }
}
