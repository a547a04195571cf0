package kartka.ui.picture

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Box
import androidx.compose.runtime.Composable
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.Color
import kartka.presentation.BackLine
import kartka.presentation.CardChoice
import kartka.presentation.FOR_A_FRIEND
import kartka.presentation.LaidDown
import kartka.presentation.NoRedeem
import kartka.presentation.OwnVoucher
import kartka.presentation.PaidParts
import kartka.presentation.Pictured
import kartka.presentation.Receipt
import kartka.presentation.Refund
import kartka.presentation.Returned
import kartka.presentation.ShiftTotals
import kartka.presentation.StampReward
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.UndoReason
import kartka.presentation.VoucherStanding
import kartka.presentation.Words
import kartka.presentation.attach.AttachState
import kartka.presentation.customer.CustomerState
import kartka.presentation.done.DoneState
import kartka.presentation.history.HistoryState
import kartka.presentation.receipt.ReceiptState
import kartka.presentation.receipt.ReceiptStep
import kartka.presentation.redeem.RedeemState
import kartka.presentation.register.RegisterState
import kartka.presentation.scan.Camera
import kartka.presentation.scan.Hint
import kartka.presentation.scan.Keypad
import kartka.presentation.scan.Notice
import kartka.presentation.scan.ScanState
import kartka.presentation.search.SearchState
import kartka.presentation.shift.ShiftState
import kartka.ui.screen.AttachScreen
import kartka.ui.screen.CustomerScreen
import kartka.ui.screen.DoneScreen
import kartka.ui.screen.HistoryScreen
import kartka.ui.screen.ReceiptScreen
import kartka.ui.screen.RedeemScreen
import kartka.ui.screen.RegisterScreen
import kartka.ui.screen.ScanScreen
import kartka.ui.screen.SearchScreen
import kartka.ui.screen.ShiftScreen
import kartka.ui.screen.inKeys

/** A screen in one of its states. */
class Page(val screen: String, val state: Pictured, val draw: @Composable () -> Unit) {
    /** As the table of screens calls the state. */
    val face: String get() = state.face.name.inKeys()
}

/** Every screen in every state that the table names, in the table's order of screens. */
val album: List<Page> get() = counter + office + programme + leaving + lostKeys + holder

/** The counter's. */
val counter: List<Page> =
    with(Samples) {
        scans() + customers() + redeems() + dones() + registers() + searches() + histories() + receipts() + attaches() +
            shifts()
    } + ties

private fun Samples.scans(): List<Page> {
    val start = ScanState(camera = Camera.Searching, recentSales = sales, sync = inSync)
    return listOf(
        start.copy(camera = Camera.NotAsked, recentSales = emptyList()),
        start.copy(camera = Camera.Denied),
        start.copy(camera = Camera.Blocked),
        start.copy(camera = Camera.Busy),
        start,
        start.copy(hint = Hint.Torch),
        start.copy(hint = Hint.Type),
        start.copy(keypad = Keypad.Open, typed = "0671234"),
        start.copy(looking = true),
        start.copy(attachTo = nobodys.id),
        start.copy(sync = waiting),
        start.copy(notice = Notice.NotOurs),
        start.copy(notice = Notice.OtherShop),
        start.copy(notice = Notice.Blocked),
        start.copy(notice = Notice.SyncFirst),
        start.copy(notice = Notice.Unreadable, keypad = Keypad.Open),
        start.copy(notice = Notice.Refused(full)),
        start.copy(camera = Camera.Off, notice = Notice.Revoked, sync = null),
    ).map { Page("scan", it) { ScanScreen(it, StillHost, {}, { CameraView(it) }) } } +
        Page(
            "scan",
            start.copy(sync = waiting),
        ) { ScanScreen(start.copy(sync = waiting), NewHost, {}, { CameraView(it) }) }
}

/** What a camera might see. */
@Composable
internal fun CameraView(modifier: Modifier) {
    Box(modifier.background(Color(0xFF4A423B)))
}

