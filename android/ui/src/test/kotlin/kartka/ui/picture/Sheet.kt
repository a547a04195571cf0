package kartka.ui.picture

import kartka.presentation.words.Language
import kartka.ui.design.Colours
import kartka.ui.design.DarkColours
import kartka.ui.design.KartkaTheme
import kartka.ui.design.LightColours
import kartka.ui.design.Motion
import kartka.ui.text.Speaking
import kartka.ui.text.Speech
import org.jetbrains.skia.EncodedImageFormat
import java.awt.Color
import java.awt.Font
import java.awt.RenderingHints
import java.awt.image.BufferedImage
import java.io.ByteArrayInputStream
import java.util.TimeZone
import javax.imageio.ImageIO

/** One way to see all pages: a language, a theme, a size of letters. */
data class Look(val language: Language, val colours: Colours, val fontScale: Float) {
    /** As the file is called. */
    val name: String
        get() = "${language.tag}-${if (colours.dark) "dark" else "light"}-${(fontScale * PERCENT).toInt()}"
}

/** Every look that the pages are drawn in. */
val looks: List<Look> =
    listOf(Language.Ukrainian, Language.English).flatMap { language ->
        listOf(LightColours, DarkColours).flatMap { colours ->
            listOf(1f, 2f).map { Look(language, colours, it) }
        }
    }

private const val PERCENT = 100
private const val GAP = 8
private const val CAPTION = 16

/** Pictures side by side on one sheet: the glass that each is drawn on, and how many stand in a row. */
class Board(val glass: Glass, private val columns: Int) {
    private val width = (glass.width * glass.density).toInt()
    private val height = (glass.height * glass.density).toInt()

    /** All [pages] on one sheet, each under its name. */
    fun sheet(pages: List<Page>, pictures: List<BufferedImage>): BufferedImage {
        val rows = (pages.size + columns - 1) / columns
        val lowest = corner(rows * columns).second - CAPTION
        val sheet = BufferedImage(corner(columns - 1).first + width + GAP, lowest, BufferedImage.TYPE_INT_RGB)
        val pen = sheet.createGraphics()
        pen.color = Color(0x80, 0x80, 0x80)
        pen.fillRect(0, 0, sheet.width, sheet.height)
        pen.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON)
        val letters = checkNotNull(Look::class.java.getResourceAsStream("/font/manrope_bold.ttf"))
        pen.font = Font.createFont(Font.TRUETYPE_FONT, letters).deriveFont(11f)
        pen.color = Color.BLACK
        pages.forEachIndexed { place, page ->
            val (x, y) = corner(place)
            pen.drawString("${page.screen}: ${page.face}", x, y - 4)
            pen.drawImage(pictures[place], x, y, null)
        }
        pen.dispose()
        return sheet
    }

    /** The part of [sheet] that shows the page at [place]. */
    fun page(sheet: BufferedImage, place: Int): BufferedImage {
        val (x, y) = corner(place)
        return sheet.getSubimage(x, y, width, height)
    }

    /** Where the picture at [place] stands on a sheet: its left upper corner. */
    private fun corner(place: Int): Pair<Int, Int> =
        Pair(
            GAP + place % columns * (width + GAP),
            GAP + CAPTION + place / columns * (height + GAP + CAPTION),
        )
}

/** A phone in a hand. */
val inHand = Board(Glass(width = 412, height = 860, density = 0.5f), columns = 10)

/** The same for letters of twice the size, which are as easy to read on a smaller picture. */
val inHandLarge = Board(Glass(width = 412, height = 860, density = 0.4f), columns = 12)

/** The smallest phone that the app is made for: what is done on a screen leaves the least room there. */
val small = Board(Glass(width = 360, height = 640, density = 0.5f), columns = 8)

/** A phone that lies at the till. */
val lying = Board(Glass(width = 915, height = 412, density = 0.5f), columns = 4)

/** A tablet at the counter. */
val tablet = Board(Glass(width = 1280, height = 800, density = 0.4f), columns = 4)

/** [page] as somebody with this look sees it. */
fun Look.drawn(page: Page, glass: Glass): BufferedImage {
    val image =
        picture(glass.copy(fontScale = fontScale)) {
            KartkaTheme(bundled, colours, Motion.Reduced) {
                Speaking(Speech(language, Samples.facts, TimeZone.getTimeZone("Europe/Kyiv"))) { page.draw() }
            }
        }
    val png = checkNotNull(image.encodeToData(EncodedImageFormat.PNG)).bytes
    return ImageIO.read(ByteArrayInputStream(png))
}
