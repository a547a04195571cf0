package kartka.presentation.pair

import kartka.presentation.CoreGateway
import kartka.presentation.Kept
import kartka.presentation.Presenter
import kartka.presentation.RequestIds
import kartka.presentation.Route
import kartka.presentation.request
import kotlinx.coroutines.CoroutineScope

/** Pairs this phone once; if only fetching the shop's data fails, trying again goes on with it. */
public class PairPresenter(
    private val core: CoreGateway,
    private val ids: RequestIds,
    scope: CoroutineScope,
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

    /** What the screen needs to go on after the process died. */
    public fun keep(): Kept =
        Kept(
            "request" to now.request.hex,
            "code" to now.code,
            "device" to now.deviceName,
            "pairing" to now.pairing,
        )

    override fun act(action: PairAction) {
        if (now.pairing) return
        when (action) {
            PairAction.Shown -> if (resume) pair()
            is PairAction.Read -> if (now.open == null) code(action.code).also { pair() }
            is PairAction.Type -> code(action.code)
            is PairAction.TypeDeviceName -> show { it.copy(deviceName = action.text, trouble = null) }
            PairAction.Pair -> if (now.code.isNotBlank() && now.open == null) pair()
            PairAction.Leave -> show { it.copy(open = Route.Back) }
            PairAction.Opened -> show { it.copy(open = null) }
        }
    }

    /** Another code is another wish; the same one goes on with what it began. */
    private fun code(code: String) {
        val request = if (code.trim() == now.code.trim()) now.request else ids.next()
        show { it.copy(code = code, request = request, trouble = null) }
    }

    private fun pair() {
        resume = false
        show { it.copy(pairing = true, trouble = null) }
        begin {
            val paired =
                asking({ trouble -> show { it.copy(trouble = trouble) } }) {
                    core.pair(now.request, now.code.trim(), now.deviceName)
                }
            show { it.copy(pairing = false, open = if (paired != null) Route.Scan() else it.open) }
        }
    }
}
