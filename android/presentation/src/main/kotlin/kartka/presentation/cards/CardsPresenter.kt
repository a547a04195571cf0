package kartka.presentation.cards

import kartka.presentation.CoreGateway
import kartka.presentation.Presenter
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope

/** The cards at once as they were last heard of, then as their shops say now: nothing waits for the network. */
public class CardsPresenter(private val core: CoreGateway, scope: CoroutineScope, staffed: Boolean) :
    Presenter<CardsState, CardsAction>(CardsState(staffed), scope) {
    override fun act(action: CardsAction) {
        when (action) {
            CardsAction.Shown, CardsAction.Refresh -> begin { look() }
            is CardsAction.Tap -> open(Route.Card(action.card))
            CardsAction.Add -> open(Route.Join())
            CardsAction.AskAnew -> if (now.face == CardsFace.KeyMissing) show { it.copy(asksAnew = true) }
            CardsAction.BeginAnew -> if (now.asksAnew) begin { beginAnew() }
            CardsAction.RunShop -> open(Route.Start)
            CardsAction.Leave -> if (now.asksAnew) show { it.copy(asksAnew = false) } else open(Route.Back)
            CardsAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun look() {
        read()
        if (now.cards.isNullOrEmpty() || now.asking || now.trouble != null) return
        show { it.copy(asking = true) }
        val answers = asking(::notAsked) { untilLeft { core.askShops() } }
        show { it.copy(asking = false, unreached = answers == null || answers.unreached > 0) }
        if (now.trouble == null) read()
    }

    /** A screen that is gone leaves no shop after shop being asked behind it. */
    private suspend fun <T> untilLeft(work: suspend () -> T): T =
        try {
            work()
        } catch (gone: CancellationException) {
            core.stopAsking()
            throw gone
        }

    private suspend fun read() {
        val cards = asking(::failed) { core.heldCards() } ?: return
        show { it.copy(cards = cards, trouble = null) }
    }

    private suspend fun beginAnew() {
        asking(::failed) { core.beginAnew() } ?: return show { it.copy(asksAnew = false) }
        show { CardsState(it.staffed) }
        read()
    }

    /** Without any way out, or stopped by whoever left, the cards are as good as before; anything else is said. */
    private fun notAsked(trouble: Trouble) {
        if (trouble.kind != TroubleKind.Offline && trouble.kind != TroubleKind.Cancelled) failed(trouble)
    }

    private fun open(route: Route): Unit = show { it.copy(open = route) }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
