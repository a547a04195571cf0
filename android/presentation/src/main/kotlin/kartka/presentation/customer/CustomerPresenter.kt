package kartka.presentation.customer

import kartka.presentation.ChangeTopic
import kartka.presentation.CoreGateway
import kartka.presentation.Kept
import kartka.presentation.LaidDown
import kartka.presentation.NO_QUOTE
import kartka.presentation.Presenter
import kartka.presentation.Quote
import kartka.presentation.RequestIds
import kartka.presentation.Route
import kartka.presentation.SaleDraft
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.Words
import kartka.presentation.draft
import kartka.presentation.kept
import kartka.presentation.readAmount
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job

/**
 * The customer at the counter, and the sale: digits, then one tap.
 *
 * The draft's request is made here when the screen opens and lives in [keep]; a Commit that was under way when the
 * process died goes on when the screen comes back, and the core makes sure it happened once.
 */
public class CustomerPresenter(
    private val core: CoreGateway,
    ids: RequestIds,
    scope: CoroutineScope,
    route: Route.Customer,
    kept: Kept? = null,
) : Presenter<CustomerState, CustomerAction>(begun(ids, route, kept), scope) {
    private var asked: Job? = null
    private var released: Job? = null
    private var resume = kept?.flag("committing") == true

    init {
        begin { core.changes.collect { if (it != ChangeTopic.Sales) look() } }
    }

    /** What the screen needs to go on after the process died. */
    public fun keep(): Kept = now.draft.kept() + Kept("typed" to now.typed, "committing" to now.committing)

    override fun act(action: CustomerAction) {
        when (action) {
            CustomerAction.Shown -> begin { lookAndResume() }
            is CustomerAction.Type -> begin { type(action.text) }
            is CustomerAction.Pieces -> change { it.copy(pieces = action.count.coerceIn(1, MOST_PIECES)) }
            is CustomerAction.PayWith -> change { it.copy(tender = action.tender) }
            CustomerAction.AskCode -> if (!now.isWriting()) show { it.copy(code = "", trouble = null) }
            is CustomerAction.TypeCode -> show { it.copy(code = action.text, trouble = null) }
            CustomerAction.AddCode -> begin { addCode() }
            is CustomerAction.LayDown -> layDown(action.voucherId)
            CustomerAction.DropCodes -> dropCodes()
            CustomerAction.AskServer -> if (now.quote?.asksServer == true && !now.isWriting()) askServer()
            is CustomerAction.Redeemed -> redeemed(action.draft)
            CustomerAction.OpenRedeem -> open(Route.Redeem(now.draft))
            CustomerAction.Commit -> if (now.canTap()) commit(Twice.Ask)
            CustomerAction.ConfirmTwice -> if (now.again) commit(Twice.Meant)
            CustomerAction.OpenHistory -> now.draft.customerId?.let { open(Route.History(it)) }
            CustomerAction.OpenAbout -> now.draft.customerId?.let { open(Route.About(it)) }
            CustomerAction.OpenLink -> now.draft.customerId?.let { open(Route.Link(it)) }
            CustomerAction.TryAgain -> begin { tryAgain() }
            CustomerAction.Leave -> if (!now.committing) leave()
            CustomerAction.Opened -> show { it.copy(open = null) }
        }
    }

    private fun leave(): Unit =
        when {
            now.code != null -> show { it.copy(code = null, trouble = null) }
            now.again -> show { it.copy(again = false) }
            now.isAsking -> letGo().also { change { it.copy(reserved = false) } }
            else -> open(Route.Back).also { letGo() }
        }

    /** Nothing is sold: another till may use what the server keeps for this receipt. */
    private fun letGo() {
        val request = now.draft.request
        if (now.draft.reserved) released = beginForGood { asking({}) { core.release(request) } }
    }

    private suspend fun addCode() {
        val typed = now.code?.trim().orEmpty()
        if (typed.isEmpty()) return
        val laid = asking(::failed) { core.laidDown(typed) }
        if (laid != null && now.code?.trim() == typed) lay(laid)
    }

    private fun lay(laid: LaidDown) {
        if (laid is LaidDown.Refused) return failed(Trouble(TroubleKind.Invalid, laid.words))
        show { it.copy(code = null, laid = (it.laid + listOfNotNull(laid as? LaidDown.Voucher)).distinct()) }
        change { draft ->
            when (laid) {
                is LaidDown.Voucher -> draft.copy(vouchers = (draft.vouchers + laid.id).distinct())
                is LaidDown.Code -> draft.copy(codes = (draft.codes + laid.text).distinct())
                is LaidDown.Refused -> draft
            }
        }
    }

    private fun layDown(voucherId: Long) {
        val own = now.vouchers.find { it.id == voucherId } ?: return
        if (!now.isWriting()) lay(LaidDown.Voucher(own.id, own.name, own.number, own.left))
    }

    private fun dropCodes() {
        if (now.isWriting()) return
        letGo()
        show { it.copy(laid = emptyList()) }
        change { it.copy(codes = emptyList(), vouchers = emptyList()) }
    }

    private suspend fun lookAndResume() {
        look()
        if (resume) {
            resume = false
            goOnCommitting()
        } else if (now.draft.amount > 0 && now.quote == null) {
            requote()
        }
    }

    private suspend fun look() {
        val customer = now.draft.customerId
        if (customer != null) {
            asking(::failed) { core.customer(customer) }?.let { sheet -> show { it.copy(sheet = sheet) } }
            asking(::failed) { core.vouchers(customer) }?.let { own -> show { it.copy(vouchers = own) } }
        }
        asking(::failed) { core.syncMark() }?.let { mark -> show { it.copy(sync = mark) } }
    }

    private suspend fun type(text: String) {
        if (now.isWriting()) return
        show { it.copy(typed = text) }
        val digits = asking(::failed) { core.facts() }?.currencyDigits ?: return
        if (now.typed != text) return
        val amount = readAmount(text, digits)
        // Points and rewards were chosen for another receipt.
        if (amount != now.draft.amount) {
            change { it.copy(amount = amount ?: 0, spend = 0, rewards = emptyList()) }
        }
    }

    private fun change(change: (SaleDraft) -> SaleDraft) {
        if (now.isWriting()) return
        val before = now.draft
        val after = change(before)
        val lapses = before.reserved && !(after.reserved && after.usesAs(before))
        // What the server keeps is for what it was asked about; points it keeps are spent by its word only.
        become(if (lapses) after.copy(spend = 0, reserved = false) else after, now.kept && !lapses)
    }

    /** Points that were chosen on the other screen come with what the server said to them there. */
    private fun redeemed(draft: SaleDraft) {
        if (!now.isWriting()) become(draft, kept = draft.reserved)
    }

    /** Asked again when its time is over, too. */
    private fun askServer(): Unit = become(now.draft.copy(reserved = true), kept = false)

    private fun become(draft: SaleDraft, kept: Boolean) {
        show { it.copy(draft = draft, kept = kept, quote = null, trouble = null, again = false) }
        requote()
    }

    /** Asks anew; an answer that is overtaken by another key is never shown. */
    private fun requote() {
        asked?.cancel()
        val wanted = now.draft
        val sells = wanted.amount > 0 || wanted.rewards.isNotEmpty() || now.stamps
        show { it.copy(quoting = sells) }
        if (!sells) return
        asked =
            begin {
                val quote = quoteOf(wanted)
                show { if (it.draft == wanted) it.copy(quote = quote, quoting = false) else it }
            }
    }

    /** A run of the program that has not asked for this receipt asks first: the core remembers no other run's. */
    private suspend fun quoteOf(draft: SaleDraft): Quote? {
        if (draft.reserved && !now.kept) {
            // Letting go of what was asked before must not come after this question.
            released?.join()
            asking(::refused) { core.reserve(draft) } ?: return null
            show { if (it.draft == draft) it.copy(kept = true) else it }
        }
        return asking(::failed) { core.quote(draft) }
    }

    /** The server said no: what lies there is taken off, and the sale goes on. */
    private fun refused(trouble: Trouble): Unit =
        failed(if (trouble.kind == TroubleKind.Rule) trouble.copy(kind = TroubleKind.Invalid) else trouble)

    /** Commit was under way when the process died: the core knows whether it happened. */
    private suspend fun goOnCommitting() {
        show { it.copy(committing = true) }
        val done = asking({}) { core.commit(now.draft.request, NO_QUOTE) }
        if (done != null) open(Route.Done(done)) else commit(Twice.Meant)
    }

    /** From here on another tap does nothing. */
    private fun commit(twice: Twice) {
        show { it.copy(committing = true, again = false, trouble = null) }
        begin { quoteAndWrite(twice) }
    }

    private suspend fun quoteAndWrite(twice: Twice) {
        if (now.quote == null && !now.quoting) requote()
        asked?.join()
        val quote = now.quote
        when {
            quote == null || quote.asksServer -> show { it.copy(committing = false) }
            twice == Twice.Ask && quote.isTwice() -> show { it.copy(committing = false, again = true) }
            else -> write(quote)
        }
    }

    private suspend fun write(quote: Quote) {
        var stale = false
        val failed = { trouble: Trouble -> if (trouble.kind == TroubleKind.Stale) stale = true else failed(trouble) }
        val sale = asking(failed) { core.commit(now.draft.request, quote.id) }
        when {
            sale != null -> open(Route.Done(sale))
            stale -> again(quote)
            else -> show { it.copy(committing = false) }
        }
    }

    /** The quote died (with the process, or by a change): what it comes to now is sold if it is still the same. */
    private suspend fun again(before: Quote) {
        val quote = asking(::failed) { core.quote(now.draft) }
        show { it.copy(quote = quote) }
        if (quote != null && quote.due == before.due && quote.effects == before.effects) {
            asking(::failed) { core.commit(now.draft.request, quote.id) }?.let { sale -> return open(Route.Done(sale)) }
        } else if (quote != null) {
            failed(STALE)
        }
        show { it.copy(committing = false) }
    }

    private suspend fun tryAgain() {
        show { it.copy(trouble = null) }
        look()
        if (now.quote == null) requote()
    }

    private fun open(route: Route): Unit = show { it.copy(open = route) }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }

    /** Whether the customer was told that the second sale so soon is meant. */
    private enum class Twice { Ask, Meant }

    private companion object {
        const val MOST_PIECES = 5
        val STALE = Trouble(TroubleKind.Stale, Words("error.stale"))

        fun begun(ids: RequestIds, route: Route.Customer, kept: Kept?): CustomerState {
            val draft = kept?.draft() ?: SaleDraft(ids.next(), route.customerId, route.read)
            return CustomerState(draft = draft, typed = kept?.get("typed").orEmpty())
        }
    }
}

/** The core says that this customer earned a moment ago. */
private fun Quote.isTwice(): Boolean = said.any { it.key == "code.earn_too_soon" }

private fun CustomerState.isWriting(): Boolean = committing || open != null

private fun CustomerState.canTap(): Boolean {
    val sells = draft.amount > 0 || draft.rewards.isNotEmpty() || stamps
    return sells && !isWriting() && !again && !isAsking && quote?.asksServer != true
}
