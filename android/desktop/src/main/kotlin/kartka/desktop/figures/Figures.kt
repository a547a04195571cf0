package kartka.desktop.figures

import kartka.desktop.DeskPhone
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.job
import kotlinx.coroutines.runBlocking
import java.io.File
import java.lang.management.ManagementFactory
import java.nio.file.Files
import java.util.Locale

/** The child that is started cold is told so by this word, and the folder of the shop. */
internal const val COLD = "cold"

/**
 * Measures the counter as a person meets it, over the real core with a shop of 20,000 customers, and prints the table of
 * docs/performance.md. `cargo xtask figures` starts it.
 *
 * It draws into memory: no display waits for a frame here and no graphics card helps.
 */
fun main(words: Array<String>) {
    System.setProperty("java.awt.headless", "true")
    Locale.setDefault(Locale.ENGLISH)
    if (words.firstOrNull() == COLD) return coldStart(File(words[1]))
    val folder = Files.createTempDirectory("kartka-figures-").toFile()
    try {
        val customers = runBlocking { BusyShop(folder).open() }
        val figures = coldStarts(folder) + runBlocking { counter(folder, customers) }
        println(
            figures.joinToString("\n", "| figure | measured |\n| --- | --- |\n") { "| ${it.first} | ${it.second} |" },
        )
    } finally {
        folder.deleteRecursively()
    }
}

/** A shop that is open in one process: everything that needs no new one. */
private suspend fun counter(folder: File, customers: List<Long>): List<Pair<String, String>> {
    val scope =
        CoroutineScope(
            kotlin.coroutines.coroutineContext + SupervisorJob(kotlin.coroutines.coroutineContext.job),
        )
    val figures =
        DeskPhone.open(folder, scope).use { phone ->
            val window = MemoryWindow(phone, scope)
            val measured = Counted(phone, window, customers).all() + memory()
            window.close()
            measured
        }
    scope.cancel()
    return figures
}

/** What the process holds with all that done and the list still open: the system's word where there is one, and the heap's. */
private fun memory(): List<Pair<String, String>> {
    val beans = ManagementFactory.getMemoryMXBean()
    beans.gc()
    val heap = beans.heapMemoryUsage.used / KILO / KILO
    val lines = File("/proc/self/status").takeIf { it.exists() }?.readLines().orEmpty()
    val told = { name: String ->
        lines
            .find { it.startsWith(name) }
            ?.filter { it.isDigit() }
            ?.toLong()
            ?.div(KILO)
    }
    val resident = told("VmRSS")?.let { "$it MB, at most ${told("VmHWM")} MB" } ?: "the system does not say"
    return listOf("memory of the process afterwards" to resident, "of it Java's heap in use" to "$heap MB")
}

private const val KILO = 1024
