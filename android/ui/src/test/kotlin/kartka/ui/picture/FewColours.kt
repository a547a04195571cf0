package kartka.ui.picture

import java.awt.image.BufferedImage
import java.awt.image.IndexColorModel
import java.io.ByteArrayOutputStream
import java.io.DataOutputStream
import java.io.File
import java.nio.ByteBuffer
import java.util.zip.CRC32
import java.util.zip.Deflater
import java.util.zip.DeflaterOutputStream

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

/**
 * Writes [image], which is of few colours, as a PNG a fifth smaller than the platform's: rows of a palette's numbers are
 * never like their differences, which the platform stores for some of them.
 */
fun save(image: BufferedImage, file: File) {
    val palette = image.colorModel as IndexColorModel
    val colours = ByteArray(palette.mapSize * CHANNELS) { palette.getRGB(it / CHANNELS).channel(it % CHANNELS) }
    val rows = ByteArrayOutputStream()
    DeflaterOutputStream(rows, Deflater(Deflater.BEST_COMPRESSION)).use { out ->
        for (y in 0 until image.height) {
            out.write(0)
            out.write(image.raster.getDataElements(0, y, image.width, 1, null) as ByteArray)
        }
    }
    val head = ByteBuffer.allocate(HEAD).putInt(image.width).putInt(image.height)
    head.put(byteArrayOf(BITS.toByte(), INDEXED, 0, 0, 0))
    DataOutputStream(file.outputStream()).use { out ->
        out.write(SIGNATURE)
        out.chunk("IHDR", head.array())
        out.chunk("PLTE", colours)
        out.chunk("IDAT", rows.toByteArray())
        out.chunk("IEND", ByteArray(0))
    }
}

private fun DataOutputStream.chunk(name: String, bytes: ByteArray) {
    val named = name.toByteArray() + bytes
    writeInt(bytes.size)
    write(named)
    writeInt(CRC32().apply { update(named) }.value.toInt())
}

/** Red, green, blue. */
private fun Int.channel(which: Int): Byte = (this shr (CHANNELS - 1 - which) * BITS and CHANNEL).toByte()

private const val CHANNELS = 3
private const val HEAD = 13

/** A palette's numbers. */
private const val INDEXED: Byte = 3
private val SIGNATURE = byteArrayOf(0x89.toByte(), 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A)
