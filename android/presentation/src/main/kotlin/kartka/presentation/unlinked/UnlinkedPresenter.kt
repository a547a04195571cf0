package kartka.presentation.unlinked

import kartka.presentation.CoreGateway
import kartka.presentation.Kept
import kartka.presentation.Presenter
import kartka.presentation.ReceiptBack
import kartka.presentation.RequestIds
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.readAmount
import kartka.presentation.readDate
import kartka.presentation.request
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job

/** Takes back goods whose receipt is not here: asks with every key what it comes to, and gives the money back once. */
public class UnlinkedPresenter(
    private val core: CoreGateway,
    private val ids: RequestIds,
    scope: CoroutineScope,
    private val route: Route.Unlinked,
    kept: Kept? = null,
) : Presenter<UnlinkedState, UnlinkedAction>(begun(ids, kept), scope) {
    private var asked: Job? = null
    private var resume = kept?.flag("writing") == true

    /** What the screen needs to go on after the process died. */
    public fun keep(): Kept =
        Kept(
            "request" to now.request.hex,
            "number" to now.number,
            "date" to now.date,
            "amount" to now.amount,
            "outlet" to now.outlet,
            "writing" to (now.writing || now.given),
        )

    override fun act(action: UnlinkedAction) {
        when (action) {
            UnlinkedAction.Shown -> begin { look() }
            is UnlinkedAction.TypeNumber -> type { it.copy(number = action.text) }
            is UnlinkedAction.TypeDate -> type { it.copy(date = action.text) }
            is UnlinkedAction.TypeAmount -> type { it.copy(amount = action.text) }
            is UnlinkedAction.ChooseOutlet -> type { it.copy(outlet = action.outlet) }
            is UnlinkedAction.OpenReceipt -> show { it.copy(open = Route.Receipt(action.saleId)) }
            UnlinkedAction.GiveBack -> if (now.canGive) give()
            UnlinkedAction.Leave -> if (!now.writing) show { it.copy(open = Route.Back) }
            UnlinkedAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun look() {
        show { it.copy(trouble = null) }
        route.customerId?.let { id ->
            asking(::failed) { core.customer(id) }?.let { sheet -> show { it.copy(customer = sheet) } }
        }
        asking(::failed) { core.outlets() }?.let { all ->
            show { it.copy(outlets = all, outlet = it.outlet ?: all.find { one -> one.here }?.number) }
        }
        if (resume) {
            resume = false
            give()
        } else {
            ask()
        }
    }

    private fun type(change: (UnlinkedState) -> UnlinkedState) {
        if (now.writing || now.given) return
        show { change(it).copy(request = ids.next(), here = emptyList(), claims = null, trouble = null) }
        ask()
    }

    /** An answer that is overtaken by another key is never shown. */
    private fun ask() {
        asked?.cancel()
        val typed = now
        asked =
            begin {
                val back = read(typed) ?: return@begin
                val here = asking(::failed) { core.receipts(back.number, back.date) } ?: return@begin
                // What is sold elsewhere under the same number is another receipt.
                if (here.isNotEmpty() && isHere(typed)) return@begin show { it.copy(here = here) }
                val claims = asking(::failed) { core.unlinkedQuote(back) } ?: return@begin
                show { it.copy(claims = claims) }
            }
    }

    private fun isHere(state: UnlinkedState): Boolean = state.outlets.find { it.number == state.outlet }?.here != false

    /** The request; null while something of it is missing. */
    private suspend fun read(state: UnlinkedState): ReceiptBack? {
        val (number, date) = state.number.trim() to readDate(state.date)
        val digits = asking(::failed) { core.facts() }?.currencyDigits
        val amount = digits?.let { readAmount(state.amount, it) } ?: 0
        if (number.isEmpty() || date == null || amount <= 0) return null
        return ReceiptBack(number, date, amount, route.customerId, state.outlet)
    }

    /** From here on another tap does nothing. */
    private fun give() {
        show { it.copy(writing = true, trouble = null) }
        begin {
            val given = read(now)?.let { back -> asking(::failed) { core.returnUnlinked(now.request, back) } }
            show { it.copy(writing = false, given = given != null) }
        }
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }

    private companion object {
        fun begun(ids: RequestIds, kept: Kept?): UnlinkedState =
            UnlinkedState(
                request = kept?.request() ?: ids.next(),
                number = kept?.get("number").orEmpty(),
                date = kept?.get("date").orEmpty(),
                amount = kept?.get("amount").orEmpty(),
                outlet = kept?.long("outlet"),
            )
    }
}
