package kartka.presentation.open

import kartka.presentation.CoreGateway
import kartka.presentation.Presenter
import kartka.presentation.Route
import kartka.presentation.ScanEvent
import kartka.presentation.Sight
import kartka.presentation.Trouble
import kartka.presentation.scan.Camera
import kotlinx.coroutines.CoroutineScope
import kotlin.coroutines.CoroutineContext

/**
 * Opens the shop's data; when the platform has lost the key, the recovery sheet opens it, or this phone joins anew.
 *
 * Frames are read on `reading`; the sheet before the camera needs no tap. Neither sheet nor file is written down.
 */
public class OpenPresenter(
    private val core: CoreGateway,
    scope: CoroutineScope,
    reading: CoroutineContext,
    route: Route.Open,
) : Presenter<OpenState, OpenAction>(OpenState(why = route.why, restores = route.restores), scope) {
    private val sight = Sight(reading) { now.run { camera == Camera.Searching && looks && open == null } }

    init {
        begin { asking({}) { core.openScan() }?.let { sight.watch(it, ::take) } }
    }

    override fun act(action: OpenAction) {
        when (action) {
            is OpenAction.CameraIs -> show { it.copy(camera = action.camera) }
            OpenAction.Opened -> show { it.copy(open = null) }
            else -> if (!now.opening && now.open == null) choose(action)
        }
    }

    private fun choose(action: OpenAction) {
        when (action) {
            OpenAction.Shown -> if (now.begins) open()
            OpenAction.TryAgain -> open()
            OpenAction.AskSheet -> ask { it.copy(asksSheet = true) }
            OpenAction.AskAnew -> if (now.mayBeginAnew) ask { it.copy(asksAnew = true) }
            OpenAction.BeginAnew -> if (now.asksAnew) beginAnew()
            is OpenAction.PickCopy -> ask { it.copy(picked = action.picked) }
            is OpenAction.Frame -> sight.offer(action.frame)
            is OpenAction.TypeSheet -> show { it.copy(sheet = action.text, trouble = null) }
            OpenAction.UseSheet -> if (now.looksForSheet && now.sheet.isNotBlank()) useSheet()
            OpenAction.OpenCards -> show { it.copy(open = Route.Cards) }
            OpenAction.Leave -> leave()
            is OpenAction.CameraIs, OpenAction.Opened -> Unit
        }
    }

    private fun ask(what: (OpenState) -> OpenState): Unit = show { what(it.asking()) }

    private fun take(event: ScanEvent) {
        // The camera still sees the sheet that was refused; a person tries that one again by a tap.
        if (event !is ScanEvent.OpensShop || event.sheet == now.sheet) return
        show { it.copy(sheet = event.sheet, trouble = null) }
        useSheet()
    }

    private fun useSheet() {
        val (sheet, copy) = now.sheet to now.copy
        work(::failed, { Route.Scan() }) { if (copy == null) core.unlock(sheet) else core.restore(sheet, copy) }
    }

    private fun beginAnew(): Unit = work(::failed, { Route.Pair }) { core.setAside() }

    /** What lies here may be no shop at all. */
    private fun open(): Unit =
        work({ trouble -> show { it.copy(why = trouble) } }, { if (it) Route.Scan() else Route.Start }) { core.open() }

    private fun leave() {
        if (now.asksNothing) show { it.copy(open = Route.Back) } else show { it.asking() }
    }

    private fun work(failed: (Trouble) -> Unit, next: (Boolean) -> Route, what: suspend () -> Unit) {
        show { it.copy(opening = true, trouble = null) }
        begin {
            val there =
                asking(failed) {
                    what()
                    core.isEnrolled()
                }
            // The sheet is the key to everything: it is not kept a moment longer.
            show { now ->
                if (there == null) {
                    now.copy(opening = false)
                } else {
                    OpenState(opened = true, camera = now.camera, open = next(there))
                }
            }
        }
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
