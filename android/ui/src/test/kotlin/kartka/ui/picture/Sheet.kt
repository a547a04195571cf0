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
private const val COLUMNS = 10
private const val GAP = 8
private const val CAPTION = 16
private val glass = Glass(width = 412, height = 860, density = 0.5f)
private val tile = Pair((glass.width * glass.density).toInt(), (glass.height * glass.density).toInt())

/** [page] as somebody with this look sees it. */
fun Look.drawn(page: Page, glass: Glass = kartka.ui.picture.glass): BufferedImage {
    val image =
        picture(glass.copy(fontScale = fontScale)) {
            KartkaTheme(bundled, colours, Motion.Reduced) {
                Speaking(Speech(language, Samples.facts, TimeZone.getTimeZone("Europe/Kyiv"))) { page.draw() }
            }
        }
    val png = checkNotNull(image.encodeToData(EncodedImageFormat.PNG)).bytes
    return ImageIO.read(ByteArrayInputStream(png))
}

/** Where the picture at [place] stands on a sheet: its left upper corner. */
fun corner(place: Int): Pair<Int, Int> =
    Pair(
        GAP + place % COLUMNS * (tile.first + GAP),
        GAP + CAPTION + place / COLUMNS * (tile.second + GAP + CAPTION),
    )

/** All [pages] on one sheet, each under its name; few colours, so that the file stays small. */
fun contactSheet(pages: List<Page>, pictures: List<BufferedImage>): BufferedImage {
    val rows = (pages.size + COLUMNS - 1) / COLUMNS
    val (width, height) = Pair(corner(COLUMNS - 1).first + tile.first + GAP, corner(rows * COLUMNS).second - CAPTION)
    val sheet = BufferedImage(width, height, BufferedImage.TYPE_INT_RGB)
    val pen = sheet.createGraphics()
    pen.color = Color(0x80, 0x80, 0x80)
    pen.fillRect(0, 0, width, height)
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

/** The part of a sheet that shows the page at [place]. */
fun BufferedImage.page(place: Int): BufferedImage {
    val (x, y) = corner(place)
    return getSubimage(x, y, tile.first, tile.second)
}
