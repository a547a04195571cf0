package kartka.desktop.figures

import androidx.compose.runtime.snapshots.Snapshot
import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.input.pointer.PointerEventType
import androidx.compose.ui.input.pointer.PointerType
import androidx.compose.ui.unit.Density
import kartka.corebridge.RandomRequestIds
import kartka.desktop.DeskPhone
import kartka.desktop.letters
import kartka.presentation.CardEntry
import kartka.presentation.CoreGateway
import kartka.presentation.Presenter
import kartka.presentation.Recognition
import kartka.presentation.words.Language
import kartka.ui.design.Motion
import kartka.ui.nav.Counter
import kartka.ui.nav.Here
import kartka.ui.nav.KartkaApp
import kartka.ui.nav.OpenScreens
import kartka.ui.nav.Stage
import kartka.ui.nav.Taste
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.yield

/**
 * A phone's window of 412 × 915 dp, one pixel each, drawn into memory by the processor alone.
 *
 * The caller's event loop is the main thread: [until] runs it, and draws whenever something changed.
 */
internal class MemoryWindow(phone: DeskPhone, scope: CoroutineScope) : AutoCloseable {
    private val core = Noting(phone.core)
    private val here = Here("UA", "figures", enrolled = true)

    /** What is open. */
    val screens = OpenScreens(Counter(core, RandomRequestIds(), Dispatchers.Default, here), scope)

    private val scene =
        ImageComposeScene(WIDTH, HEIGHT, Density(1f), scope.coroutineContext) {
            val taste = Taste(letters, Language.Ukrainian, dark = false, Motion.Reduced)
            KartkaApp(screens, phone.facts, taste, Stage(phone.host) {})
        }

    /** When the last code was handed on to be recognised, in the clock of [System.nanoTime]. */
    val readAt: Long get() = core.readAt

    /** Runs the main thread until [seen], and the frame that shows it is drawn. */
    suspend fun until(seen: () -> Boolean) {
        val late = System.nanoTime() + PATIENCE
        while (true) {
            yield()
            val there = seen()
            frame()
            if (there) return
            check(System.nanoTime() < late) { "it was never seen: ${screens.place.value.route}" }
        }
    }

    /** As [until], for a state of the screen in front. */
    suspend inline fun <reified S : Any> untilState(crossinline seen: (S) -> Boolean): Unit =
        until { (front<Presenter<*, *>>().state.value as? S)?.let(seen) == true }

    /** The presenter of the screen in front. */
    @Suppress("UNCHECKED_CAST")
    fun <P> front(): P = screens.place.value.presenter as P

    /** Draws a frame if anything changed since the last one. */
    fun frame() {
        Snapshot.sendApplyNotifications()
        if (scene.hasInvalidations()) scene.render(System.nanoTime()).close()
    }

    /** A finger at [down] from the upper edge. */
    fun finger(what: PointerEventType, down: Float): Unit =
        scene.sendPointerEvent(what, Offset(WIDTH / 2f, down), type = PointerType.Touch)

    override fun close() {
        screens.end()
        scene.close()
    }

    internal companion object {
        const val WIDTH = 412
        const val HEIGHT = 915
        private const val PATIENCE = 60_000_000_000L
    }
}

/** The core, and when it was last asked whose a code is. */
private class Noting(private val core: CoreGateway) : CoreGateway by core {
    var readAt = 0L
        private set

    override suspend fun recognise(entry: CardEntry): Recognition {
        readAt = System.nanoTime()
        return core.recognise(entry)
    }
}
