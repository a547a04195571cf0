package kartka.presentation

import kartka.presentation.attach.AttachAction
import kartka.presentation.attach.AttachPresenter
import kartka.presentation.attach.AttachState
import kartka.presentation.customer.CustomerAction
import kartka.presentation.customer.CustomerPresenter
import kartka.presentation.customer.CustomerState
import kartka.presentation.done.DoneAction
import kartka.presentation.done.DonePresenter
import kartka.presentation.done.DoneState
import kartka.presentation.history.HistoryAction
import kartka.presentation.history.HistoryPresenter
import kartka.presentation.history.HistoryState
import kartka.presentation.receipt.ReceiptAction
import kartka.presentation.receipt.ReceiptPresenter
import kartka.presentation.receipt.ReceiptState
import kartka.presentation.redeem.RedeemAction
import kartka.presentation.redeem.RedeemPresenter
import kartka.presentation.redeem.RedeemState
import kartka.presentation.register.RegisterAction
import kartka.presentation.register.RegisterPresenter
import kartka.presentation.register.RegisterState
import kartka.presentation.search.SearchAction
import kartka.presentation.search.SearchPresenter
import kartka.presentation.search.SearchState
import kartka.presentation.shift.ShiftAction
import kartka.presentation.shift.ShiftPresenter
import kartka.presentation.shift.ShiftState

/** A shop with a day behind it: Олена (7) with points, another (8) without, a blank card (40), two sales. */
fun stocked(): FakeShop =
    FakeShop().apply {
        people.customer(id = 7, number = "1234567890", phone = "380501112233", points = 5_000, stamps = 10)
        people.customer(id = 8, number = "1234567891", phone = "380509992233", name = "Ольга Бондар")
        people.freshCard(id = 40, number = "5555555555")
        till.sold(20_000, customerId = 7)
        till.sold(8_000)
        desk.synced()
    }

val FULL_DISK = refusal(TroubleKind.StorageFull, "error.storage_full")

/** One state of the table, and how a person comes to see it. */
class ShownState(val name: String, private val play: () -> Pictured) {
    /** Plays it anew. */
    fun state(): Pictured = play()
}

/** Every state of the counter's screens in `bindings/shells/screens.txt`, as a presenter over a shop comes to show it. */
object CounterStates {
    val all: List<ShownState> =
        customer() + redeem() + done() + register() + search() + history() + receipt() + attach() + shift()

    private fun onCustomer(
        name: String,
        id: Long? = 7,
        shop: FakeShop = stocked(),
        script: Screen<CustomerState, CustomerAction>.() -> Unit,
    ) = ShownState("customer.$name") {
        play(shop, { CustomerPresenter(shop, CountingIds(), it, Route.Customer(id, CardRead.Scanned)) }, script)
    }

    private fun customer() =
        listOf(
            onCustomer("loading") { hold().also { act(CustomerAction.Shown) } },
            onCustomer("known") { act(CustomerAction.Shown) },
            onCustomer("balance_as_of") {
                shop.desk.waits(3)
                act(CustomerAction.Shown)
            },
            onCustomer("held", id = 9) {
                shop.people.customer(9, "1", "380671112233", held = true, points = 300)
                act(CustomerAction.Shown)
            },
            onCustomer("no_card", id = null) { act(CustomerAction.Shown) },
            onCustomer("quoted") {
                act(CustomerAction.Shown, CustomerAction.Type("120,50"), CustomerAction.Pieces(2))
                act(CustomerAction.PayWith(Tender.Card))
                act(CustomerAction.AskCode, CustomerAction.TypeCode("ВЕСНА"), CustomerAction.AddCode)
            },
            onCustomer("asking_code") {
                act(CustomerAction.Shown, CustomerAction.AskCode, CustomerAction.TypeCode("GIFT-1"))
            },
            onCustomer("code_refused") {
                act(CustomerAction.Shown, CustomerAction.AskCode)
                act(CustomerAction.TypeCode("GIFT-0"), CustomerAction.AddCode)
            },
            onCustomer("card_earned") {
                shop.till.earnsCard = true
                act(CustomerAction.Shown, CustomerAction.Type("500"))
            },
            onCustomer("twice") {
                shop.till.twice = true
                act(CustomerAction.Shown, CustomerAction.Type("120"), CustomerAction.Commit)
            },
            onCustomer("ask_server") {
                laysDownMuch()
            },
            onCustomer("asking_server") {
                laysDownMuch()
                hold()
                act(CustomerAction.AskServer)
            },
            onCustomer("committing") {
                act(CustomerAction.Shown, CustomerAction.Type("120"))
                hold()
                act(CustomerAction.Commit)
            },
            onCustomer("trouble") {
                act(CustomerAction.Shown, CustomerAction.Type("120"))
                shop.desk.refuse(FULL_DISK)
                act(CustomerAction.Commit, CustomerAction.TryAgain)
            },
        )

