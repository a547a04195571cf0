package kartka.ui.screen

import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import kartka.presentation.InboxAsk
import kartka.presentation.InboxItem
import kartka.presentation.inbox.InboxAction
import kartka.presentation.inbox.InboxFace
import kartka.presentation.inbox.InboxState
import kartka.presentation.inbox.Verdict
import kartka.ui.component.Banner
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.Mood
import kartka.ui.component.Nothing
import kartka.ui.component.PrimaryAction
import kartka.ui.component.Readiness
import kartka.ui.component.SecondAction
import kartka.ui.component.WordAction
import kartka.ui.design.Kartka
import kartka.ui.text.speech

/** What waits for a decision: what it is about, whom it concerns, and the answers it can have. */
@Composable
fun InboxScreen(state: InboxState, host: Host, act: (InboxAction) -> Unit) {
    val asked = state.asked
    Frame(
        title = speech("inbox.title"),
        back = speech("common.back"),
        onBack = { act(InboxAction.Leave) },
        low = if (asked == null) null else ({ Certain(asked, act) }),
    ) {
        if (state.face == InboxFace.NotAllowed) {
            Banner(Mood.Attention, speech("inbox.not_allowed"))
        } else {
            state.trouble?.let { TroubleBanner(it, host, mapOf(it.kind.next to { act(InboxAction.Shown) })) }
        }
        when (state.face) {
            InboxFace.Loading -> Loading()
            InboxFace.Empty -> Nothing(speech("inbox.empty"), glyph = Glyph.Check)
            InboxFace.Asking -> {
                state.items
                    .orEmpty()
                    .find { it.item == asked?.item }
                    ?.let { About(it, act) }
                Banner(Mood.Problem, speech(if (asked?.takeIn == true) "inbox.ask_take_in" else "inbox.ask_refuse"))
            }
            else -> state.items.orEmpty().forEach { Item(it, state.deciding, act) }
        }
    }
}

@Composable
private fun Certain(asked: Verdict, act: (InboxAction) -> Unit) {
    SecondAction(speech("common.cancel"), { act(InboxAction.Leave) }, wide)
    PrimaryAction(speech(if (asked.takeIn) "inbox.take_in" else "inbox.refuse"), { act(InboxAction.Confirm) })
}

@Composable
private fun ColumnScope.Item(item: InboxItem, deciding: Long?, act: (InboxAction) -> Unit) {
    val readiness = readiness(working = deciding == item.item, possible = deciding == null)
    About(item, act)
    when (val asks = item.asks) {
        InboxAsk.Notice -> Answer("inbox.close", InboxAction.Close(item.item), readiness, act)
        InboxAsk.Proposal -> {
            Answer("inbox.agree", InboxAction.Agree(item.item), readiness, act)
            Answer("inbox.close", InboxAction.Close(item.item), readiness, act)
        }
        is InboxAsk.Quarantine -> {
            Answer("inbox.take_in", InboxAction.TakeIn(item.item), readiness, act)
            Answer("inbox.refuse", InboxAction.Refuse(item.item), readiness, act)
        }
        is InboxAsk.UnlinkedReturn -> {
            Back(item.item, asks, act)
            Answer("inbox.accept_return", InboxAction.TakeIn(item.item), readiness, act)
            Answer("inbox.refuse_return", InboxAction.Refuse(item.item), readiness, act)
        }
    }
}

@Composable
private fun Answer(word: String, action: InboxAction, readiness: Readiness, act: (InboxAction) -> Unit) =
    SecondAction(speech(word), { act(action) }, wide, readiness)

/** What it is about; each person concerned is a tap away. */
@Composable
private fun About(item: InboxItem, act: (InboxAction) -> Unit) {
    Line(speech(item.words), detail = speech.day(item.date), glyph = Glyph.Warn, lines = Int.MAX_VALUE)
    val (first, other) = item.customerId to item.otherId
    if (first != null) {
        val word = if (other == null) "inbox.customer" else "inbox.first_person"
        WordAction(speech(word), { act(InboxAction.OpenCustomer(first)) })
    }
    if (other != null) WordAction(speech("inbox.other_person"), { act(InboxAction.OpenCustomer(other)) })
}

/** What is written on the receipt that came back, and the receipts here that it may be. */
@Composable
private fun Back(item: Long, back: InboxAsk.UnlinkedReturn, act: (InboxAction) -> Unit) {
    Text(
        speech.named("inbox.receipt", "receipt", back.receipt) + " · " + speech.day(back.date),
        style = Kartka.type.body,
        color = Kartka.colours.muted,
    )
    Figure(speech("shift.given_back"), speech.money(back.amount))
    back.candidates.forEach { sale ->
        Line(
            title = speech("inbox.link"),
            detail = speech.clock(sale.at),
            end = speech.money(sale.total),
            glyph = Glyph.Card,
            lines = Int.MAX_VALUE,
            onTap = { act(InboxAction.Link(item, sale.saleId)) },
        )
    }
}
