package kartka.desktop

import java.io.File
import java.net.InetAddress
import java.net.ServerSocket

private const val CODE = "pairing code: "

/**
 * A server of a made-up shop in [folder]: `kartka serve` on a free port of this machine.
 *
 * @param command the `kartka` command
 */
class DemoServer(private val command: String, private val folder: File) : AutoCloseable {
    private val port = ServerSocket(0, 1, InetAddress.getLoopbackAddress()).use { it.localPort }
    private val codes = ArrayDeque<String>()
    private var process: Process? = null

    init {
        val shop = listOf("--name", "Кав'ярня Ранок", "--country", "UA", "--kind", "coffee", "--owner", "Марта")
        val founding = kartka(listOf("admin", "create-business"), shop).redirectErrorStream(true).start()
        val said = founding.inputStream.bufferedReader().readText()
        check(founding.waitFor() == 0) { said }
        said.lines().filter { it.startsWith(CODE) }.mapTo(codes) { it.removePrefix(CODE).trim() }
    }

    /** A code that pairs one phone; there are as many as the server printed. */
    fun pairingCode(): String = codes.removeFirst()

    /** Serves until [close], or until the network is said to be gone by [stop]. */
    fun start() {
        val started = kartka(listOf("serve"), listOf("--pair")).redirectError(ProcessBuilder.Redirect.DISCARD).start()
        process = started
        val lines = started.inputStream.bufferedReader().lineSequence()
        codes +=
            checkNotNull(lines.firstOrNull { it.startsWith(CODE) }) { "the server ended before it served" }
                .removePrefix(CODE)
                .trim()
    }

    /** The server is no longer reached. */
    fun stop() {
        process?.run {
            // Process.destroy would also close the pipe the server says good-bye on.
            toHandle().destroy()
            waitFor()
        }
        process = null
    }

    override fun close(): Unit = stop()

    private fun kartka(words: List<String>, rest: List<String>): ProcessBuilder =
        ProcessBuilder(listOf(command) + words + listOf("--data", folder.path, "--bind", "127.0.0.1:$port") + rest)
}
