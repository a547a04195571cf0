package kartka.app

import android.app.Activity
import android.app.Application
import android.content.Intent
import android.net.Uri
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
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals

/** Files that leave the app and come into it, by the system's own picker. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = Application::class)
class PhoneFilesTest {
    private val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
    private val files = PhoneFiles(activity)
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
    fun `a picked file is read from the app's own folder`() {
        shadowOf(activity.contentResolver).registerInputStream(place, sealed.inputStream())
        var picked: String? = null
        files.pick { picked = it }
        files.answered(shadowOf(activity).nextStartedActivityForResult.requestCode, Intent().setData(place))
        assertContentEquals(sealed.readBytes(), File(checkNotNull(picked)).readBytes())
    }

    @Test
    fun `somebody's film is not taken in`() {
        shadowOf(activity.contentResolver).registerInputStream(place, Film())
        var picked: String? = null
        files.pick { picked = it }
        files.answered(shadowOf(activity).nextStartedActivityForResult.requestCode, Intent().setData(place))
        assertEquals(null, picked)
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
