package kartka.presentation.attach

import kartka.presentation.CoreGateway
import kartka.presentation.Kept
import kartka.presentation.Presenter
import kartka.presentation.RequestIds
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.request
import kotlinx.coroutines.CoroutineScope

/** Attaches a customer to a sale without a card, once. */
public class AttachPresenter(
    private val core: CoreGateway,
    ids: RequestIds,
    scope: CoroutineScope,
    route: Route.Attach,
    kept: Kept? = null,
) : Presenter<AttachState, AttachAction>(
        AttachState(kept?.request() ?: ids.next(), route.saleId, route.customerId, route.read),
        scope,
    ) {
    private var resume = kept?.flag("writing") == true

    /** What the screen needs to go on after the process died. */
    public fun keep(): Kept = Kept("request" to now.request.hex, "writing" to (now.writing || now.attached))

    override fun act(action: AttachAction) {
        when (action) {
            AttachAction.Shown -> begin { look() }
            AttachAction.Commit -> if (!now.writing && !now.attached) attach()
            AttachAction.Leave -> show { it.copy(open = if (it.attached) Route.Scan() else Route.Back) }
            AttachAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun look() {
        show { it.copy(trouble = null) }
        asking(::failed) { core.customer(now.customerId) }?.let { sheet -> show { it.copy(customer = sheet) } }
        if (resume) {
            resume = false
            attach()
        } else if (!now.attached) {
            asking(::failed) { core.attachQuote(now.saleId, now.customerId, now.read) }?.let { quote ->
                show { it.copy(quote = quote) }
            }
        }
    }

    private fun attach() {
        show { it.copy(writing = true, trouble = null) }
        begin {
            val done = asking(::failed) { core.attach(now.request, now.saleId, now.customerId, now.read) }
            show { it.copy(writing = false, attached = done != null) }
        }
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
