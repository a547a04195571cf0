package kartka.ui.screen

import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Row
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.unit.dp
import kartka.presentation.CardSaid
import kartka.presentation.Freshness
import kartka.presentation.HeldCard
import kartka.presentation.HeldPoints
import kartka.presentation.HeldVoucher
import kartka.presentation.NextStep
import kartka.presentation.Words
import kartka.presentation.card.CardAction
import kartka.presentation.card.CardFace
import kartka.presentation.card.CardState
import kartka.ui.component.Banner
import kartka.ui.component.CardTile
import kartka.ui.component.CodeTile
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.Mood
import kartka.ui.component.PrimaryAction
import kartka.ui.component.SecondAction
import kartka.ui.component.Sign
import kartka.ui.component.WordAction
import kartka.ui.component.Working
import kartka.ui.design.Kartka
import kartka.ui.design.Space
import kartka.ui.text.Speaking
import kartka.ui.text.speech

/** A card on its white tile, with balance, rewards and history as the shop last said them. */
@Composable
fun CardScreen(state: CardState, host: Host, act: (CardAction) -> Unit) {
    val card = state.card
    Frame(
        title = card?.shop.orEmpty(),
        back = speech("common.back"),
        onBack = { act(CardAction.Leave) },
        corner = { if (state.asking) Working() },
        low = { CardLow(state, act) },
    ) {
        state.trouble?.let { TroubleBanner(it, host, mapOf(NextStep.GoBack to { act(CardAction.Leave) })) }
        when {
            state.face == CardFace.Loading -> Loading()
            card == null -> Unit
            state.face == CardFace.AskRemove -> AskRemove(card)
            else -> Held(state, card, host, act)
        }
    }
}

@Composable
private fun AskRemove(card: HeldCard) {
    Banner(
        Mood.Attention,
        speech.named("card.ask_remove", "shop", card.shop),
        detail = speech("card.ask_remove_about"),
    )
}

@Composable
private fun Held(state: CardState, card: HeldCard, host: Host, act: (CardAction) -> Unit) {
    if (state.works) WhiteTile(card, host)
    HowFar(state, card, act)
    card.said?.let { said -> Speaking(speech.of(said.facts)) { Said(said) } }
    if (state.face != CardFace.Erased) WordAction(speech("card.remove"), { act(CardAction.AskRemove) })
}

/** What the counter scans: dark on white, with the screen at its brightest; its letters, should no camera read it. */
@Composable
private fun WhiteTile(card: HeldCard, host: Host) {
    val squares = remember(card.code) { host.squares(card.code) } ?: return
    Box(wide, contentAlignment = Alignment.Center) {
        CodeTile(squares, speech.named("card.show", "shop", card.shop))
    }
    Box(wide, contentAlignment = Alignment.Center) {
        Text(card.code, style = Kartka.type.small, color = Kartka.colours.muted)
    }
    Lit(host)
}

/** How far what is shown may be believed, and what helps. */
@Composable
private fun HowFar(state: CardState, card: HeldCard, act: (CardAction) -> Unit) {
    val again = speech("next.try_again")
    val refresh = { act(CardAction.Refresh) }
    when (state.face) {
        CardFace.Fresh -> JustHeard()
        CardFace.AsOf -> {
            val word = state.asOf?.let { wordOf(Freshness.AsOf(it)) }.orEmpty()
            val about = if (state.unreached) speech("card.as_of_about") else null
            Banner(Mood.Waiting, word, detail = about, action = again, onAction = refresh)
        }
        CardFace.Unheard -> About(Mood.Waiting, card.freshness, "card.unheard_about", again, refresh)
        CardFace.Counter -> About(Mood.Quiet, card.freshness, "card.counter_about")
        CardFace.ClockWrong -> About(Mood.Attention, card.freshness, "card.clock_wrong_about", again, refresh)
        CardFace.Blocked -> About(Mood.Problem, card.freshness, "card.blocked_about", again, refresh)
        CardFace.LinkRefused -> About(Mood.Attention, card.freshness, "card.link_refused_about")
        CardFace.Erased -> About(Mood.Quiet, card.freshness, "card.erased_about")
        CardFace.Loading, CardFace.AskRemove, CardFace.Trouble -> Unit
    }
}

