package kartka.desktop

import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.test.ComposeTimeoutException
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasSetTextAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.isEnabled
import androidx.compose.ui.test.junit4.ComposeContentTestRule
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTextInput

/** A cashier's hand: it taps and types, counts its taps, and waits for what it sees. */
@OptIn(ExperimentalTestApi::class)
internal class Hand(private val rule: ComposeContentTestRule, private val phone: DeskPhone) {
    private var tapped = 0

    fun taps(work: Hand.() -> Unit): Int {
        val before = tapped
        work()
        return tapped - before
    }

    /** Holds a card before the camera, which gives picture after picture, until the screen says [text]. */
    fun shows(card: String, text: String) {
        rule.waitForIdle()
        var looks = 0
        try {
            rule.waitUntil(PATIENCE) {
                if (looks++ % LOOKS_PER_PICTURE == 0) phone.show(phone.picture(card))
                rule.onAllNodes(hasText(text, substring = true)).fetchSemanticsNodes().isNotEmpty()
            }
        } catch (late: ComposeTimeoutException) {
            throw AssertionError("no \"$text\" among ${seen()}", late)
        }
    }

    fun sees(text: String): Unit = sees(text, hasText(text, substring = true))

    private fun sees(text: String, matcher: SemanticsMatcher) {
        try {
            rule.waitUntilAtLeastOneExists(matcher, PATIENCE)
        } catch (late: ComposeTimeoutException) {
            throw AssertionError("no \"$text\" among ${seen()}", late)
        }
    }

    private fun seen(): List<String> =
        rule.onAllNodes(SemanticsMatcher.keyIsDefined(SemanticsProperties.Text)).fetchSemanticsNodes().map { node ->
            node.config[SemanticsProperties.Text].joinToString()
        }

    /** Taps what says exactly [text]. */
    fun tap(text: String): Unit = tap(text, hasText(text) and hasClickAction())

    /** Taps the first thing that says [text] among other words. */
    fun tapWith(text: String): Unit = tap(text, hasText(text, substring = true) and hasClickAction())

    private fun tap(text: String, matcher: SemanticsMatcher) {
        sees(text, matcher and isEnabled())
        tapped++
        val target = rule.onAllNodes(matcher and isEnabled()).onFirst()
        // What is below the edge is pushed into sight first, as a thumb does.
        if (target.fetchSemanticsNode().scrolls) target.performScrollTo()
        target.performClick()
    }

    private val SemanticsNode.scrolls: Boolean
        get() = generateSequence(parent) { it.parent }.any { SemanticsActions.ScrollBy in it.config }

    /** Pushes the screen until [text] is in sight. */
    fun scrollsTo(text: String) {
        sees(text)
        rule.onAllNodes(hasText(text) and hasClickAction()).onFirst().performScrollTo()
    }

    /** The whole text that begins with [start], wherever it stands. */
    fun reads(start: String): String {
        sees(start)
        return seen().first { it.startsWith(start) }
    }

    fun types(field: String, text: String) {
        sees(field)
        rule.onNode(hasText(field) and hasSetTextAction()).performTextInput(text)
    }

    fun keys(keys: String): Unit = keys.forEach { rule.onAllNodesWithText("$it").onFirst().performClick() }

    private companion object {
        const val PATIENCE = 30_000L
        const val LOOKS_PER_PICTURE = 20
    }
}
