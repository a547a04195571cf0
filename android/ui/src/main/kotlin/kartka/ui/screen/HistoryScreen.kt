package kartka.ui.screen

import androidx.compose.runtime.Composable
import kartka.presentation.NextStep
import kartka.presentation.Receipt
import kartka.presentation.history.HistoryAction
import kartka.presentation.history.HistoryFace
import kartka.presentation.history.HistoryState
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.LongFrame
import kartka.ui.component.Nothing
import kartka.ui.component.SecondAction
import kartka.ui.text.speech

/** A customer's purchases, newest first; the next page comes when the end of this one is seen. */
@Composable
fun HistoryScreen(state: HistoryState, host: Host, act: (HistoryAction) -> Unit) {
    val sales = state.sales.orEmpty()
    LongFrame(
        title = state.customer?.let { nameOf(it) } ?: speech("history.title"),
        back = speech("common.back"),
        onBack = { act(HistoryAction.Leave) },
        rows = sales,
        key = Receipt::id,
        onEnd = { if (state.next != null && !state.loading) act(HistoryAction.More) },
        head = {
            state.trouble?.let {
                TroubleBanner(it, host, mapOf(NextStep.GoBack to { act(HistoryAction.Leave) }))
            }
            when (state.face) {
                HistoryFace.Loading -> Loading()
                HistoryFace.None -> Nothing(speech("history.none"), glyph = Glyph.Card)
                HistoryFace.Purchases, HistoryFace.Trouble -> Unit
            }
        },
        low = { SecondAction(speech("unlinked.open"), { act(HistoryAction.OpenUnlinked) }, wide) },
    ) { SaleLine(it) { act(HistoryAction.Tap(it.id)) } }
}

/** A receipt in a list: its day, what came of it, what was paid. */
@Composable
private fun SaleLine(receipt: Receipt, onTap: () -> Unit) {
    val fate =
        when {
            receipt.returns.any { it.undone != null } -> speech("history.undone")
            receipt.returns.isNotEmpty() -> speech("history.returned")
            receipt.points != 0L -> speech.signed(receipt.points)
            else -> null
        }
    Line(
        title = "${speech.day(receipt.date)}, ${speech.clock(receipt.at)}",
        detail = fate,
        end = speech.money(receipt.total),
        onTap = onTap,
    )
}