    private fun Screen<CustomerState, CustomerAction>.laysDownMuch() {
        shop.till.unasked = 3_000
        act(CustomerAction.Shown, CustomerAction.Type("120"), CustomerAction.AskCode)
        act(CustomerAction.TypeCode("GIFT-100"), CustomerAction.AddCode)
    }

    private fun onRedeem(
        name: String,
        id: Long? = 7,
        shop: FakeShop = stocked(),
        script: Screen<RedeemState, RedeemAction>.() -> Unit,
    ) = ShownState("redeem.$name") {
        val draft = SaleDraft(RequestId("1".repeat(32)), customerId = id, amount = 10_000)
        play(shop, { RedeemPresenter(shop, it, Route.Redeem(draft)) }, script)
    }

    private fun redeem() =
        listOf(
            onRedeem("asking") { hold().also { act(RedeemAction.Shown) } },
            onRedeem(
                "allowed",
            ) { act(RedeemAction.Shown, RedeemAction.Toggle(RewardPick(STAMPS)), RedeemAction.Suggested(1_200)) },
            onRedeem("needs_pin") {
                shop.till.pinAbove = 100
                act(RedeemAction.Shown, RedeemAction.Type("600"), RedeemAction.Commit)
            },
            onRedeem("wrong_pin") {
                shop.till.pinAbove = 100
                act(RedeemAction.Shown, RedeemAction.Type("600"), RedeemAction.Commit)
                act(RedeemAction.TypePin("1111"), RedeemAction.ConfirmPin)
            },
            onRedeem("not_enough", id = 8) { act(RedeemAction.Shown) },
            onRedeem("offline_limit") {
                shop.till.offlineSpending = false
                shop.desk.waits(1)
                act(RedeemAction.Shown)
            },
            onRedeem("not_allowed", id = 9) {
                shop.people.customer(9, "1", "380671112233", held = true, points = 300)
                act(RedeemAction.Shown)
            },
            onRedeem("ask_server") {
                shop.till.online = true
                act(RedeemAction.Shown, RedeemAction.Type("600"))
            },
            onRedeem("asking_server") {
                shop.till.online = true
                act(RedeemAction.Shown, RedeemAction.Type("600"))
                hold()
                act(RedeemAction.AskServer)
            },
            onRedeem("committing") {
                act(RedeemAction.Shown, RedeemAction.Type("600"))
                hold()
                act(RedeemAction.Commit)
            },
            onRedeem("trouble") {
                act(RedeemAction.Shown)
                shop.desk.refuse(FULL_DISK)
                act(RedeemAction.Commit)
            },
        )

    private fun onDone(
        name: String,
        sale: Long = 1,
        shop: FakeShop = stocked(),
        script: Screen<DoneState, DoneAction>.() -> Unit,
    ) = ShownState("done.$name") { play(shop, { DonePresenter(shop, CountingIds(), it, Route.Done(sale)) }, script) }

    private fun done() =
        listOf(
            onDone("loading") { hold().also { act(DoneAction.Shown) } },
            onDone("committed") { act(DoneAction.Shown, DoneAction.Stay) },
            onDone("queued") {
                shop.desk.waits(1)
                act(DoneAction.Shown)
            },
            onDone("no_card", sale = 2) { act(DoneAction.Shown) },
            onDone("undoing") {
                act(DoneAction.Shown)
                hold()
                act(DoneAction.Undo)
            },
            onDone("undone") { act(DoneAction.Shown, DoneAction.Undo) },
            onDone("in_inbox") {
                shop.till.change(1) { it.copy(notes = listOf(Words("code.typed_number"))) }
                act(DoneAction.Shown)
            },
            onDone("trouble") {
                shop.till.undoTooLate = true
                act(DoneAction.Shown, DoneAction.Undo)
            },
        )

    private fun onRegister(
        name: String,
        route: Route.Register = Route.Register(),
        shop: FakeShop = stocked(),
        script: Screen<RegisterState, RegisterAction>.() -> Unit,
    ) = ShownState("register.$name") { play(shop, { RegisterPresenter(shop, CountingIds(), it, route) }, script) }

    private fun register(): List<ShownState> {
        val phone = RegisterAction.TypePhone("380671234567")
        return listOf(
            onRegister("empty") { act(RegisterAction.Shown) },
            onRegister("valid") {
                shop.ties.promised = FOR_A_FRIEND
                act(RegisterAction.Shown, RegisterAction.TypeReferrer("380501112233"))
                act(RegisterAction.Shown, phone, RegisterAction.TypeGiven("Олена"), RegisterAction.TypeFamily("Коваль"))
                act(RegisterAction.TypeBirthday("05.03"), RegisterAction.Agree(true))
            },
            onRegister("anonymous", Route.Register(cardId = 40)) { act(RegisterAction.Shown) },
            onRegister("phone_exists", Route.Register(cardId = 40)) {
                act(RegisterAction.TypePhone("380501112233"), RegisterAction.Save)
            },
            onRegister("invalid") { act(RegisterAction.TypePhone("38"), RegisterAction.Save) },
            onRegister("saving") {
                act(phone)
                hold()
                act(RegisterAction.Save)
            },
            onRegister("registered") { act(phone, RegisterAction.IssueCard(true), RegisterAction.Save) },
            onRegister("trouble") {
                shop.desk.refuse(FULL_DISK)
                act(phone, RegisterAction.Save)
            },
        )
    }

