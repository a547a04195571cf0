package kartka.ui.screen

import androidx.compose.runtime.Composable
import kartka.presentation.Money
import kartka.presentation.PaidParts
import kartka.presentation.ShiftTotals
import kartka.presentation.shift.ShiftAction
import kartka.presentation.shift.ShiftFace
import kartka.presentation.shift.ShiftState
import kartka.ui.component.Banner
import kartka.ui.component.CardTile
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.Mood
import kartka.ui.component.Nothing
import kartka.ui.component.SecondAction
import kartka.ui.text.speech

/** What was sold here today, to be held against the till's own report. */
@Composable
fun ShiftScreen(state: ShiftState, host: Host, act: (ShiftAction) -> Unit) {
    Frame(
        title = speech("shift.title"),
        back = speech("common.back"),
        onBack = { act(ShiftAction.Leave) },
        low = {
            SecondAction(speech("unlinked.open"), { act(ShiftAction.OpenUnlinked) }, wide)
            SecondAction(speech("shift.switch"), { act(ShiftAction.SwitchOperator) }, wide, glyph = Glyph.Person)
        },
    ) {
        state.trouble?.let { TroubleBanner(it, host) }
        when (state.face) {
            ShiftFace.Loading -> Loading()
            ShiftFace.NoneYet -> Nothing(speech("shift.none_yet"), glyph = Glyph.Card)
            ShiftFace.Totals, ShiftFace.Trouble -> state.totals?.let { Totals(it) }
        }
        if (state.sales.isNotEmpty()) Part(speech("scan.last_sales"))
        state.sales.forEach { sale ->
            Line(
                title = sale.customer ?: speech("receipt.no_card"),
                detail = speech.clock(sale.at),
                end = speech.money(sale.paid),
                onTap = { act(ShiftAction.Tap(sale.saleId)) },
            )
        }
    }
}

@Composable
private fun Totals(totals: ShiftTotals) {
    CardTile(
        name = speech("shift.taken"),
        over = speech.day(totals.date),
        figure = speech.money(totals.taken),
        under = speech("shift.receipts", "receipts" to totals.receipts),
    )
    Banner(Mood.Quiet, speech("shift.compare"))
    Figure(speech("shift.sales"), speech.money(totals.sales))
    paidParts(totals.paid).forEach { (word, part) -> Figure(speech(word), speech.money(part)) }
    if (totals.returned.minor != 0L) {
        Figure(speech("history.returned"), speech.money(totals.returned))
        Figure(speech("shift.given_back"), speech.money(totals.givenBack))
    }
}

/** The parts that are not nothing, each with the key of its word. */
internal fun paidParts(paid: PaidParts): List<Pair<String, Money>> =
    listOf(
        "common.cash" to paid.cash,
        "common.card" to paid.card,
        "common.other" to paid.other,
        "common.certificate" to paid.certificate,
        "common.paid_points" to paid.points,
    ).filter { (_, part) -> part.minor != 0L }
