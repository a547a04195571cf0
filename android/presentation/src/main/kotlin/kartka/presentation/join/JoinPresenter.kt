package kartka.presentation.join

import kartka.presentation.CoreFault
import kartka.presentation.CoreGateway
import kartka.presentation.Kept
import kartka.presentation.LinkedCard
import kartka.presentation.Pocket
import kartka.presentation.Presenter
import kartka.presentation.Route
import kartka.presentation.ScanEvent
import kartka.presentation.Sight
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.scan.Camera
import kotlinx.coroutines.CoroutineScope
import kotlin.coroutines.CoroutineContext

/**
 * Takes a card in: what the camera sees without a tap, what another app has opened or somebody has typed by one. Frames
 * are read on `reading`. Taking the same card twice gives it its newest link, so nothing has to be remembered of a tap.
 */
public class JoinPresenter(
    private val core: CoreGateway,
    scope: CoroutineScope,
    reading: CoroutineContext,
    route: Route.Join,
    private val pocket: Pocket,
    kept: Kept? = null,
) : Presenter<JoinState, JoinAction>(JoinState(), scope) {
    private val sight = Sight(reading) { now.run { camera == Camera.Searching && !taking && open == null } }

    init {
        type(kept?.get("link")?.let(pocket::take) ?: route.link)
        begin { asking(::failed) { core.openScan() }?.let { sight.watch(it, ::take) } }
    }

    /** What the screen needs to go on after a rotation; the link itself opens the card and is written down nowhere. */
    public fun keep(): Kept = Kept("link" to now.link.ifEmpty { null }?.let(pocket::put))

    override fun act(action: JoinAction) {
        if (now.taking && action !is JoinAction.CameraIs) return
        when (action) {
            JoinAction.Shown -> Unit
            is JoinAction.CameraIs -> show { it.copy(camera = action.camera) }
            is JoinAction.Frame -> sight.offer(action.frame)
            is JoinAction.Type -> type(action.link)
            JoinAction.Take -> if (now.link.isNotBlank() && now.open == null) take(now.link)
            JoinAction.Leave -> show { it.copy(open = Route.Back) }
            JoinAction.Opened -> show { it.copy(open = null) }
        }
    }

    /** Whose card it is stands on the screen before anybody takes it. */
    private fun type(link: String) {
        show { it.copy(link = link, linked = whose(link), trouble = null, foreign = false) }
    }

    private fun whose(link: String): LinkedCard? =
        try {
            core.linked(link.trim())
        } catch (_: CoreFault) {
            // Somebody is still typing; why it is no link is said when they are done.
            null
        }

    private suspend fun take(event: ScanEvent) {
        when (event) {
            is ScanEvent.Read -> if (!failedBefore(event.text)) seen(event.text)
            is ScanEvent.LetsIn, is ScanEvent.OpensShop -> show { it.copy(foreign = true) }
            // The counter's screen shines by itself, and the field for typing is on the screen.
            ScanEvent.TorchMayHelp, ScanEvent.TypingMayHelp -> Unit
        }
    }

    /** The camera still sees the code that was refused; a person tries that one again by a tap. */
    private fun failedBefore(text: String): Boolean = now.trouble != null && text == now.link

    /** What is no link at all is only told to be none: the camera sees many codes. */
    private suspend fun seen(text: String) {
        var fault: Trouble? = null
        asking({ fault = it }) { core.linked(text) }
        if (fault?.kind == TroubleKind.Invalid) return show { it.copy(foreign = true) }
        type(text)
        take(text)
    }

    private fun take(link: String) {
        show { it.copy(taking = true, trouble = null, foreign = false) }
        begin {
            val card = asking(::failed) { core.takeCard(link.trim()) }
            show { it.copy(taking = false, open = if (card != null) Route.Card(card) else it.open) }
        }
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
