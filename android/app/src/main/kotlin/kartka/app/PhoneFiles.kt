package kartka.app

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.net.Uri
import kartka.presentation.Picked
import kartka.ui.screen.FileKind
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream
import kotlin.coroutines.CoroutineContext

/**
 * Files that go out of the app and come into it, by the system's own picker: the app needs no right to anybody's files.
 *
 * What is copied is copied on [disk], away from the screen; the app's own copies go as soon as nobody needs them. Who
 * waited is forgotten with the process; a person taps again then.
 */
class PhoneFiles(
    private val activity: Activity,
    private val copies: CopyPlace,
    private val disk: CoroutineContext = Dispatchers.IO,
) {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Main.immediate)
    private val born = System.currentTimeMillis()
    private var answered: ((Uri) -> Unit)? = null

    /** Asks where a copy of [file] shall lie, and tells [kept] once it is there. */
    fun keep(file: String, kept: () -> Unit): Unit = keep(File(file), File(file).name) { kept() }

    /** As [keep], for the shop's own copy, which is renewed in that place from now on. */
    fun keepCopy(file: String, kept: () -> Unit): Unit =
        keep(File(file), COPY) { place ->
            copies.take(place)
            kept()
        }

    private fun keep(from: File, title: String, kept: (Uri) -> Unit) {
        val ask = Intent(Intent.ACTION_CREATE_DOCUMENT).putExtra(Intent.EXTRA_TITLE, title)
        ask(ask) { place ->
            scope.launch {
                val all = copied(Long.MAX_VALUE, from::inputStream) { activity.contentResolver.openOutputStream(place) }
                if (all) kept(place)
            }
        }
    }

    /** Asks for a file, and tells [picked] what becomes of it. */
    fun pick(kind: FileKind, picked: (Picked) -> Unit) {
        ask(Intent(Intent.ACTION_OPEN_DOCUMENT)) { place ->
            picked(Picked.Coming)
            val copy = activity.cacheDir.resolve(PICKED + System.nanoTime())
            scope.launch {
                if (copied(most(kind), { activity.contentResolver.openInputStream(place) }, copy::outputStream)) {
                    picked(Picked.There(copy.path))
                } else {
                    copy.delete()
                    picked(Picked.Not)
                }
            }
        }
    }

    /** The app's own copy of a file is needed no longer; anybody else's is left alone. */
    fun drop(file: String) {
        File(file).takeIf { it.parentFile == activity.cacheDir }?.delete()
    }

    /** Deletes what a process that died has left. */
    fun sweep() {
        scope.launch {
            withContext(disk) {
                val left =
                    activity.cacheDir
                        .listFiles()
                        .orEmpty()
                        .filter { it.lastModified() < born }
                left.filter { it.name.startsWith(PICKED) || MADE.any(it.name::endsWith) }.forEach { it.delete() }
            }
        }
    }

    /** The person has answered, or turned back. */
    fun answered(request: Int, data: Intent?) {
        if (request != REQUEST) return
        val waiting = answered
        answered = null
        data?.data?.let { place -> waiting?.invoke(place) }
    }

    /** The Activity is gone: whoever waited is told nothing more. */
    fun end(): Unit = scope.cancel()

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
    private suspend fun copied(most: Long, from: () -> InputStream?, to: () -> OutputStream?): Boolean =
        withContext(disk) {
            try {
                from()?.use { source -> to()?.use { source.copyAtMost(most, it) } } == true
            } catch (_: IOException) {
                false
            } catch (_: SecurityException) {
                // The app that offered the file takes its leave back.
                false
            }
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

    /** Bytes of a file that is taken in. */
    private fun most(kind: FileKind): Long =
        when (kind) {
            // What a phone has not sent in a month has hardly one part in a hundred of it.
            FileKind.Outbox -> LARGEST_OUTBOX
            // A shop that needs more has long had a server.
            FileKind.ShopCopy -> LARGEST_COPY
        }

    private companion object {
        const val REQUEST = 2
        const val ANY = "*/*"
        const val PICKED = "picked-"

        /** How the core's own files end that were put somewhere else since. */
        val MADE = listOf(".outbox", ".copy")

        /** What the owner sees in their folder, and picks again on a new phone. */
        const val COPY = "kartka.copy"
        const val LARGEST_OUTBOX = 32L * 1_024 * 1_024
        const val LARGEST_COPY = 64 * LARGEST_OUTBOX
    }
}
