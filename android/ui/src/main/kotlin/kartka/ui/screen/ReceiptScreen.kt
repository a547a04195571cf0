package kartka.ui.screen

import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.runtime.Composable
import kartka.presentation.BackLine
import kartka.presentation.NextStep
import kartka.presentation.Receipt
import kartka.presentation.UndoReason
import kartka.presentation.receipt.ReceiptAction
import kartka.presentation.receipt.ReceiptFace
import kartka.presentation.receipt.ReceiptState
import kartka.presentation.receipt.ReceiptStep
import kartka.ui.component.Banner
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.Mood
import kartka.ui.component.PrimaryAction
import kartka.ui.component.Readiness
import kartka.ui.component.SecondAction
import kartka.ui.text.speech

/** One receipt, and what may be put right about it. */
@Composable
fun ReceiptScreen(state: ReceiptState, host: Host, act: (ReceiptAction) -> Unit) {
    val receipt = state.receipt
    Frame(
        title = receipt?.number?.let { speech.named("receipt.number", "number", it) } ?: speech("receipt.title"),
        back = speech("common.back"),
        onBack = { act(ReceiptAction.Leave) },
        low = if (receipt == null) null else ({ ReceiptLow(state, receipt, act) }),
    ) {
        state.trouble?.let {
            val own =
                mapOf(
                    NextStep.GoBack to { act(ReceiptAction.Leave) },
                    NextStep.LookAgain to { act(ReceiptAction.Shown) },
                )
            TroubleBanner(it, host, own)
        }
        if (receipt == null) {
            if (state.face == ReceiptFace.Loading) Loading()
            return@Frame
        }
        Fate(state, receipt)
        if (state.step == ReceiptStep.Undoing) WhyUndo(act) else Contents(state, receipt, act)
    }
}

@Composable
private fun Fate(state: ReceiptState, receipt: Receipt) {
    when (state.face) {
        ReceiptFace.Returned -> Banner(Mood.Good, speech("receipt.returned"))
        ReceiptFace.Undone -> Banner(Mood.Good, speech("receipt.undone"))
        else -> Unit
    }
    receipt.refused?.let { Banner(Mood.Problem, speech("receipt.refused"), detail = speech(it)) }
    if (receipt.queued) Banner(Mood.Waiting, speech("receipt.queued"))
    receipt.notes.forEach { Banner(Mood.Attention, speech(it)) }
}

@Composable
private fun WhyUndo(act: (ReceiptAction) -> Unit) {
    Part(speech("receipt.why_undo"))
    UndoReason.entries.forEach { reason ->
        Line(speech("receipt.undo_" + reason.name.inKeys()), onTap = { act(ReceiptAction.Undo(reason)) })
    }
}

@Composable
private fun Contents(state: ReceiptState, receipt: Receipt, act: (ReceiptAction) -> Unit) {
    val customer = state.customer
    Line(
        title = customer?.let { nameOf(it) } ?: speech("receipt.no_card"),
        detail = "${speech.day(receipt.date)}, ${speech.clock(receipt.at)}",
        glyph = Glyph.Person,
        onTap = if (customer == null) null else ({ act(ReceiptAction.OpenCustomer) }),
    )
    val choosing = state.step == ReceiptStep.Choosing
    receipt.lines.forEachIndexed { place, line ->
        val left = line.quantity - line.returned
        val taken = state.chosen.firstOrNull { it.line == place }
        Line(
            title = speech("receipt.line", "line" to place.toLong()),
            detail =
                if (choosing) {
                    speech("receipt.left", "quantity" to left)
                } else {
                    speech("receipt.quantity", "quantity" to line.quantity)
                },
            end = speech.money(line.gross),
            glyph = if (taken == null) null else Glyph.Check,
            onTap = if (choosing && left > 0) ({ act(toggled(taken, place, left)) }) else null,
        )
    }
    Sums(state, receipt)
}

private fun toggled(taken: BackLine?, place: Int, left: Long): ReceiptAction =
    ReceiptAction.Take(place, if (taken == null) left else 0)

@Composable
private fun Sums(state: ReceiptState, receipt: Receipt) {
    val refund = state.refund
    if (state.step == ReceiptStep.Choosing) {
        if (refund != null) {
            Figure(speech("receipt.give_back"), speech.money(refund.gross))
            Effects(refund.effects)
        }
        return
    }
    Figure(speech("receipt.total"), speech.money(receipt.total), strong = true)
    paidParts(receipt.paid).forEach { (key, part) -> Figure(speech(key), speech.money(part)) }
    Effects(receipt.effects)
    Vouchers(receipt.vouchers)
}

@Composable
private fun ColumnScope.ReceiptLow(state: ReceiptState, receipt: Receipt, act: (ReceiptAction) -> Unit) {
    when (state.step) {
        ReceiptStep.Choosing -> GiveBackLow(state, act)
        ReceiptStep.Undoing ->
            SecondAction(speech("common.cancel"), { act(ReceiptAction.Leave) }, wide)
        ReceiptStep.Returned -> PrimaryAction(speech("common.close"), { act(ReceiptAction.Leave) })
        ReceiptStep.Looking -> if (state.face != ReceiptFace.Undone) LookingLow(receipt, act)
    }
}

@Composable
private fun GiveBackLow(state: ReceiptState, act: (ReceiptAction) -> Unit) {
    SecondAction(speech("receipt.everything"), { act(ReceiptAction.TakeEverything) }, wide)
    val refund = state.refund
    PrimaryAction(
        if (refund ==
            null
        ) {
            speech("receipt.confirm_return")
        } else {
            speech("receipt.money_back", "money" to refund.money.minor)
        },
        { act(ReceiptAction.GiveBack) },
        readiness =
            when {
                state.writing -> Readiness.Working
                refund == null -> Readiness.NotYet
                else -> Readiness.Ready
            },
    )
}

@Composable
private fun LookingLow(receipt: Receipt, act: (ReceiptAction) -> Unit) {
    SecondAction(speech("receipt.undo"), { act(ReceiptAction.AskUndo) }, wide, glyph = Glyph.Undo)
    if (receipt.customerId == null) {
        SecondAction(speech("receipt.attach"), { act(ReceiptAction.AttachCard) }, wide, glyph = Glyph.Card)
    }
    PrimaryAction(speech("receipt.give_back"), { act(ReceiptAction.ChooseLines) })
}