private fun Samples.customers(): List<Page> {
    val known = CustomerState(draft.copy(amount = 0), sheet = olena, sync = inSync)
    val quoted = known.copy(draft = draft, typed = "125,5", quote = quote)
    val laid =
        quoted.copy(
            draft = draft.copy(codes = listOf("ВЕСНА"), vouchers = listOf(1)),
            laid = listOf(LaidDown.Voucher(1, "Подарунковий сертифікат", "CERT 4821", uah(50_000))),
        )
    val needsServer = Words("code.ask_server_first", mapOf("instrument" to BONUS, "value" to 35_000L))
    val card = quote.copy(said = listOf(Words("code.card_earned", mapOf("instrument" to BONUS))))
    return listOf(
        known.copy(sheet = null),
        known,
        known.copy(sync = waiting),
        known.copy(sheet = held),
        known.copy(draft = draft.copy(customerId = null, amount = 0), sheet = null),
        quoted,
        quoted.copy(sheet = plain, quote = card),
        known.copy(code = "CERT 4821"),
        known.copy(
            code = "CERT 4821",
            trouble = Trouble(TroubleKind.Invalid, Words("code.voucher_used", mapOf("instrument" to BONUS))),
        ),
        laid,
        quoted.copy(again = true),
        laid.copy(quote = quote.copy(said = listOf(needsServer) + quote.said)),
        laid.copy(draft = laid.draft.copy(reserved = true), quote = null, quoting = true),
        quoted.copy(committing = true),
        quoted.copy(quote = null, trouble = full),
        known.copy(sheet = long),
    ).map { Page("customer", it) { CustomerScreen(it, StillHost) {} } }
}

private fun Samples.redeems(): List<Page> {
    val allowed =
        RedeemState(
            draft.copy(spend = 550),
            typed = "550",
            quote = quote.copy(due = uah(12_000)),
            rewards = listOf(StampReward(STAMPS, 0, 6, uah(5_500))),
        )
    val nothing = allowed.copy(typed = "", rewards = emptyList())
    val askFor = Words("code.ask_for_points", mapOf("most" to 6_275L))
    val online = nothing.copy(quote = refusing(NoRedeem.AskServer, askFor))
    return listOf(
        nothing.copy(quote = null, asking = true),
        allowed,
        allowed.copy(needsPin = true, pin = "12"),
        allowed.copy(
            needsPin = true,
            trouble = Trouble(TroubleKind.Rule, Words("code.wrong_pin", mapOf("left" to 4L))),
        ),
        nothing.copy(
            quote =
                refusing(
                    NoRedeem.NotEnough,
                    Words(
                        "code.not_enough_points",
                        mapOf(
                            "balance" to 40L,
                            "required" to 100L,
                        ),
                    ),
                ),
        ),
        nothing.copy(quote = refusing(NoRedeem.Offline, Words("code.offline_not_allowed"))),
        online.copy(draft = allowed.draft, typed = "550"),
        online.copy(draft = allowed.draft.copy(reserved = true), typed = "550", asking = true),
        nothing.copy(quote = refusing(NoRedeem.Rule, Words("code.customer_held"))),
        allowed.copy(committing = true),
        nothing.copy(trouble = stale),
    ).map { Page("redeem", it) { RedeemScreen(it, StillHost) {} } }
}

private fun Samples.dones(): List<Page> {
    val committed = DoneState(sale.id, sale, olena.copy(points = later), inSync, undoSeconds = 8)
    return listOf(
        committed.copy(receipt = null, customer = null, undoSeconds = 0),
        committed,
        committed.copy(receipt = sale.copy(queued = true), sync = waiting),
        committed.copy(receipt = byCertificate, customer = null),
        committed.copy(undoing = true),
        committed.copy(undone = true, undoSeconds = 0),
        committed.copy(
            receipt = sale.copy(notes = listOf(Words("code.overdraft", mapOf("points" to 40L)))),
            undoSeconds = 0,
        ),
        committed.copy(trouble = full),
    ).map { Page("done", it) { DoneScreen(it, StillHost) {} } }
}

/** Nobody's card, and a certificate that paid a part. */
private val byCertificate: Receipt
    get() =
        with(Samples) {
            val paid = nobodys.paid.copy(cash = uah(2_550), certificate = uah(10_000), points = uah(0))
            val gift = OwnVoucher(31, "Подарунок", "GIFT 4821", uah(40_000), null, VoucherStanding.Issued, null)
            nobodys.copy(paid = paid, vouchers = listOf(gift))
        }

