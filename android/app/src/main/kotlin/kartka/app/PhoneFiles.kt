package kartka.app

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.net.Uri
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream

/**
 * Files that go out of the app and come into it, by the system's own picker: the app needs no right to anybody's files.
 *
 * Who waited is forgotten with the process; a person taps again then.
 */
class PhoneFiles(private val activity: Activity) {
    private var answered: ((Uri) -> Unit)? = null

    /** Asks where a copy of [file] shall lie, and tells [kept] once it is there. */
    fun keep(file: String, kept: () -> Unit) {
        val from = File(file)
        val ask = Intent(Intent.ACTION_CREATE_DOCUMENT).putExtra(Intent.EXTRA_TITLE, from.name)
        ask(ask) { place -> if (copied(from::inputStream) { activity.contentResolver.openOutputStream(place) }) kept() }
    }

    /** Asks for a file, and tells [picked] where a copy of it lies. */
    fun pick(picked: (String) -> Unit) {
        ask(Intent(Intent.ACTION_OPEN_DOCUMENT)) { place ->
            val copy = activity.cacheDir.resolve(PICKED)
            if (copied({ activity.contentResolver.openInputStream(place) }, copy::outputStream)) picked(copy.path)
        }
    }

    /** The person has answered, or turned back. */
    fun answered(request: Int, data: Intent?) {
        if (request != REQUEST) return
        val waiting = answered
        answered = null
        data?.data?.let { place -> waiting?.invoke(place) }
    }

    private fun ask(what: Intent, then: (Uri) -> Unit) {
        try {
            @Suppress("DEPRECATION")
            activity.startActivityForResult(what.addCategory(Intent.CATEGORY_OPENABLE).setType(ANY), REQUEST)
            answered = then
        } catch (_: ActivityNotFoundException) {
            // A phone without a picker: nothing was asked, and nothing is said to be kept.
        }
    }

    /** Whether everything arrived: a place that fills up, a card that was pulled out, and somebody's film keep nothing. */
    private fun copied(from: () -> InputStream?, to: () -> OutputStream?): Boolean =
        try {
            from()?.use { source -> to()?.use { source.copyAtMost(MOST, it) } } == true
        } catch (_: IOException) {
            false
        }

    /** Whether it has no more than [most] bytes; what is beyond is not read. */
    private fun InputStream.copyAtMost(most: Long, to: OutputStream): Boolean {
        val buffer = ByteArray(DEFAULT_BUFFER_SIZE)
        var copied = 0L
        while (true) {
            val bytes = read(buffer)
            if (bytes < 0) return true
            copied += bytes
            if (copied > most) return false
            to.write(buffer, 0, bytes)
        }
    }

    private companion object {
        const val REQUEST = 2
        const val ANY = "*/*"
        const val PICKED = "picked"

        /** Bytes of a file that is taken in; what a phone has not sent in a month has hardly one part in a hundred of it. */
        const val MOST = 32L * 1_024 * 1_024
    }
}
