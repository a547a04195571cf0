package kartka.app

import android.app.Activity
import android.app.Application
import android.content.Intent
import android.net.Uri
import kartka.presentation.Picked
import kartka.ui.screen.FileKind
import kotlinx.coroutines.Dispatchers
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream
import java.util.concurrent.CompletableFuture
import java.util.concurrent.TimeUnit
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue

/** Files that leave the app and come into it, by the system's own picker. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = Application::class)
class PhoneFilesTest {
    private val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
    private val files = PhoneFiles(activity, CopyPlace(activity), Dispatchers.Unconfined)
    private val place = Uri.parse("content://somewhere/file")
    private val sealed = File.createTempFile("kartka-", ".outbox").apply { writeBytes(byteArrayOf(1, 2, 3)) }
    private var kept = 0

    @Test
    fun `a file is kept where the person says and only then`() {
        val out = ByteArrayOutputStream()
        shadowOf(activity.contentResolver).registerOutputStream(place, out)
        files.keep(sealed.path) { kept++ }
        val asked = shadowOf(activity).nextStartedActivityForResult
        assertEquals(Intent.ACTION_CREATE_DOCUMENT, asked.intent.action)
        assertEquals(sealed.name, asked.intent.getStringExtra(Intent.EXTRA_TITLE))
        assertEquals(0, kept)
        files.answered(asked.requestCode, Intent().setData(place))
        assertContentEquals(sealed.readBytes(), out.toByteArray())
        assertEquals(1, kept)
    }

    @Test
    fun `whoever turns back or has no room has kept nothing`() {
        files.keep(sealed.path) { kept++ }
        val request = shadowOf(activity).nextStartedActivityForResult.requestCode
        files.answered(request, null)
        shadowOf(activity.contentResolver).registerOutputStream(place, Full)
        files.keep(sealed.path) { kept++ }
        files.answered(request, Intent().setData(place))
        assertEquals(0, kept)
    }

    @Test
    fun `a picked file is read from the app's own folder, and is gone when nobody needs it`() {
        shadowOf(activity.contentResolver).registerInputStream(place, sealed.inputStream())
        val told = picked(files)
        val (coming, there) = told
        assertEquals(Picked.Coming, coming)
        val copy = File(assertIs<Picked.There>(there).file)
        assertContentEquals(sealed.readBytes(), copy.readBytes())
        files.drop(sealed.path)
        assertTrue(sealed.exists(), "somebody else's file is not the app's to delete")
        files.drop(copy.path)
        assertFalse(copy.exists())
    }

    @Test
    fun `somebody's film is not taken in, and nothing of it stays`() {
        shadowOf(activity.contentResolver).registerInputStream(place, Film())
        assertEquals(listOf<Picked>(Picked.Coming, Picked.Not), picked(files))
        assertEquals(emptyList(), activity.cacheDir.list()?.toList())
    }

    @Test
    fun `a file that comes slowly does not hold up the screen`() {
        val (main, read) = Thread.currentThread() to CompletableFuture<Thread>()
        val slow =
            object : InputStream() {
                override fun read(): Int = -1.also { read.complete(Thread.currentThread()) }

                override fun read(into: ByteArray, from: Int, bytes: Int): Int = read()
            }
        shadowOf(activity.contentResolver).registerInputStream(place, slow)
        picked(PhoneFiles(activity, CopyPlace(activity)))
        assertTrue(read.get(10, TimeUnit.SECONDS) != main)
    }

    @Test
    fun `what a process that died has left is deleted, and what is made since then is not`() {
        val left = listOf("picked-1", "kartka-2.outbox").map { activity.cacheDir.resolve(it) }
        left.forEach { it.apply { writeText("left") }.setLastModified(1_000) }
        val fresh = activity.cacheDir.resolve("picked-3").apply { writeText("fresh") }
        fresh.setLastModified(System.currentTimeMillis() + 1_000)
        files.sweep()
        assertEquals(listOf(false, false, true), (left + fresh).map { it.exists() })
    }

    /** What is told of a file that is picked at [place]. */
    private fun picked(files: PhoneFiles): List<Picked> {
        val told = mutableListOf<Picked>()
        files.pick(FileKind.Outbox) { told += it }
        files.answered(shadowOf(activity).nextStartedActivityForResult.requestCode, Intent().setData(place))
        return told
    }

    /** Never ends. */
    private class Film : InputStream() {
        override fun read(): Int = 0

        override fun read(into: ByteArray, from: Int, bytes: Int): Int = bytes
    }

    private object Full : OutputStream() {
        override fun write(b: Int): Unit = throw IOException("no room")
    }
}
