package kartka.presentation.pair

import kartka.presentation.CoreGateway
import kartka.presentation.Kept
import kartka.presentation.Presenter
import kartka.presentation.RequestIds
import kartka.presentation.Route
import kartka.presentation.ScanEvent
import kartka.presentation.Sight
import kartka.presentation.Trouble
import kartka.presentation.request
import kartka.presentation.scan.Camera
import kotlinx.coroutines.CoroutineScope
import kotlin.coroutines.CoroutineContext

/**
 * Pairs this phone once; if only fetching the shop's data fails, trying again goes on with it. Frames are read on
 * `reading`, and the owner's code before the camera needs no tap.
 */
public class PairPresenter(
    private val core: CoreGateway,
    private val ids: RequestIds,
    scope: CoroutineScope,
    reading: CoroutineContext,
    deviceName: String,
    kept: Kept? = null,
) : Presenter<PairState, PairAction>(
        PairState(
            request = kept?.request() ?: ids.next(),
            code = kept?.get("code").orEmpty(),
            deviceName = kept?.get("device") ?: deviceName,
        ),
        scope,
    ) {
    private var resume = kept?.flag("pairing") == true
    private val sight = Sight(reading) { now.run { camera == Camera.Searching && !pairing && open == null } }

    init {
        begin { asking(::failed) { core.openScan() }?.let { sight.watch(it, ::take) } }
    }

    /** What the screen needs to go on after the process died. */
    public fun keep(): Kept =
        Kept(
            "request" to now.request.hex,
            "code" to now.code,
            "device" to now.deviceName,
            "pairing" to now.pairing,
        )

    override fun act(action: PairAction) {
        if (now.pairing && action !is PairAction.CameraIs) return
        when (action) {
            PairAction.Shown -> if (resume) pair()
            is PairAction.CameraIs -> show { it.copy(camera = action.camera) }
            is PairAction.Frame -> sight.offer(action.frame)
            is PairAction.Type -> code(action.code)
            is PairAction.TypeDeviceName -> show { it.copy(deviceName = action.text, trouble = null) }
            PairAction.Pair -> if (now.code.isNotBlank() && now.open == null) pair()
            PairAction.Leave -> show { it.copy(open = Route.Back) }
            PairAction.Opened -> show { it.copy(open = null) }
        }
    }

    private fun take(event: ScanEvent) {
        when (event) {
            is ScanEvent.LetsIn -> if (!failedBefore(event.code)) code(event.code).also { pair() }
            is ScanEvent.Read, is ScanEvent.OpensShop -> if (now.trouble == null) show { it.copy(foreign = true) }
            // The owner's phone shines by itself, and the field for typing is on the screen.
            ScanEvent.TorchMayHelp, ScanEvent.TypingMayHelp -> Unit
        }
    }

    /** The camera still sees the code that was refused; a person tries that one again by a tap. */
    private fun failedBefore(code: String): Boolean = now.trouble != null && code == now.code

    /** Another code is another wish; the same one goes on with what it began. */
    private fun code(code: String) {
        val request = if (code.trim() == now.code.trim()) now.request else ids.next()
        show { it.copy(code = code, request = request, trouble = null, foreign = false) }
    }

    private fun pair() {
        resume = false
        show { it.copy(pairing = true, trouble = null, foreign = false) }
        begin {
            val aside =
                asking(::failed) {
                    core.pair(now.request, now.code.trim(), now.deviceName)
                    core.aside()
                }
            val next = aside?.let { if (it.isEmpty()) Route.Scan() else Route.Aside }
            show { it.copy(pairing = false, open = next ?: it.open) }
        }
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
