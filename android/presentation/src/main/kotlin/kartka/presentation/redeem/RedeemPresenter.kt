package kartka.presentation.redeem

import kartka.presentation.CoreGateway
import kartka.presentation.Kept
import kartka.presentation.NO_QUOTE
import kartka.presentation.NoRedeem
import kartka.presentation.Presenter
import kartka.presentation.Quote
import kartka.presentation.Redeemable
import kartka.presentation.RewardPick
import kartka.presentation.Route
import kartka.presentation.SaleDraft
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.draft
import kartka.presentation.kept
import kartka.presentation.readAmount
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job

/**
 * How many points and which rewards: typed text goes to the core, and what the core says is shown. No arithmetic.
 *
 * It may commit the sale itself, under the draft's request; the PIN is asked when the core asks for it.
 */
public class RedeemPresenter(
    private val core: CoreGateway,
    scope: CoroutineScope,
    route: Route.Redeem,
    kept: Kept? = null,
) : Presenter<RedeemState, RedeemAction>(begun(route, kept), scope) {
    private val before = route.draft
    private var asked: Job? = null
    private var resume = kept?.flag("committing") == true

    /** These points are spent by the server's word only. */
    private var online = false

    /** What the PIN was asked for. */
    private var afterPin: () -> Unit = ::commit

    /** What the screen needs to go on after the process died; the PIN is not in it. */
    public fun keep(): Kept = now.draft.kept() + Kept("typed" to now.typed, "committing" to now.committing)

    override fun act(action: RedeemAction) {
        when (action) {
            RedeemAction.Shown -> begin { look() }
            is RedeemAction.Type -> begin { type(action.text) }
            is RedeemAction.Suggested -> spend(action.points)
            is RedeemAction.Toggle -> toggle(action.reward)
            is RedeemAction.TypePin -> show { it.copy(pin = action.text, trouble = null) }
            RedeemAction.ConfirmPin -> if (now.pin.isNotEmpty() && !now.committing) confirmPin()
            RedeemAction.AskServer -> if (now.asksServer && !now.committing && !now.needsPin) askServer()
            RedeemAction.Commit -> if (now.canSell() && now.open == null && !now.needsPin) commit()
            RedeemAction.Keep -> if (now.canSell()) open(Route.Redeemed(now.draft))
            RedeemAction.Leave -> if (!now.committing) leave()
            RedeemAction.Opened -> show { it.copy(open = null) }
        }
    }

    private fun leave() {
        when {
            now.needsPin -> show { it.copy(needsPin = false, pin = "", trouble = null) }
            now.isAsking -> unasked()
            else -> open(Route.Redeemed(before.copy(spend = 0, rewards = emptyList(), reserved = now.kept)))
        }
    }

    private suspend fun look() {
        val customer = now.draft.customerId
        if (customer != null) {
            asking(::failed) { core.customer(customer) }?.let { sheet ->
                show { it.copy(rewards = sheet.stamps.flatMap { card -> card.rewards }) }
            }
        }
        if (resume) {
            resume = false
            goOnCommitting()
        } else {
            requote()
        }
    }

    private suspend fun type(text: String) {
        if (now.committing) return
        show { it.copy(typed = text) }
        val digits = asking(::failed) { core.facts() }?.pointDigits ?: return
        if (now.typed == text) spend(readAmount(text, digits) ?: 0, text)
    }

    private fun spend(points: Long, typed: String? = null) {
        show {
            // What the server keeps of points is for the number that it was asked about.
            val reserved = it.draft.reserved && !online
            val draft = it.draft.copy(spend = points, reserved = reserved)
            it.copy(draft = draft, kept = it.kept && reserved, typed = typed ?: points.toString())
        }
        requote()
    }

    private fun askServer() {
        afterPin = ::askServer
        show { it.copy(draft = it.draft.copy(reserved = true), kept = false) }
        requote()
    }

    private fun unasked() {
        show { it.copy(draft = it.draft.copy(reserved = false), kept = false) }
        requote()
    }

    private fun toggle(reward: RewardPick) {
        val chosen = now.draft.rewards
        show { it.copy(draft = it.draft.copy(rewards = if (reward in chosen) chosen - reward else chosen + reward)) }
        requote()
    }

    private fun requote() {
        asked?.cancel()
        val wanted = now.draft
        show { it.copy(asking = true, trouble = null) }
        asked =
            begin {
                val quote = asking(::failed) { quoteOf(wanted) }
                show { if (it.draft == wanted) it.copy(quote = quote ?: it.quote, asking = false) else it }
            }
    }

    /** Without the server's word the question is what it might be asked for; with it, what the receipt comes to. */
    private suspend fun quoteOf(draft: SaleDraft): Quote {
        if (draft.reserved && !now.kept) {
            core.reserve(draft)
            show { if (it.draft == draft) it.copy(kept = true) else it }
        }
        val quote = core.quote(if (online && !draft.reserved) draft.copy(spend = 0) else draft)
        online = online || (quote.redeem as? Redeemable.Nothing)?.reason == NoRedeem.AskServer
        return quote
    }

    /** Commit was under way when the process died: the core knows whether it happened. */
    private suspend fun goOnCommitting() {
        show { it.copy(committing = true) }
        val done = asking({}) { core.commit(now.draft.request, NO_QUOTE) }
        if (done != null) open(Route.Done(done)) else commit()
    }

    /** From here on another tap does nothing. */
    private fun commit() {
        afterPin = ::commit
        show { it.copy(committing = true, trouble = null) }
        begin { quoteAndWrite() }
    }

    private suspend fun quoteAndWrite() {
        asked?.join()
        // The quote that is shown may be of another amount, or have died with the process.
        val quote = asking(::failed) { quoteOf(now.draft) }
        if (quote != null) show { it.copy(quote = quote) }
        if (quote != null && !now.asksServer) {
            asking(::failed) { core.commit(now.draft.request, quote.id) }?.let { sale -> open(Route.Done(sale)) }
        }
        if (now.open == null) show { it.copy(committing = false) }
    }

    private fun confirmPin() {
        val pin = now.pin
        show { it.copy(pin = "") }
        begin {
            if (asking(::failed) { core.confirmPin(pin) } != null) {
                show { it.copy(needsPin = false, trouble = null) }
                afterPin()
            }
        }
    }

    private fun failed(trouble: Trouble) {
        // The server's word is over, or was never asked for.
        if (trouble.words.key == "code.ask_for_points" && (now.draft.reserved || !online)) {
            online = true
            return unasked()
        }
        val asksPin = trouble.kind == TroubleKind.PinNeeded
        // The first refusal is the question; only a wrong answer is a trouble.
        show { it.copy(needsPin = asksPin || it.needsPin, trouble = trouble.takeIf { _ -> !asksPin || it.needsPin }) }
    }

    private fun open(route: Route): Unit = show { it.copy(open = route) }

    private fun RedeemState.canSell(): Boolean = !committing && !isAsking && !asksServer

    private companion object {
        fun begun(route: Route.Redeem, kept: Kept?): RedeemState {
            val draft: SaleDraft = kept?.draft() ?: route.draft
            // What came from the customer's screen was asked for there, by this run of the program.
            val asked = kept == null && draft.reserved
            return RedeemState(draft = draft, kept = asked, typed = kept?.get("typed") ?: typed(draft))
        }

        fun typed(draft: SaleDraft): String =
            draft.spend
                .takeIf { it > 0 }
                ?.toString()
                .orEmpty()
    }
}
