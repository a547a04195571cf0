package kartka.ui.screen

import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.text.input.KeyboardType
import kartka.presentation.unlinked.UnlinkedAction
import kartka.presentation.unlinked.UnlinkedFace
import kartka.presentation.unlinked.UnlinkedState
import kartka.ui.component.Banner
import kartka.ui.component.Choices
import kartka.ui.component.Entry
import kartka.ui.component.Frame
import kartka.ui.component.Glyph
import kartka.ui.component.Line
import kartka.ui.component.Mood
import kartka.ui.component.PrimaryAction
import kartka.ui.design.Kartka
import kartka.ui.text.speech

/** Goods that come back with a receipt that is not here: money now, points to be settled. */
@Composable
fun UnlinkedScreen(state: UnlinkedState, host: Host, act: (UnlinkedAction) -> Unit) {
    Frame(
        title = speech("unlinked.title"),
        back = speech("common.back"),
        onBack = { act(UnlinkedAction.Leave) },
        low = { UnlinkedLow(state, act) },
    ) {
        if (state.given) {
            Outcome(Glyph.Check, speech("unlinked.returned"))
            Text(speech("unlinked.returned_about"), style = Kartka.type.body)
            return@Frame
        }
        if (state.face == UnlinkedFace.NotAllowed || state.face == UnlinkedFace.Trouble) {
            state.trouble?.let { TroubleBanner(it, host) }
        }
        Form(state, act)
        if (state.here.isNotEmpty()) {
            Banner(Mood.Attention, speech("code.receipt_is_here"))
            state.here.forEach {
                Line(
                    speech.clock(it.at),
                    end = speech.money(it.total),
                    glyph = Glyph.Card,
                    onTap = { act(UnlinkedAction.OpenReceipt(it.saleId)) },
                )
            }
        }
        Claims(state)
    }
}

@Composable
private fun Form(state: UnlinkedState, act: (UnlinkedAction) -> Unit) {
    val customer = state.customer
    if (customer == null) {
        Text(speech("unlinked.about"), style = Kartka.type.small, color = Kartka.colours.muted)
    } else {
        Line(nameOf(customer), detail = customer.phones.firstOrNull(), glyph = Glyph.Person)
    }
    val wrong = state.trouble?.takeIf { state.face == UnlinkedFace.Invalid }?.words
    val aboutNumber = wrong?.key?.endsWith("receipt_number") == true
    val aboutAmount = wrong?.key?.endsWith("amount") == true
    Entry(
        speech("unlinked.number"),
        state.number,
        { act(UnlinkedAction.TypeNumber(it)) },
        wrong = wrong?.takeIf { aboutNumber }?.let { speech(it) },
    )
    Entry(
        speech("unlinked.date"),
        state.date,
        { act(UnlinkedAction.TypeDate(it)) },
        wrong = wrong?.takeIf { !aboutNumber && !aboutAmount }?.let { speech(it) },
        keyboard = KeyboardType.Phone,
    )
    Entry(
        speech("unlinked.amount"),
        state.amount,
        { act(UnlinkedAction.TypeAmount(it)) },
        wrong = wrong?.takeIf { aboutAmount }?.let { speech(it) },
        keyboard = KeyboardType.Decimal,
    )
    if (state.outlets.size > 1) {
        Part(speech("unlinked.outlet"))
        val names = state.outlets.associate { it.number to it.name }
        Choices(names.keys.toList(), state.outlet, names::getValue, { act(UnlinkedAction.ChooseOutlet(it)) })
    }
}

/** What is taken from the customer until somebody knows the purchase. */
@Composable
private fun Claims(state: UnlinkedState) {
    val claims = state.claims ?: return
    if (claims.isNotEmpty()) {
        Part(speech("unlinked.taken"))
        Effects(claims)
    }
    Banner(Mood.Quiet, speech("unlinked.settled_later"))
}

@Composable
private fun UnlinkedLow(state: UnlinkedState, act: (UnlinkedAction) -> Unit) {
    if (state.given) {
        PrimaryAction(speech("common.close"), { act(UnlinkedAction.Leave) })
        return
    }
    PrimaryAction(
        speech("unlinked.give_back"),
        { act(UnlinkedAction.GiveBack) },
        readiness = readiness(state.writing, state.canGive),
    )
}
