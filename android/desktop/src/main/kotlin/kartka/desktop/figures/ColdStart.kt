package kartka.desktop.figures

import kartka.desktop.DeskPhone
import kartka.presentation.scan.ScanState
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.job
import kotlinx.coroutines.runBlocking
import java.io.File
import java.lang.management.ManagementFactory

private const val STARTS = 7

/** Starts the app in new processes on the shop in [folder]: how long until there is something to see, and something to do. */
internal fun coldStarts(folder: File): List<Pair<String, String>> {
    val told =
        List(STARTS) {
            val child =
                ProcessBuilder(
                    command() + listOf(COLD, folder.path),
                ).redirectError(ProcessBuilder.Redirect.INHERIT)
            val (first, ready) =
                child
                    .start()
                    .inputStream
                    .bufferedReader()
                    .readLine()
                    .split(' ')
                    .map { it.toDouble() }
            first to ready
        }
    return listOf(
        "cold start: a new process to the first frame" to Times(told.map { it.first }).words(),
        "… to the last sales drawn, and ready for a card" to Times(told.map { it.second }).words(),
    )
}

/** This very program, as the system started it. */
private fun command(): List<String> {
    val runtime = ManagementFactory.getRuntimeMXBean()
    val java = File(System.getProperty("java.home")).resolve("bin/java").path
    return listOf(java) + runtime.inputArguments +
        listOf("-classpath", runtime.classPath, "kartka.desktop.figures.FiguresKt")
}

/** In the child: opens the shop in [folder] and says after how many milliseconds of its life it was seen, and ready. */
internal fun coldStart(folder: File): Unit =
    runBlocking {
        val scope = CoroutineScope(coroutineContext + SupervisorJob(coroutineContext.job))
        DeskPhone.open(folder, scope).use { phone ->
            val window = MemoryWindow(phone, scope)
            window.frame()
            val first = alive()
            window.untilState<ScanState> { it.recentSales.isNotEmpty() && it.sync != null }
            println("$first ${alive()}")
            window.close()
        }
        scope.cancel()
    }

/** Milliseconds since the system began to start this process. */
private fun alive(): Long = System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().startTime
