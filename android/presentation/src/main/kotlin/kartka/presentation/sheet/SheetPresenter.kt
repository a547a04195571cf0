package kartka.presentation.sheet

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
 * Shows a new recovery sheet and makes sure that somebody has it on paper: scanned off it, or typed.
 *
 * Frames are read on `reading`.
 */
public class SheetPresenter(private val core: CoreGateway, scope: CoroutineScope, reading: CoroutineContext) :
    Presenter<SheetState, SheetAction>(SheetState(), scope) {
    private var making = false
    private val sight = Sight(reading) { now.run { camera == Camera.Searching && confirms && !checking && !printed } }

    init {
        begin { asking(::failed) { core.openScan() }?.let { sight.watch(it, ::take) } }
    }

    override fun act(action: SheetAction) {
        when (action) {
            SheetAction.Shown -> if (now.sheet == null && !making) make()
            SheetAction.Written -> show { it.copy(confirms = true, typed = "", trouble = null) }
            is SheetAction.CameraIs -> show { it.copy(camera = action.camera) }
            is SheetAction.Frame -> sight.offer(action.frame)
            is SheetAction.Type -> show { it.copy(typed = action.text, trouble = null) }
            SheetAction.Confirm -> if (now.typed.isNotBlank() && !now.checking) confirm()
            SheetAction.Later -> later()
            SheetAction.GoOn -> show { it.copy(open = Route.Scan()) }
            SheetAction.Opened -> show { it.copy(open = null) }
        }
    }

    private fun take(event: ScanEvent) {
        // The camera still sees the sheet that was refused.
        if (event !is ScanEvent.OpensShop || event.sheet == now.typed) return
        show { it.copy(typed = event.sheet, trouble = null) }
        confirm()
    }

    private fun later() {
        if (now.confirms) show { it.copy(confirms = false, trouble = null) } else act(SheetAction.GoOn)
    }

    private fun make() {
        making = true
        show { it.copy(trouble = null) }
        begin {
            asking(::failed) { core.newSheet() }?.let { sheet -> show { it.copy(sheet = sheet) } }
            making = false
        }
    }

    private fun confirm() {
        show { it.copy(checking = true, trouble = null) }
        begin {
            val confirmed = asking(::failed) { core.confirmSheet(now.typed) } != null
            show { if (confirmed) SheetState(printed = true, camera = it.camera) else it.copy(checking = false) }
        }
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