private val later get() = Samples.olena.points.map { it.copy(balance = it.balance + 12) }

private fun Samples.registers(): List<Page> {
    val empty = RegisterState(request)
    val valid = empty.copy(phone = "067 123 45 67", given = "Олена", family = "Ковальчук", consent = true)
    val blank = CardChoice.Bind(5)
    return listOf(
        empty,
        valid,
        empty.copy(card = blank),
        valid.copy(existing = olena, card = blank),
        valid.copy(phone = "067", trouble = Trouble(TroubleKind.Invalid, Words("error.validation.phone"))),
        valid.copy(saving = true),
        valid.copy(registered = olena.id, linkCode = "HTTPS://KARTKA.EXAMPLE/AB2C/0123456789ABCDEF"),
        valid.copy(trouble = full),
        valid.copy(promise = FOR_A_FRIEND, referrer = "бойко", broughtBy = plain),
        valid.copy(promise = FOR_A_FRIEND, referrer = "бой"),
    ).map { Page("register", it) { RegisterScreen(it, StillHost) {} } }
}

private fun Samples.searches(): List<Page> =
    listOf(
        SearchState(),
        SearchState("кова", searching = true),
        SearchState("кова", found = listOf(olena, plain, olena.copy(id = 10, name = null))),
        SearchState("жжж", found = emptyList()),
        SearchState("кова", trouble = full),
    ).map { Page("search", it) { SearchScreen(it, StillHost) {} } }

private fun Samples.histories(): List<Page> {
    val back = Returned(80, NOON, "2026-11-22", null, emptyList())
    val sales = List(9) { sale.copy(id = it.toLong(), at = NOON - it * 86_400_000L) } + nobodys
    return listOf(
        HistoryState(olena.id),
        HistoryState(olena.id, olena, emptyList()),
        HistoryState(olena.id, olena, listOf(sale.copy(id = 99, returns = listOf(back))) + sales),
        HistoryState(olena.id, trouble = gone),
    ).map { Page("history", it) { HistoryScreen(it, StillHost) {} } }
}

private fun Samples.receipts(): List<Page> {
    val sold = ReceiptState(sale.id, request, sale, olena)
    val choosing = sold.copy(step = ReceiptStep.Choosing)
    val refund = Refund(uah(4_000), uah(4_000), false, listOf(earned.first().copy(points = -4)))
    val chosen = choosing.copy(chosen = listOf(BackLine(1, 2_000)), refund = refund)
    val undone = Returned(80, NOON, "2026-11-22", UndoReason.Mistake, emptyList())
    return listOf(
        sold.copy(receipt = null, customer = null),
        sold,
        sold.copy(receipt = byCertificate, customer = null),
        choosing,
        chosen,
        sold.copy(step = ReceiptStep.Undoing),
        chosen.copy(writing = true),
        sold.copy(step = ReceiptStep.Returned),
        sold.copy(receipt = sale.copy(returns = listOf(undone))),
        sold.copy(receipt = sale.copy(refused = Words("code.already_voided"))),
        sold.copy(receipt = null, customer = null, trouble = gone),
    ).map { Page("receipt", it) { ReceiptScreen(it, StillHost) {} } }
}

private fun Samples.attaches(): List<Page> {
    val loading = AttachState(request, nobodys.id, olena.id)
    val quoted = loading.copy(customer = olena, quote = quote)
    return listOf(
        loading,
        quoted,
        quoted.copy(writing = true),
        quoted.copy(attached = true),
        quoted.copy(quote = null, trouble = stale),
    ).map { Page("attach", it) { AttachScreen(it, StillHost) {} } }
}

private fun Samples.shifts(): List<Page> {
    val paid = PaidParts(uah(412_050), uah(308_000), uah(0), uah(5_000), uah(3_550))
    val day = ShiftTotals("2026-11-22", 41, uah(728_600), uah(720_050), paid, uah(8_550), uah(8_550))
    return listOf(
        ShiftState(),
        ShiftState(day.copy(receipts = 0)),
        ShiftState(day, sales),
        ShiftState(trouble = full),
    ).map { Page("shift", it) { ShiftScreen(it, StillHost) {} } }
}
