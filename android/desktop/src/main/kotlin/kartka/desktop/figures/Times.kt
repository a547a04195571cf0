package kartka.desktop.figures

import java.util.Locale

/** Milliseconds that something took, again and again. */
internal class Times(took: List<Double>) {
    private val sorted = took.sorted()

    /** The middle one and the slow ones. */
    fun words(): String = "p50 ${at(MIDDLE)} ms, p95 ${at(SLOW)} ms of ${sorted.size}"

    /** How many frames a display of 60 a second would have shown twice. */
    fun dropped(): Int = sorted.sumOf { (it / FRAME).toInt() }

    private fun at(part: Double): String = "%.1f".format(Locale.ROOT, sorted[(part * (sorted.size - 1)).toInt()])

    private companion object {
        const val MIDDLE = 0.5
        const val SLOW = 0.95
        const val FRAME = 1_000.0 / 60
    }
}