@Composable
private fun About(mood: Mood, freshness: Freshness, about: String, action: String? = null, onAction: () -> Unit = {}) {
    Banner(mood, wordOf(freshness), detail = speech(about), action = action, onAction = onAction)
}

@Composable
private fun JustHeard() {
    Row(
        wide,
        horizontalArrangement = Arrangement.spacedBy(Space.small, Alignment.CenterHorizontally),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        Sign(Glyph.Check, size = 18.dp, tint = Kartka.colours.muted)
        Text(speech("card.fresh"), style = Kartka.type.small, color = Kartka.colours.muted)
    }
}

/** In the numbers of its own shop. */
@Composable
private fun Said(said: CardSaid) {
    said.points.forEach { PointsTile(it, said) }
    said.stamps.forEach {
        Line(it.name, end = speech("customer.stamps_of", "stamps" to it.stamps, "size" to it.size), glyph = Glyph.Star)
    }
    Part(speech("card.rewards"))
    if (said.vouchers.isEmpty()) Quietly(speech("card.no_rewards"))
    said.vouchers.forEach { VoucherLine(it) }
    Part(speech("card.history"))
    if (said.purchases.isEmpty()) Quietly(speech("card.no_purchases"))
    said.purchases.forEach {
        val points = if (it.points == 0L) null else speech.signed(it.points)
        Line(speech.day(it.date), detail = points, end = speech.money(it.total))
    }
}

@Composable
private fun Quietly(text: String) {
    Text(text, style = Kartka.type.small, color = Kartka.colours.muted)
}

@Composable
private fun PointsTile(points: HeldPoints, said: CardSaid) {
    val levels = said.levels.map { speech("customer.level", "level" to it.level.toLong()) }
    val under =
        listOfNotNull(
            if (points.worth.minor == 0L) null else speech.named("card.worth", "worth", speech.money(points.worth)),
            if (points.pending == 0L) null else speech("customer.pending", "points" to points.pending),
            points.expiresOn?.let {
                speech(Words("customer.expiring", mapOf("points" to points.expiring), mapOf("day" to it)))
            },
        )
    CardTile(
        name = points.name,
        over = (levels + listOfNotNull(said.given)).joinToString(" · ").ifEmpty { null },
        figure = speech.points(points.balance),
        under = under.joinToString(" · ").ifEmpty { null },
    )
}

@Composable
private fun VoucherLine(voucher: HeldVoucher) {
    val until = voucher.lastDay?.let { speech.named("card.until", "day", it) }
    Line(
        title = voucher.name,
        detail = listOfNotNull(voucher.number, until).joinToString(" · ").ifEmpty { null },
        end = voucher.left?.let { speech.money(it) },
        glyph = Glyph.Gift,
    )
}

@Composable
private fun CardLow(state: CardState, act: (CardAction) -> Unit) {
    when (state.face) {
        CardFace.Loading, CardFace.Trouble -> Unit
        CardFace.AskRemove -> {
            SecondAction(speech("card.remove"), { act(CardAction.Remove) }, wide)
            PrimaryAction(speech("common.cancel"), { act(CardAction.Leave) })
        }
        CardFace.Erased -> PrimaryAction(speech("card.remove"), { act(CardAction.AskRemove) })
        CardFace.LinkRefused ->
            PrimaryAction(speech("card.new_link"), { act(CardAction.Join) }, glyph = Glyph.Camera)
        else -> SecondAction(speech("card.profile"), { act(CardAction.OpenProfile) }, wide, glyph = Glyph.Person)
    }
}
