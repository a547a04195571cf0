package kartka.presentation.aside

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
 * Brings what lies in data whose key was lost to the server, once somebody comes with the sheet: scanned or typed.
 *
 * Frames are read on `reading`; the sheet before the camera needs no tap and is written down nowhere.
 */
public class AsidePresenter(private val core: CoreGateway, scope: CoroutineScope, reading: CoroutineContext) :
    Presenter<AsideState, AsideAction>(AsideState(), scope) {
    private val sight = Sight(reading) { now.run { camera == Camera.Searching && asks && open == null } }

    init {
        begin { asking(::failed) { core.openScan() }?.let { sight.watch(it, ::take) } }
    }

    override fun act(action: AsideAction) {
        when (action) {
            AsideAction.Shown -> if (now.moved == null) begin { look() }
            is AsideAction.CameraIs -> show { it.copy(camera = action.camera) }
            is AsideAction.Frame -> sight.offer(action.frame)
            is AsideAction.TypeSheet -> if (!now.bringing) show { it.copy(sheet = action.text, trouble = null) }
            AsideAction.Bring -> if (now.canBring) bring()
            AsideAction.Leave -> if (!now.bringing) show { it.copy(open = Route.Back) }
            AsideAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun look() {
        show { it.copy(trouble = null) }
        asking(::failed) { core.aside() }?.let { moved -> show { it.copy(moved = moved) } }
    }

    private fun take(event: ScanEvent) {
        // The camera still sees the sheet that was refused; a person tries that one again by a tap.
        if (event !is ScanEvent.OpensShop || event.sheet == now.sheet) return
        show { it.copy(sheet = event.sheet, trouble = null) }
        bring()
    }

    private fun bring() {
        val sheet = now.sheet
        show { it.copy(bringing = true, brought = null, trouble = null) }
        begin {
            val brought = asking(::failed) { core.bringAside(sheet) }
            // The sheet is the key to everything: it is kept only while the same one may have to be tried again.
            show { it.copy(bringing = false, brought = brought).run { if (done) copy(sheet = "") else this } }
        }
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
