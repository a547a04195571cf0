package kartka.presentation.carry

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
 * Brings the file of a phone that could not send: the file is picked, the shop's sheet scanned or typed.
 *
 * Frames are read on `reading`; the sheet before the camera needs no tap. Neither file nor sheet is written down.
 */
public class CarryPresenter(private val core: CoreGateway, scope: CoroutineScope, reading: CoroutineContext) :
    Presenter<CarryState, CarryAction>(CarryState(), scope) {
    private val sight = Sight(reading) { now.run { camera == Camera.Searching && canLook && open == null } }

    init {
        begin { asking(::failed) { core.openScan() }?.let { sight.watch(it, ::take) } }
    }

    override fun act(action: CarryAction) {
        when (action) {
            CarryAction.Shown -> Unit
            is CarryAction.Pick -> if (!now.carrying) show { CarryState(picked = action.picked, camera = it.camera) }
            is CarryAction.CameraIs -> show { it.copy(camera = action.camera) }
            is CarryAction.Frame -> sight.offer(action.frame)
            is CarryAction.TypeSheet -> if (!now.carrying) show { it.copy(sheet = action.text, trouble = null) }
            CarryAction.Carry -> if (now.canCarry) carry()
            CarryAction.Leave -> if (!now.carrying) show { it.copy(open = Route.Back) }
            CarryAction.Opened -> show { it.copy(open = null) }
        }
    }

    private fun take(event: ScanEvent) {
        // The camera still sees the sheet that was refused; a person tries that one again by a tap.
        if (event !is ScanEvent.OpensShop || event.sheet == now.sheet) return
        show { it.copy(sheet = event.sheet, trouble = null) }
        carry()
    }

    private fun carry() {
        val (file, sheet) = (now.file ?: return) to now.sheet
        show { it.copy(carrying = true, trouble = null) }
        begin {
            val carried = asking(::failed) { core.carry(file, sheet) }
            // The sheet is the key to everything: it is not kept a moment longer.
            show { it.copy(carrying = false, carried = carried, sheet = if (carried == null) it.sheet else "") }
        }
    }

    private val CarryState.canLook get() = file != null && !carrying && carried == null

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
