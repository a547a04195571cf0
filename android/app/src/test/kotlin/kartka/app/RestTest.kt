package kartka.app

import android.app.Activity
import android.content.ContentProvider
import android.content.ContentValues
import android.content.Intent
import android.net.Uri
import android.os.Looper
import android.os.ParcelFileDescriptor
import kartka.corebridge.CardsPlace
import kartka.corebridge.KartkaGateway
import kartka.corebridge.RandomRequestIds
import kartka.corebridge.Severity
import kartka.corebridge.ShopPlace
import kartka.presentation.CopyAge
import kartka.presentation.Founding
import kartka.presentation.ShopKind
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.io.File
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue

/** What is due is done while nobody waits, and the shop's copy is renewed where its owner picked. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = QuietApplication::class)
class RestTest {
    private val phone get() = RuntimeEnvironment.getApplication() as QuietApplication
    private val core get() = phone.house.core
    private val ids = RandomRequestIds()
    private val born = System.currentTimeMillis()

    /** What the owner wrote down. */
    private lateinit var sheet: String

    @Before
    fun founds(): Unit =
        runBlocking {
            phone.house.opened().found(ids.next(), Founding("Кав'ярня", "UA", ShopKind.Coffee, "Марта"))
            phone.house.look()
            sheet = core.newSheet().letters
            core.confirmSheet(sheet)
        }

    @After
    fun close() = phone.ends()

    @Test
    fun `what is due is done when the app is left`() {
        val former = aNewKeyIsDue()
        val desk = Robolectric.buildActivity(QuietActivity::class.java).setup()
        eventually("the counter") { desk.get().shell != null }
        assertContentEquals(former, key(), "not in anybody's way")
        desk.pause().stop()
        eventually("a new key") { !former.contentEquals(key()) }
    }

    @Test
    fun `what is due is done after an exchange in the background`() {
        val former = aNewKeyIsDue()
        assertEquals(Exchanged.Done, runBlocking { exchanged(phone.house) {} })
        assertFalse(former.contentEquals(key()))
    }

    @Test
    fun `what is due is done in a new process without a network`() {
        val former = aNewKeyIsDue()
        phone.isReborn()
        assertEquals(Exchanged.Done, runBlocking { rested(phone.house) })
        assertFalse(former.contentEquals(key()))
    }

    @Test
    fun `the copy lies where the owner picked, is renewed there by itself, and opens on a new phone`() {
        val copy = picks()
        assertIs<CopyAge.Aged>(runBlocking { core.copyAge() })
        val first = copy.readBytes()
        runBlocking { phone.house.rest() }
        assertContentEquals(first, copy.readBytes(), "nothing is new")

        somethingIsNew()
        phone.isReborn()
        assertEquals(Exchanged.Done, runBlocking { rested(phone.house) })
        assertFalse(first.contentEquals(copy.readBytes()))
        assertEquals(emptyList(), leftovers())
        assertEquals(listOf("Базар"), runBlocking { outletsIn(copy) })
    }

    @Test
    fun `a place that is full or gone keeps nobody from anything, and its copy only grows old`() {
        val copy = picks()
        somethingIsNew()
        Shelf.gone = true
        runBlocking { phone.house.rest() }
        assertTrue(runBlocking { core.copyDue() }, "it does not count")
        assertEquals(emptyList(), leftovers())
        Shelf.gone = false
        runBlocking { phone.house.rest() }
        assertFalse(runBlocking { core.copyDue() })
        assertTrue(copy.length() > 0)
    }

    /** A sheet was replaced: the data wait for another key. */
    private fun aNewKeyIsDue(): ByteArray {
        runBlocking { core.confirmSheet(core.newSheet().letters) }
        return key()
    }

    private fun key(): ByteArray = checkNotNull(phone.secrets.load("database-key"))

    private fun somethingIsNew(): Unit =
        runBlocking { core.renameOutlet(ids.next(), core.outlets().single().number, "Базар") }

    /** The owner picks a place for the copy, as the screen of the exchange has it. */
    private fun picks(): File {
        val shelf = Robolectric.buildContentProvider(Shelf::class.java).create("shelf").get()
        shelf.file.createNewFile()
        val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
        val files = PhoneFiles(activity, phone.copies, Dispatchers.Unconfined)
        val made = runBlocking { core.writeCopy() }
        files.keepCopy(made.path) { runBlocking { core.copyLies(made) } }
        val asked = shadowOf(activity).nextStartedActivityForResult
        assertEquals("kartka.copy", asked.intent.getStringExtra(Intent.EXTRA_TITLE))
        files.answered(asked.requestCode, Intent().setData(Uri.parse("content://shelf/kartka.copy")))
        File(made.path).delete()
        return shelf.file
    }

    /** The names of the outlets in a copy, on a phone that the sheet opens it on. */
    private suspend fun outletsIn(copy: File): List<String> {
        val folder = phone.folder.resolve("new").also { it.mkdirs() }
        val (place, cards) =
            ShopPlace(folder.path, RamSecrets(), ::unheard) to
                CardsPlace(folder.path, RamSecrets(), ::unheard)
        return KartkaGateway(place, cards).use { restored ->
            restored.restore(sheet, copy.path)
            restored.outlets().map { it.name }
        }
    }

    @Suppress("UNUSED_PARAMETER")
    private fun unheard(severity: Severity, what: String, report: String?) = Unit

    /** What of the app's own copies was left behind. */
    private fun leftovers(): List<String> =
        File(System.getProperty("java.io.tmpdir"))
            .listFiles()
            .orEmpty()
            .filter { it.name.endsWith(".copy") && it.lastModified() >= born }
            .map { it.name }

    private fun eventually(what: String, done: () -> Boolean) {
        val deadline = System.nanoTime() + PATIENCE
        while (!done()) {
            check(System.nanoTime() < deadline) { "waited in vain for $what" }
            Thread.yield()
            shadowOf(Looper.getMainLooper()).idle()
        }
    }

    private companion object {
        const val PATIENCE = 60_000_000_000
    }
}

/** Somebody's drive, with one file on it. */
class Shelf : ContentProvider() {
    val file: File = File.createTempFile("shelf-", ".copied").also { it.deleteOnExit() }

    override fun onCreate(): Boolean = true

    override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor {
        if (gone) throw UnsupportedOperationException("$mode of $uri")
        return ParcelFileDescriptor.open(file, ParcelFileDescriptor.parseMode(mode))
    }

    override fun query(uri: Uri, of: Array<String>?, which: String?, with: Array<String>?, sorted: String?) = null

    override fun getType(uri: Uri): String? = null

    override fun insert(uri: Uri, values: ContentValues?): Uri? = null

    override fun delete(uri: Uri, which: String?, with: Array<String>?): Int = 0

    override fun update(uri: Uri, values: ContentValues?, which: String?, with: Array<String>?): Int = 0

    companion object {
        /** The app behind it fails, with whatever it throws. */
        var gone = false
    }
}
