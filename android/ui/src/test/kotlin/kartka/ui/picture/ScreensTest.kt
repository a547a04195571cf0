package kartka.ui.picture

import kartka.presentation.words.Language
import kartka.ui.design.DarkColours
import kartka.ui.design.LightColours
import java.awt.image.BufferedImage
import java.io.File
import javax.imageio.ImageIO
import kotlin.math.abs
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

private const val MANY = 50

private const val LIGHTEST = 255

/** The mean difference of a channel, of 255, that two machines' drawing may have. */
private const val TOLERANCE = 4.0

/** The pages that the README shows. */
private val shown =
    listOf(
        "scan-searching" to "uk-light-100",
        "customer-quoted" to "uk-light-100",
        "redeem-allowed" to "en-dark-100",
        "done-committed" to "en-light-100",
        "card-fresh" to "uk-light-100",
        "shift-totals" to "en-light-200",
    )

/** What a shop sees all day, a state of each. */
private val mains =
    listOf(
        "scan" to "searching",
        "scan" to "typing",
        "customer" to "known",
        "customer" to "quoted",
        "redeem" to "allowed",
        "done" to "committed",
        "register" to "valid",
        "search" to "results",
        "history" to "purchases",
        "receipt" to "sold",
        "receipt" to "refund",
        "shift" to "totals",
        "pair" to "scanning",
        "operator" to "ask_pin",
        "inbox" to "items",
        "standing" to "waiting",
        "today" to "figures",
        "devices" to "code",
        "limits" to "bounded",
        "instruments" to "active",
        "wizard" to "step",
        "wizard" to "preview",
        "cards" to "fresh",
        "card" to "fresh",
        "profile" to "saved",
    )

/**
 * Draws every screen in every state and look, and compares with the committed contact sheets.
 *
 * `cargo xtask screens` runs it with `kartka.screens.accept`, which writes the sheets anew.
 */
class ScreensTest {
    private val folder = File(System.getProperty("kartka.screens.folder"))
    private val accepted = System.getProperty("kartka.screens.accept").toBoolean()

    @Test
    fun `every state of the table has a picture, and no picture a state of its own`() {
        val table = tableOf(File(System.getProperty("kartka.screens.table")))
        val drawn = album.map { it.screen to it.face }.toSet()
        assertTrue(table.size > MANY, "the table of screens was not read")
        assertEquals(emptySet(), table - drawn, "without a picture")
        assertEquals(emptySet(), drawn - table, "not in the table")
    }

    @Test
    fun `screens look as they were looked at`() {
        val differing =
            looks.flatMap {
                compared(it, "staff", counter) +
                    compared(it, "office", office + programme + leaving + lostKeys) +
                    compared(it, "customer", holder)
            }
        assertEquals(emptyList(), differing, "run `cargo xtask screens`, look at docs/screens, commit what is meant")
    }

    @Test
    fun `the main screens look well at the counter and in Russian`() {
        val main = mains.map { (screen, face) -> album.first { it.screen == screen && it.face == face } }
        val light = Look(Language.Ukrainian, LightColours, 1f)
        val differing =
            compared(light, "lying", main, lying) +
                compared(light, "small", main, small) +
                compared(Look(Language.Ukrainian, DarkColours, 2f), "small", main, small) +
                compared(light, "tablet", main, tablet) +
                compared(Look(Language.English, DarkColours, 2f), "tablet", main, tablet) +
                compared(Look(Language.Russian, LightColours, 1f), "main", main) +
                compared(Look(Language.Russian, DarkColours, 2f), "main", main)
        assertEquals(emptyList(), differing, "run `cargo xtask screens`, look at docs/screens, commit what is meant")
    }

    private fun compared(look: Look, mode: String, pages: List<Page>, board: Board = inHandOf(look)): List<String> {
        val pictures = pages.map { look.drawn(it, board.glass) }
        val sheet = fewColours(board.sheet(pages, pictures))
        val file = folder.resolve("$mode-${look.name}.png")
        if (accepted) {
            save(sheet, file)
            val here = pages.filter { board == inHandOf(look) }.map { "${it.screen}-${it.face}" }
            val alone = shown.filter { (page, name) -> name == look.name && page in here }
            alone.forEach { (page, _) -> showAlone(page, look) }
            return emptyList()
        }
        val golden = if (file.exists()) ImageIO.read(file) else null
        if (golden?.width != sheet.width || golden.height != sheet.height) {
            return listOf("${file.name} is not there, or of another size")
        }
        return pages.indices
            .filter { difference(board.page(golden, it), board.page(sheet, it)) > TOLERANCE }
            .map { "${file.name}: ${pages[it].screen} ${pages[it].face}" }
            .also { if (it.isNotEmpty()) save(sheet, File("target/${file.name}")) }
    }

    private fun inHandOf(look: Look): Board = if (look.fontScale > 1f) inHandLarge else inHand

    /** One page larger, for the README. */
    private fun showAlone(name: String, look: Look) {
        val page = album.first { "${it.screen}-${it.face}" == name }
        val picture = look.drawn(page, Glass(density = 0.75f))
        save(fewColours(picture, MANY_COLOURS), folder.resolve("app-$name-${look.name}.png"))
    }

    private fun difference(one: BufferedImage, other: BufferedImage): Double {
        var sum = 0L
        for (y in 0 until one.height) {
            for (x in 0 until one.width) {
                val (a, b) = one.getRGB(x, y) to other.getRGB(x, y)
                sum += listOf(16, 8, 0).sumOf { abs((a shr it and LIGHTEST) - (b shr it and LIGHTEST)) }
            }
        }
        return sum / (3.0 * one.width * one.height)
    }

    /** Screens and states as `screens.txt` names them. */
    private fun tableOf(file: File): Set<Pair<String, String>> {
        var screen = ""
        return file.readLines().fold(emptySet()) { found, line ->
            val words = line.split(' ')
            if (words.first() == "screen") screen = words[1]
            if (words.first() == "states") found + words.drop(1).map { screen to it } else found
        }
    }
}
