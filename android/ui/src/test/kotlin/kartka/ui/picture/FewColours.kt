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

/** As many as half a byte numbers: a sheet in them is half as large as one of a hundred colours, and as easy to read. */
private const val COLOURS = 16

/** A page that stands alone may have more. */
internal const val MANY_COLOURS = 96

private const val BYTE = 8
private const val HALF = 4
private const val CHANNEL = 0xFF
private const val COLOUR = 0xFFFFFF

/** [image] in [most] of its colours: grounds stay exactly as they are, the edges of letters nearly. */
internal fun fewColours(image: BufferedImage, most: Int = COLOURS): BufferedImage {
    val pixels = image.getRGB(0, 0, image.width, image.height, null, 0, image.width)
    val counts = HashMap<Int, Int>()
    pixels.forEach { counts.merge(it and COLOUR, 1, Int::plus) }
    val palette = palette(counts, most)
    val model = IndexColorModel(BYTE, palette.size, palette, 0, false, -1, 0)
    val few = BufferedImage(image.width, image.height, BufferedImage.TYPE_BYTE_INDEXED, model)
    val nearest = counts.mapValues { (colour, _) -> palette.indices.minBy { apart(palette[it], colour) }.toByte() }
    val bytes = ByteArray(pixels.size) { at -> nearest.getValue(pixels[at] and COLOUR) }
    few.raster.setDataElements(0, 0, image.width, image.height, bytes)
    return few
}

/** The most frequent colour, then again and again the one by which most is still missing: how far, and how often. */
private fun palette(counts: Map<Int, Int>, most: Int): IntArray {
    val colours = counts.keys.sorted().toIntArray()
    val missing = LongArray(colours.size) { Long.MAX_VALUE }
    var next = colours.indices.maxBy { counts.getValue(colours[it]) }
    val chosen = mutableListOf<Int>()
    while (chosen.size < minOf(most, colours.size)) {
        val taken = colours[next].also(chosen::add)
        colours.indices.forEach { missing[it] = minOf(missing[it], apart(colours[it], taken).toLong()) }
        next = colours.indices.maxBy { counts.getValue(colours[it]) * missing[it] }
    }
    return chosen.toIntArray()
}

private fun apart(one: Int, other: Int): Int =
    listOf(16, 8, 0).sumOf { shift ->
        val channel = (one shr shift and CHANNEL) - (other shr shift and CHANNEL)
        channel * channel
    }

/**
 * Writes [image], which is of few colours, as a PNG a fifth smaller than the platform's: rows of a palette's numbers are
 * never like their differences, which the platform stores for some of them.
 */
fun save(image: BufferedImage, file: File) {
    val palette = image.colorModel as IndexColorModel
    val colours = ByteArray(palette.mapSize * CHANNELS) { palette.getRGB(it / CHANNELS).channel(it % CHANNELS) }
    val bits = if (palette.mapSize <= 1 shl HALF) HALF else BYTE
    val rows = ByteArrayOutputStream()
    DeflaterOutputStream(rows, Deflater(Deflater.BEST_COMPRESSION)).use { out ->
        for (y in 0 until image.height) {
            out.write(0)
            val row = image.raster.getDataElements(0, y, image.width, 1, null) as ByteArray
            out.write(if (bits == HALF) halves(row) else row)
        }
    }
    val head = ByteBuffer.allocate(HEAD).putInt(image.width).putInt(image.height)
    head.put(byteArrayOf(bits.toByte(), INDEXED, 0, 0, 0))
    DataOutputStream(file.outputStream()).use { out ->
        out.write(SIGNATURE)
        out.chunk("IHDR", head.array())
        out.chunk("PLTE", colours)
        out.chunk("IDAT", rows.toByteArray())
        out.chunk("IEND", ByteArray(0))
    }
}

/** Two numbers in a byte, the left one above. */
private fun halves(row: ByteArray): ByteArray =
    ByteArray((row.size + 1) / 2) { at ->
        val right = row.getOrElse(2 * at + 1) { 0 }
        (row[2 * at].toInt() shl HALF or right.toInt()).toByte()
    }

private fun DataOutputStream.chunk(name: String, bytes: ByteArray) {
    val named = name.toByteArray() + bytes
    writeInt(bytes.size)
    write(named)
    writeInt(CRC32().apply { update(named) }.value.toInt())
}

/** Red, green, blue. */
private fun Int.channel(which: Int): Byte = (this shr (CHANNELS - 1 - which) * BYTE and CHANNEL).toByte()

private const val CHANNELS = 3
private const val HEAD = 13

/** A palette's numbers. */
private const val INDEXED: Byte = 3
private val SIGNATURE = byteArrayOf(0x89.toByte(), 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A)
