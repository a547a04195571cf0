package kartka.desktop

import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.runtime.LaunchedEffect
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

private val phone = DpSize(412.dp, 915.dp)

/** Opens the app in a window, paired with a made-up shop that a server beside it keeps while the window is open. */
fun main() {
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
        val taste = Taste(letters, Language.of(Locale.getDefault().language), isSystemInDarkTheme(), Motion.Full)
        KartkaApp(desk.screens, desk.facts, taste, Stage(desk.host) {})
    }
}
