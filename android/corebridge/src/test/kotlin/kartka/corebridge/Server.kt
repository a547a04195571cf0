package kartka.corebridge

import java.io.File
import java.net.InetAddress
import java.net.ServerSocket

private const val CODE = "pairing code: "

/** `kartka serve` on a free port, over a business made by `kartka admin create-business`. */
class Server(private val folder: File) {
    val port: Int = ServerSocket(0, 1, InetAddress.getLoopbackAddress()).use { it.localPort }
    val pairingCodes = mutableListOf<String>()
    private var process: Process? = null

    init {
        val shop = listOf("name", "country", "kind", "owner").flatMap { listOf("--$it", Scenario.text("shop.$it")) }
        val founding = command("admin", "create-business", rest = shop).redirectErrorStream(true).start()
        val said = founding.inputStream.bufferedReader().readText()
        check(founding.waitFor() == 0) { said }
        said.lines().filter { it.startsWith(CODE) }.mapTo(pairingCodes) { it.removePrefix(CODE).trim() }
    }

    /** Serves; adds one more pairing code. */
    fun start() {
        val started = command("serve", rest = listOf("--pair")).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        process = started
        val line =
            started.inputStream
                .bufferedReader()
                .lineSequence()
                .firstOrNull { it.startsWith(CODE) }
        pairingCodes += checkNotNull(line) { "the server ended before it served" }.removePrefix(CODE).trim()
    }

    fun stop() {
        process?.run {
            // Process.destroy would also close the pipe the server says good-bye on.
            toHandle().destroy()
            waitFor()
        }
        process = null
    }

    /** The data of a stopped server, elsewhere. */
    fun keepCopy(): File = folder.resolveSibling("server-copy").also { folder.copyRecursively(it) }

    /** Puts an older state of a stopped server's data in the place of the present one. */
    fun goBackTo(copy: File) {
        folder.deleteRecursively()
        copy.copyRecursively(folder)
        // As on a machine that never served a later epoch.
        val keys = File(folder.path + ".keys").listFiles().orEmpty()
        keys.filter { it.extension == "epoch" }.forEach { it.delete() }
    }

    private fun command(vararg words: String, rest: List<String>): ProcessBuilder {
        val kartka = System.getenv("KARTKA_COMMAND")
        check(!kartka.isNullOrEmpty()) { "KARTKA_COMMAND names no kartka; run the tests by `cargo xtask test`" }
        val place = listOf("--data", folder.path, "--bind", "127.0.0.1:$port")
        return ProcessBuilder(listOf(kartka) + words + place + rest)
    }
}
