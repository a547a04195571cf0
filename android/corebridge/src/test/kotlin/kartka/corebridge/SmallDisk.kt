package kartka.corebridge

import java.io.File
import java.io.IOException

private const val CHUNK = 65_536

/** A disk of a few megabytes, and the same disk as one that can't be written. */
class SmallDisk(val writable: File, val readOnly: File) {
    /** Runs [work] while not a byte is free. */
    suspend fun whileFull(work: suspend () -> Unit) {
        val filler = writable.resolve("filler")
        try {
            fill(filler)
            work()
        } finally {
            filler.delete()
        }
    }

    private fun fill(filler: File) {
        val chunk = ByteArray(CHUNK)
        try {
            filler.outputStream().use { while (true) it.write(chunk) }
        } catch (full: IOException) {
            check(filler.length() > CHUNK) { "the small disk has no room to begin with: $full" }
        }
    }

    companion object {
        /** The one that `cargo xtask test` mounted for these tests, if it may mount here. */
        fun ofThisRun(): SmallDisk? {
            val writable = System.getenv("KARTKA_SMALL_DISK") ?: return null
            val readOnly = System.getenv("KARTKA_READ_ONLY_DISK") ?: return null
            return SmallDisk(File(writable), File(readOnly))
        }
    }
}
