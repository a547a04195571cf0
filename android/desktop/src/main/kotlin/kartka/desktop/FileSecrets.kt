package kartka.desktop

import kartka.corebridge.Secrets
import java.io.File
import java.nio.file.Files
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardOpenOption.CREATE
import java.nio.file.StandardOpenOption.SYNC
import java.nio.file.StandardOpenOption.TRUNCATE_EXISTING
import java.nio.file.StandardOpenOption.WRITE

/**
 * Secrets as files that only their owner reads, beside the data folder.
 *
 * A laptop has no key store that every system shares: who may read the person's files may read these.
 */
class FileSecrets(private val folder: File) : Secrets {
    init {
        folder.mkdirs()
        folder.setReadable(false, false)
        folder.setReadable(true, true)
        folder.setExecutable(false, false)
        folder.setExecutable(true, true)
    }

    override fun load(name: String): ByteArray? = fileOf(name).takeIf { it.exists() }?.readBytes()

    override fun store(name: String, secret: ByteArray) {
        val next = fileOf("$name.next").toPath()
        Files.write(next, secret, CREATE, WRITE, TRUNCATE_EXISTING, SYNC)
        Files.move(next, fileOf(name).toPath(), ATOMIC_MOVE)
    }

    private fun fileOf(name: String): File = folder.resolve(name.replace(Regex("[^A-Za-z0-9._-]"), "_"))
}
