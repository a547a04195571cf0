package kartka.presentation

import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** The table of screens against the code: a state, an action or a text that only one of them knows is named. */
class TableTest {
    private val shells = File(System.getProperty("kartka.shells"))
    private val screens = paragraphs("screens.txt").filter { it.first().startsWith("screen ") }.map(::Row)
    private val keys = paragraphs("strings.txt").map { it.first().substringBefore(' ') }

    private class Row(lines: List<String>) {
        val name = lines.first().split(' ')[1]
        val states = words(lines, "states")
        val actions = words(lines, "actions")
        val words = words(lines, "words")

        private fun words(lines: List<String>, head: String) =
            lines.single { it.startsWith("$head ") }.split(' ').drop(1)

        /** A class of the screen: `scan` has `kartka.presentation.scan.ScanAction`. */
        fun type(suffix: String): Class<*> =
            Class.forName("kartka.presentation.$name.${name.replaceFirstChar { it.uppercase() }}$suffix")
    }

    private fun paragraphs(file: String): List<List<String>> =
        File(shells, file)
            .readText()
            .split("\n\n")
            .map { part ->
                part.lines().filter { it.isNotEmpty() && !it.startsWith("#") }
            }.filter { it.isNotEmpty() }

    @Test
    fun `the states of the table are the states of the code`() {
        screens.forEach { row ->
            val faces = row.type("Face").enumConstants.map { snake((it as Enum<*>).name) }
            assertEquals(faces.sorted(), row.states.sorted(), row.name)
        }
    }

    @Test
    fun `the actions of the table are the actions of the code`() {
        screens.forEach { row ->
            val actions = row.type("Action").permittedSubclasses.map { it.simpleName }
            assertEquals(actions.sorted(), row.actions.sorted(), row.name)
        }
    }

    @Test
    fun `each action of the table is acted by a test`() {
        val tests = File(System.getProperty("kartka.tests")).walk().filter { it.extension == "kt" }
        val text = tests.joinToString("\n") { it.readText() }
        val missing =
            screens.flatMap { row ->
                row.actions.map { "${row.type("Action").simpleName}.$it" }.filter { Regex("\\b$it\\b") !in text }
            }
        assertEquals(emptyList(), missing)
    }

    @Test
    fun `each state of the table is reached by a presenter and no other`() {
        val expected = screens.flatMap { row -> row.states.map { "${row.name}.$it" } }
        assertEquals(expected.sorted(), SHOWN.map { it.name }.sorted())
        SHOWN.forEach { shown ->
            val face = snake(shown.state().face.name)
            assertEquals(shown.name.substringAfter('.'), face, shown.name)
        }
    }

    @Test
    fun `every text belongs to a screen or to all of them`() {
        val everywhere =
            paragraphs("screens.txt")
                .first()
                .last()
                .split(' ')
                .drop(1)
        val groups = screens.flatMap { it.words }.toSet() + everywhere
        val lost = keys.filter { it.substringBefore('.') !in groups }
        assertEquals(emptyList(), lost)
        val empty = screens.flatMap { it.words }.filter { group -> keys.none { it.startsWith("$group.") } }
        assertEquals(emptyList(), empty, "groups without a text")
    }

    @Test
    fun `every next step and every word that an answer may have is in the table`() {
        NextStep.entries.forEach { assertTrue("next.${snake(it.name)}" in keys, it.name) }
        EffectKind.entries.forEach { assertTrue("effect.${snake(it.name)}" in keys, it.name) }
        SyncDot.entries.forEach { assertTrue("sync.${snake(it.name)}" in keys, it.name) }
    }
}

/** Every state of the table, as a presenter comes to show it. */
val SHOWN: List<ShownState> =
    ScanStates.all + CounterStates.all + HouseStates.all + OwnerStates.all +
        LeavingStates.all + TiesStates.all + ReturnsStates.all + HolderStates.all +
        LostKeyStates.all
