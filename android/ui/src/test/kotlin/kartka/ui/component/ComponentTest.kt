package kartka.ui.component

import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.assertIsNotEnabled
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.junit4.createComposeRule
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.unit.dp
import kartka.ui.design.KartkaTheme
import kartka.ui.design.Space
import kartka.ui.picture.bundled
import org.junit.Rule
import kotlin.test.Test
import kotlin.test.assertTrue

class ComponentTest {
    @get:Rule
    val rule = createComposeRule()

    @Test
    fun `whatever can be tapped is 48 dp high and wide and has a name`() {
        rule.setContent { KartkaTheme(bundled) { Gallery() } }
        val targets = rule.onAllNodes(hasClickAction()).fetchSemanticsNodes()
        assertTrue(targets.size > 15, "${targets.size} targets")
        targets.forEach { node ->
            val label = node.config.getOrNull(SemanticsProperties.ContentDescription)?.firstOrNull()
            val text = node.config.getOrNull(SemanticsProperties.Text)?.joinToString()
            val entry = node.config.getOrNull(SemanticsActions.SetText)
            val name = label ?: text ?: entry?.label ?: node.config.getOrNull(SemanticsProperties.EditableText)?.text
            assertTrue(!name.isNullOrBlank(), "a target without a name: ${node.config}")
            with(rule.density) {
                val touch = node.touchBoundsInRoot
                assertTrue(touch.height.toDp() >= Space.target - 1.dp, "$name is ${touch.height} high")
                assertTrue(touch.width.toDp() >= Space.target - 1.dp, "$name is ${touch.width} wide")
            }
        }
    }

    @Test
    fun `keys write and erase`() {
        rule.setContent { KartkaTheme(bundled) { Gallery() } }
        listOf("1", "2", ",", "5", "0").forEach { rule.onNodeWithText(it).performClick() }
        rule.onNodeWithContentDescription("Стерти").performClick()
        rule.onNodeWithText("Продати на 12,5").assertExists()
    }

    @Test
    fun `an action under way cannot be tapped again`() {
        rule.setContent { KartkaTheme(bundled) { PrimaryAction("Продати", {}, readiness = Readiness.Working) } }
        rule.onNodeWithText("Продати").assertIsNotEnabled()
    }

    @Test
    fun `a banner is said when it appears and its words tell what its colour tells`() {
        rule.setContent { KartkaTheme(bundled) { Gallery() } }
        val spoken = SemanticsMatcher.keyIsDefined(SemanticsProperties.LiveRegion)
        rule.onNode(spoken).performScrollTo().assertExists()
        assertTrue(
            Mood.entries
                .map { it.glyph }
                .toSet()
                .size == Mood.entries.size,
            "each mood has its own sign",
        )
    }
}
