package kartka.desktop

import kartka.corebridge.Qr
import kartka.presentation.LumaFrame

private const val INK: Byte = 20

/** 226 of 255. */
private const val PAPER: Byte = -30

private const val SQUARE = 14
private const val NANOS = 1_000_000L

/** A picture of the size that a phone's camera gives. */
private const val CAMERA_WIDTH = 1280
private const val CAMERA_HEIGHT = 720

/** A code before the camera, drawn by the core: nothing but the code, or in the middle of a phone's picture. */
fun DeskPhone.picture(text: String, size: Pair<Int, Int>? = null): LumaFrame =
    checkNotNull(core.squares(text)) { "no QR holds that text" }.picture(size)

/** As [picture], as large as a phone's camera gives it. */
fun DeskPhone.cameraPicture(text: String): LumaFrame = picture(text, CAMERA_WIDTH to CAMERA_HEIGHT)

private fun Qr.picture(size: Pair<Int, Int>?): LumaFrame {
    val (width, height) = size ?: Pair(side * SQUARE, side * SQUARE)
    val square = minOf(SQUARE, height / side)
    val (left, top) = Pair((width - side * square) / 2, (height - side * square) / 2)
    val luma =
        ByteArray(width * height) { at ->
            val (column, row) = Pair((at % width - left).floorDiv(square), (at / width - top).floorDiv(square))
            val inside = column in 0 until side && row in 0 until side
            if (inside && dark[row * side + column]) INK else PAPER
        }
    return LumaFrame(luma, width, height, width, atMillis = System.nanoTime() / NANOS)
}