    private fun onSearch(
        name: String,
        shop: FakeShop = stocked(),
        script: Screen<SearchState, SearchAction>.() -> Unit,
    ) = ShownState("search.$name") { play(shop, { SearchPresenter(shop, it, Route.Search()) }, script) }

    private fun search() =
        listOf(
            onSearch("empty") { act(SearchAction.Shown) },
            onSearch("searching") { hold().also { act(SearchAction.Type("О")) } },
            onSearch("results") { act(SearchAction.Type("О")) },
            onSearch("nobody") { act(SearchAction.Type("Я")) },
            onSearch("trouble") {
                shop.desk.refuse(FULL_DISK)
                act(SearchAction.Type("О"))
            },
        )

    private fun onHistory(
        name: String,
        id: Long = 7,
        shop: FakeShop = stocked(),
        script: Screen<HistoryState, HistoryAction>.() -> Unit,
    ) = ShownState("history.$name") { play(shop, { HistoryPresenter(shop, it, Route.History(id)) }, script) }

    private fun history() =
        listOf(
            onHistory("loading") { hold().also { act(HistoryAction.Shown) } },
            onHistory("none", id = 8) { act(HistoryAction.Shown) },
            onHistory("purchases") { act(HistoryAction.Shown) },
            onHistory("trouble") {
                shop.desk.refuse(FULL_DISK)
                act(HistoryAction.Shown)
            },
        )

    private fun onReceipt(
        name: String,
        sale: Long = 1,
        shop: FakeShop = stocked(),
        script: Screen<ReceiptState, ReceiptAction>.() -> Unit,
    ) = ShownState("receipt.$name") {
        play(shop, { ReceiptPresenter(shop, CountingIds(), it, Route.Receipt(sale)) }, script)
    }

    private fun receipt() =
        listOf(
            onReceipt("loading") { hold().also { act(ReceiptAction.Shown) } },
            onReceipt("sold") { act(ReceiptAction.Shown) },
            onReceipt("no_card", sale = 2) { act(ReceiptAction.Shown) },
            onReceipt("choosing") { act(ReceiptAction.Shown, ReceiptAction.ChooseLines) },
            onReceipt("refund") { act(ReceiptAction.Shown, ReceiptAction.ChooseLines, ReceiptAction.Take(0, 500)) },
            onReceipt("undo_reason") { act(ReceiptAction.Shown, ReceiptAction.AskUndo) },
            onReceipt("writing") {
                act(ReceiptAction.Shown, ReceiptAction.AskUndo)
                hold()
                act(ReceiptAction.Undo(UndoReason.Mistake))
            },
            onReceipt("returned") {
                act(
                    ReceiptAction.Shown,
                    ReceiptAction.ChooseLines,
                    ReceiptAction.TakeEverything,
                    ReceiptAction.GiveBack,
                )
            },
            onReceipt("undone") {
                act(ReceiptAction.Shown, ReceiptAction.AskUndo, ReceiptAction.Undo(UndoReason.Customer))
            },
            onReceipt("refused") {
                shop.till.change(1) { it.copy(refused = Words("code.revoked")) }
                act(ReceiptAction.Shown)
            },
            onReceipt("trouble") {
                shop.till.undoTooLate = true
                act(ReceiptAction.Shown, ReceiptAction.AskUndo, ReceiptAction.Undo(UndoReason.Undo))
            },
        )

    private fun onAttach(
        name: String,
        sale: Long = 2,
        shop: FakeShop = stocked(),
        script: Screen<AttachState, AttachAction>.() -> Unit,
    ) = ShownState("attach.$name") {
        play(shop, { AttachPresenter(shop, CountingIds(), it, Route.Attach(sale, 7)) }, script)
    }

    private fun attach() =
        listOf(
            onAttach("loading") { hold().also { act(AttachAction.Shown) } },
            onAttach("quoted") { act(AttachAction.Shown) },
            onAttach("writing") {
                act(AttachAction.Shown)
                hold()
                act(AttachAction.Commit)
            },
            onAttach("attached") { act(AttachAction.Shown, AttachAction.Commit) },
            onAttach("trouble", sale = 1) { act(AttachAction.Shown) },
        )

    private fun onShift(name: String, shop: FakeShop = stocked(), script: Screen<ShiftState, ShiftAction>.() -> Unit) =
        ShownState("shift.$name") { play(shop, { ShiftPresenter(shop, it) }, script) }

    private fun shift() =
        listOf(
            onShift("loading") { hold().also { act(ShiftAction.Shown) } },
            onShift("none_yet", FakeShop()) { act(ShiftAction.Shown) },
            onShift("totals") { act(ShiftAction.Shown) },
            onShift("trouble") {
                shop.desk.refuse(FULL_DISK)
                act(ShiftAction.Shown)
            },
        )
}
