package kartka.desktop

import androidx.compose.runtime.Composable
import kartka.corebridge.Secrets
import kartka.corebridge.SecretsFault
import kartka.presentation.words.Language
import kartka.ui.design.Motion
import kartka.ui.nav.KartkaApp
import kartka.ui.nav.Stage
import kartka.ui.nav.Taste
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.runBlocking
import java.io.File
import java.nio.file.Files

/** A shop for one test: its server process, and phones with folders of their own. */
internal class TestShop : AutoCloseable {
    private val command = checkNotNull(System.getenv("KARTKA_COMMAND"))
    private val folder: File = Files.createTempDirectory("kartka-shop-").toFile()
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Unconfined)
    private val phones = mutableListOf<DeskPhone>()
    private val shelf = Shelf(folder.resolve("shelf"))

    /** Not started yet. */
    val server = DemoServer(command, folder.resolve("server"))

    /** A phone that belongs to the shop; its server runs. */
    fun paired(name: String): DeskPhone = opened(name, server.pairingCode())

    /** A phone as it comes out of its box. */
    fun unpaired(name: String): DeskPhone = opened(name, null)

    /** A laptop of the shop, paired once it was told to: `kartka desk` with [words]; answers with what it said. */
    fun laptop(vararg words: String): String {
        val desk = listOf("desk", "--data", folder.resolve("laptop").path)
        val running = ProcessBuilder(listOf(command) + desk + words).redirectErrorStream(true).start()
        val said = running.inputStream.bufferedReader().readText()
        check(running.waitFor() == 0) { said }
        return said
    }

    /** The same phone after its app was started anew, with what its key store has left: [secrets], or all of them. */
    fun restarted(name: String, phone: DeskPhone, secrets: Secrets? = null): DeskPhone {
        phones.remove(phone)
        phone.close()
        return opened(name, null, secrets)
    }

    /** Where the phone of this name keeps its keys. */
    fun keysOf(name: String): Secrets = FileSecrets(folder.resolve(name).resolve("keys"))

    private fun opened(name: String, code: String?, secrets: Secrets? = null): DeskPhone =
        runBlocking { DeskPhone.open(folder.resolve(name), scope, code, files = shelf, secrets = secrets) }
            .also(phones::add)

    override fun close() {
        phones.forEach { it.close() }
        server.close()
        folder.deleteRecursively()
    }
}

/** Where people of the shop put files, and take the newest one. */
private class Shelf(private val folder: File) : DeskFiles {
    override fun place(name: String): File = folder.also { it.mkdirs() }.resolve(name)

    override fun pick(): File? = folder.listFiles()?.maxByOrNull { it.lastModified() }
}

/** A key store that has lost its own key: what it kept is gone, and it keeps nothing new before that is given up. */
internal class Forgetful(private val secrets: Secrets, names: Set<String>) : Secrets {
    private val lost = names.toMutableSet()

    override fun load(name: String): ByteArray? = if (name in lost) throw SecretsFault.Lost() else secrets.load(name)

    override fun store(name: String, secret: ByteArray) {
        if (lost.isNotEmpty() && secret.isNotEmpty()) throw SecretsFault.Lost()
        lost.remove(name)
        secrets.store(name, secret)
    }
}

/** The whole app of [phone], as a test sees it: English, nothing moves by itself. */
@Composable
internal fun AppOf(phone: DeskPhone) {
    val taste = Taste(letters, Language.English, dark = false, Motion.Reduced)
    KartkaApp(phone.screens, phone.facts, taste, Stage(phone.host) {})
}
