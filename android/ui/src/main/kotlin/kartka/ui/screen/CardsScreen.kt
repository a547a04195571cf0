package kartka.ui.screen

import androidx.compose.runtime.Composable
import androidx.compose.ui.platform.LocalDensity
import kartka.presentation.CardSaid
import kartka.presentation.Freshness
import kartka.presentation.HeldCard
import kartka.presentation.cards.CardsAction
import kartka.presentation.cards.CardsFace
import kartka.presentation.cards.CardsState
import kartka.ui.component.Banner
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.Mood
import kartka.ui.component.Nothing
import kartka.ui.component.PrimaryAction
import kartka.ui.component.SecondAction
import kartka.ui.component.WordAction
import kartka.ui.component.Working
import kartka.ui.text.speech

/** The cards of the person whose phone this is. */
@Composable
fun CardsScreen(state: CardsState, host: Host, act: (CardsAction) -> Unit) {
    Frame(
        title = speech("cards.title"),
        back = if (state.staffed || state.asksAnew) speech("common.back") else null,
        onBack = { act(CardsAction.Leave) },
        corner = { if (state.asking) Working() },
        low = { CardsLow(state, act) },
    ) {
        when (state.face) {
            CardsFace.Loading -> Loading()
            CardsFace.None -> Nothing(speech("cards.none"), glyph = Glyph.Card)
            CardsFace.KeyMissing ->
                Banner(Mood.Problem, speech("cards.key_missing"), detail = speech("cards.key_missing_about"))
            CardsFace.AskAnew -> Banner(Mood.Problem, speech("cards.ask_anew"), detail = speech("cards.ask_anew_about"))
            CardsFace.Trouble -> state.trouble?.let { TroubleBanner(it, host) }
            CardsFace.Offline -> NotReached(act)
            CardsFace.Fresh, CardsFace.Asking -> Unit
        }
        if (state.asksAnew) return@Frame
        state.cards.orEmpty().forEach { CardLine(it) { act(CardsAction.Tap(it.id)) } }
        if (!state.staffed && state.cards != null) WordAction(speech("cards.run_shop"), { act(CardsAction.RunShop) })
    }
}

@Composable
private fun NotReached(act: (CardsAction) -> Unit) {
    Banner(
        Mood.Waiting,
        speech("cards.offline"),
        action = speech("next.try_again"),
        onAction = { act(CardsAction.Refresh) },
    )
}

@Composable
private fun CardsLow(state: CardsState, act: (CardsAction) -> Unit) {
    when (state.face) {
        CardsFace.KeyMissing -> SecondAction(speech("cards.begin_anew"), { act(CardsAction.AskAnew) }, wide)
        CardsFace.AskAnew -> {
            SecondAction(speech("cards.begin_anew"), { act(CardsAction.BeginAnew) }, wide)
            PrimaryAction(speech("common.cancel"), { act(CardsAction.Leave) })
        }
        CardsFace.Trouble, CardsFace.Loading -> Unit
        else -> PrimaryAction(speech("cards.add"), { act(CardsAction.Add) }, glyph = Glyph.Camera)
    }
}

@Composable
private fun CardLine(card: HeldCard, onTap: () -> Unit) {
    val troubled = card.freshness in notWorking
    val balance = card.said?.takeIf { !troubled }?.let { balance(it) }
    // With large letters a balance beside the shop's name would leave no room for it.
    val beside = LocalDensity.current.fontScale <= ROOM_BESIDE
    val word = wordOf(card.freshness)
    Line(
        title = card.shop,
        detail = if (beside) word else listOfNotNull(balance, word).joinToString(" · "),
        end = balance.takeIf { beside },
        glyph = if (troubled) Glyph.Warn else Glyph.Card,
        onTap = onTap,
    )
}

private const val ROOM_BESIDE = 1.3f
private val notWorking = setOf(Freshness.Blocked, Freshness.LinkRefused, Freshness.Erased)

/** What a person looks for first on a card: points, or else stamps. */
@Composable
private fun balance(said: CardSaid): String? {
    val there = speech.of(said.facts)
    val stamps = said.stamps.firstOrNull()
    return said.points.firstOrNull()?.let { there.points(it.balance) }
        ?: stamps?.let { there("customer.stamps_of", "stamps" to it.stamps, "size" to it.size) }
}

/** How far a card may be believed, in a word. */
@Composable
internal fun wordOf(freshness: Freshness): String =
    when (freshness) {
        Freshness.Fresh -> speech("card.fresh")
        is Freshness.AsOf -> speech("card.as_of", "at" to freshness.at)
        Freshness.Unheard -> speech("card.unheard")
        Freshness.Counter -> speech("card.counter")
        Freshness.ClockWrong -> speech("card.clock_wrong")
        Freshness.Blocked -> speech("card.blocked")
        Freshness.LinkRefused -> speech("card.link_refused")
        Freshness.Erased -> speech("card.erased")
    }
