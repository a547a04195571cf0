import Foundation
import KartkaGenerated
import Testing

/// Goods that come back with a receipt that is not here, through the generated module alone.
@Suite("Unlinked returns", .timeLimit(.minutes(2)))
struct UnlinkedTests {
    private let gross = Scenario.number("sale.gross")

    @Test("goods come back with a receipt that is not here, and the owner decides")
    func settled() async throws {
        let stage = try Stage()
        let phone = try await stage.founded()
        let (till, customers) = (phone.core.till(), phone.core.customers())
        let customer = try await customers.register(request: newRequest(), form: customerForm(.issue))
        var sold = amount(gross, customer)
        sold.receipt = "A-17"
        let sale = try await till.sell(request: newRequest(), ask: sold)
        let before = try await phone.balance(customer)
        var ask = UnlinkedReturnRequest(
            receipt: "B-1", date: "2020-01-02", amount: gross / 4, customer: customer)
        let claims = try await till.unlinkedQuote(ask: ask)
        let claim = try #require(claims.first)
        #expect(claims.count == 1)
        #expect(claim.points < 0)
        let number = try await till.returnUnlinked(request: newRequest(), ask: ask)
        let open = try await till.unlinkedReturns()
        #expect(open.map(\.id) == [number])
        #expect(open.map(\.state) == [.toBeSettled])
        let accounts = try await customers.account(customer: customer).accounts
        #expect(accounts.map(\.balance) == [before + claim.points])
        let moves = accounts.flatMap(\.lots).flatMap(\.moves)
        #expect(moves.map { $0.by?.toBeSettled } == [true])

        try await till.settleReturn(request: newRequest(), of: number, how: .link(purchase: sale))
        let settled = try await till.unlinkedReturns()
        #expect(settled.map(\.state) == [.linked])
        #expect(settled.map(\.purchase) == [sale])
        let purchase = try await till.purchase(purchase: sale)
        #expect(purchase.returns.map { $0.lines.map(\.quantity) } == [[250]])

        #expect(try await till.receipts(receipt: "A-17", date: purchase.date) == [sale])
        (ask.receipt, ask.date) = ("A-17", purchase.date)
        do {
            _ = try await till.returnUnlinked(request: newRequest(), ask: ask)
            Issue.record("a receipt that is here is no unlinked return")
        } catch CoreError.RuleRejected(let reason) {
            #expect(reason.name == "ReceiptIsHere")
        }
    }
}
