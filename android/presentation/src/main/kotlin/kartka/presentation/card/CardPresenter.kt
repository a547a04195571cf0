package kartka.presentation.card

import kartka.presentation.CoreGateway
import kartka.presentation.Presenter
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kotlinx.coroutines.CoroutineScope

/** One card: its code at once, what its shop said last, then what it says now. */
public class CardPresenter(private val core: CoreGateway, scope: CoroutineScope, card: Long) :
    Presenter<CardState, CardAction>(CardState(card), scope) {
    override fun act(action: CardAction) {
        when (action) {
            CardAction.Shown, CardAction.Refresh -> begin { look() }
            CardAction.OpenProfile -> open(Route.Profile(now.id))
            CardAction.Join -> open(Route.Join())
            CardAction.AskRemove -> show { it.copy(asksRemove = true) }
            CardAction.Remove -> if (now.asksRemove) begin { remove() }
            CardAction.Leave -> if (now.asksRemove) show { it.copy(asksRemove = false) } else open(Route.Back)
            CardAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun look() {
        read()
        if (now.asking || now.trouble != null) return
        show { it.copy(asking = true) }
        val answers = asking(::notAsked) { core.askShops(now.id) }
        show { it.copy(asking = false, unreached = answers == null || answers.unreached > 0) }
        if (now.trouble == null) read()
    }

    private suspend fun read() {
        val card = asking(::failed) { core.heldCard(now.id) } ?: return
        show { it.copy(card = card, trouble = null) }
    }

    private suspend fun remove() {
        val removed = asking(::failed) { core.removeCard(now.id) }
        show { it.copy(asksRemove = false, open = if (removed != null) Route.Back else it.open) }
    }

    /** Without any way out, or stopped together with all cards, the card is as good as before; anything else is said. */
    private fun notAsked(trouble: Trouble) {
        if (trouble.kind != TroubleKind.Offline && trouble.kind != TroubleKind.Cancelled) failed(trouble)
    }

    private fun open(route: Route): Unit = show { it.copy(open = route) }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
