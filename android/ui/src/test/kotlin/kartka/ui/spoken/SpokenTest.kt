package kartka.ui.spoken

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.requiredSize
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.junit4.createComposeRule
import androidx.compose.ui.test.onRoot
import androidx.compose.ui.unit.Density
import androidx.compose.ui.unit.dp
import kartka.presentation.words.Language
import kartka.ui.design.KartkaTheme
import kartka.ui.design.Space
import kartka.ui.picture.Samples
import kartka.ui.picture.album
import kartka.ui.picture.bundled
import kartka.ui.text.Speaking
import kartka.ui.text.Speech
import org.junit.Rule
import java.io.File
import java.util.TimeZone
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/**
 * What people hear who don't see the screens. `spoken.txt` holds it, a paragraph for a screen in one of its states: whoever
 * changes a screen reads there what it says now (`KARTKA_BLESS=1` writes it anew).
 */
class SpokenTest {
    @get:Rule
    val rule = createComposeRule()

    private val speech = Speech(Language.English, Samples.facts, TimeZone.getTimeZone("Europe/Kyiv"))
    private val file = File(System.getProperty("kartka.android")).resolve("ui/src/test/spoken.txt")
    private var page by mutableStateOf(album.first())

    @Test
    fun `every screen says what it shows in the order in which it is needed`() {
        val table = File(System.getProperty("kartka.screens.table")).readLines()
        val screens = table.filter { it.startsWith("screen ") }.map { it.split(' ')[1] }
        assertEquals(emptyList(), screens - heard.keys, "a screen that nobody listened to: name a state of it")
        draw()
        val said =
            heard.flatMap { (screen, faces) ->
                faces.map { face ->
                    page = album.first { it.screen == screen && it.face == face }
                    rule.waitForIdle()
                    val lines = spoken(rule.onRoot().fetchSemanticsNode())
                    val first = lines.take(2).map { it.substringBefore(':') }
                    assertTrue("heading" in first || screen in untitled, "$screen $face begins with $lines")
                    (listOf("$screen $face") + lines).joinToString("\n")
                }
            }
        val text = said.joinToString("\n\n", postfix = "\n")
        if (System.getenv("KARTKA_BLESS") == "1") file.writeText(text)
        assertEquals(file.readText(), text, "KARTKA_BLESS=1 writes spoken.txt anew; read it")
    }

    @Test
    fun `whatever can be tapped has a name and room for a thumb at twice the letter size`() {
        draw(fontScale = 2f)
        album.forEach { each ->
            page = each
            rule.waitForIdle()
            rule.onAllNodes(hasClickAction()).fetchSemanticsNodes().forEach { node ->
                val entry =
                    node.config
                        .getOrNull(SemanticsActions.SetText)
                        ?.label
                        .orEmpty()
                val name = nameOf(node).ifEmpty { entry }
                assertTrue(name.isNotBlank(), "${each.screen} ${each.face}: a target without a name: ${node.config}")
                with(rule.density) {
                    // What is half scrolled out of sight is as large as it was laid out.
                    val touch = node.touchBoundsInRoot
                    val height = maxOf(touch.height, node.size.height.toFloat()).toDp()
                    val width = maxOf(touch.width, node.size.width.toFloat()).toDp()
                    val least = minOf(height, width)
                    assertTrue(least >= Space.target - 1.dp, "${each.screen} ${each.face}: $name is $least")
                }
            }
        }
    }

    private fun draw(fontScale: Float = 1f): Unit =
        rule.setContent {
            val density = Density(LocalDensity.current.density, fontScale)
            CompositionLocalProvider(LocalDensity provides density) {
                KartkaTheme(bundled) {
                    Speaking(speech) { Box(Modifier.requiredSize(412.dp, 860.dp)) { page.draw() } }
                }
            }
        }

    private companion object {
        /** The very beginning has no title yet. */
        val untitled = setOf("open")

        /** The states of each screen that are listened to. */
        val heard: Map<String, List<String>> =
            mapOf(
                "scan" to listOf("searching", "not_ours"),
                "customer" to listOf("quoted", "asking_code", "ask_server"),
                "redeem" to listOf("allowed", "needs_pin", "ask_server"),
                "done" to listOf("committed"),
                "register" to listOf("valid", "phone_exists"),
                "search" to listOf("results"),
                "history" to listOf("purchases"),
                "about" to listOf("known", "ask_part"),
                "choose" to listOf("results", "ask_same", "ask_referrer"),
                "receipt" to listOf("sold", "refund"),
                "unlinked" to listOf("quoted", "receipt_is_here"),
                "attach" to listOf("quoted"),
                "shift" to listOf("totals"),
                "open" to listOf("key_missing", "ask_sheet"),
                "aside" to listOf("asking", "arrived"),
                "start" to listOf("first_run"),
                "found" to listOf("ready"),
                "pair" to listOf("ready"),
                "sheet" to listOf("not_printed", "confirming"),
                "operator" to listOf("people", "ask_pin"),
                "inbox" to listOf("items"),
                "standing" to listOf("waiting", "clock_wrong", "clock_asked"),
                "signout" to listOf("unsent", "written", "ready"),
                "carry" to listOf("asking", "arrived"),
                "today" to listOf("figures"),
                "devices" to listOf("everybody", "code"),
                "outlets" to listOf("everywhere", "chosen"),
                "limits" to listOf("bounded"),
                "instruments" to listOf("active"),
                "wizard" to listOf("step"),
                "link" to listOf("shown"),
                "cards" to listOf("fresh", "ask_anew"),
                "card" to listOf("fresh", "blocked"),
                "join" to listOf("ready", "not_ours"),
                "profile" to listOf("saved", "ask_erasure", "ask_again"),
            )
    }
}
