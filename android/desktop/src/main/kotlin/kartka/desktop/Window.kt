package kartka.desktop

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.withFrameNanos
import androidx.compose.ui.unit.DpSize
import androidx.compose.ui.unit.dp
import androidx.compose.ui.window.WindowState
import androidx.compose.ui.window.singleWindowApplication
import kartka.presentation.words.Language
import kartka.ui.design.Motion
import kartka.ui.nav.KartkaApp
import kartka.ui.nav.Stage
import kartka.ui.nav.Taste
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.runBlocking
import java.nio.file.Files
import java.util.Locale
import kotlin.concurrent.thread
import kotlin.system.exitProcess

private val phone = DpSize(412.dp, 915.dp)

/** Longer than any machine needs for its first frame. */
private const val PATIENCE_MS = 120_000L

/**
 * Opens the app in a window, paired with a made-up shop that a server beside it keeps while the window is open.
 *
 * With the property `kartka.desktop.glance` it closes after its first frame and says so: that is how it is tested.
 */
fun main() {
    val glance = System.getProperty("kartka.desktop.glance").toBoolean()
    if (glance) giveUpLate()
    val kartka = checkNotNull(System.getenv("KARTKA_COMMAND")) { "start it by `cargo xtask desktop`" }
    val folder = Files.createTempDirectory("kartka-desktop-").toFile()
    val server = DemoServer(kartka, folder.resolve("server")).also { it.start() }
    val scope = CoroutineScope(SupervisorJob() + Dispatchers.Main)
    val desk = runBlocking { DeskPhone.open(folder.resolve("phone"), scope, server.pairingCode()) }
    Runtime.getRuntime().addShutdownHook(
        Thread {
            desk.close()
            server.close()
            folder.deleteRecursively()
        },
    )
    singleWindowApplication(state = WindowState(size = phone), title = desk.facts?.name.orEmpty()) {
        LaunchedEffect(Unit) { desk.core.exchange() }
        if (glance) LaunchedEffect(Unit) { closeOnceDrawn() }
        val taste = Taste(letters, Language.of(Locale.getDefault().language), isSystemInDarkTheme(), Motion.Full)
        KartkaApp(desk.screens, desk.facts, taste, Stage(desk.host) {})
    }
}

/** The second frame begins when the first one is drawn. */
private suspend fun closeOnceDrawn() {
    repeat(2) { withFrameNanos {} }
    println("the window has drawn its first frame")
    // The window's own thread still holds what the system needs to end it.
    thread { exitProcess(0) }
}

/** A window that never draws must not keep a test waiting for ever. */
private fun giveUpLate() {
    thread(isDaemon = true) {
        Thread.sleep(PATIENCE_MS)
        System.err.println("the window has drawn nothing, or does not end")
        Runtime.getRuntime().halt(1)
    }
}
