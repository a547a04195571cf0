import Foundation
import KartkaGenerated
import Testing

/// One sale, all the way: two phones and a server process, through the generated module alone.
@Suite("Journey", .timeLimit(.minutes(2)))
struct JourneyTests {
    private let gross = Scenario.number("sale.gross")
    private let name = Scenario.text("customer.name")

    @Test("two phones and a server sell, redeem, return and agree")
    func journey() async throws {
        let stage = try Stage()
        let server = try await stage.server()
        let one = try await stage.paired(server, 0)
        let two = try await stage.paired(server, 1)
        let business = try await one.core.settings().business()
        #expect(business.name == Scenario.text("shop.name"))
        #expect(business.currency == Scenario.text("currency"))

        try await programmeIsTheFounders(one)

        let cards = try await one.core.cards().emit(request: newRequest(), count: UInt32(Scenario.number("cards")))
        #expect(Set(cards.map(\.digits)).count == Int(Scenario.number("cards")))
        let customer = try await one.core.customers().register(
            request: newRequest(), form: customerForm(.bind(card: cards[0].number)))
        let first = try await firstSale(one, customer)

        #expect(try await two.sync().rowsPulled > 0)
        let code = try await one.core.cards().code(card: cards[0].number)
        let blank = try await one.core.cards().code(card: cards[1].number)
        try await scan(two, code, .ours(card: cards[0]))
        let reads = two.core.cards()
        #expect(try await reads.recognise(carrier: .qr, text: code) == .holder(customer: customer, card: cards[0]))
        #expect(try await reads.recognise(carrier: .qr, text: blank) == .newCard(card: cards[1]))
        #expect(try await reads.recognise(carrier: .qr, text: "https://example.org/menu") == .notOurs)

        try await find(two, customer)
        let second = try await redeemAndReturn(two, customer)
        try await two.sync()
        try await one.sync()
        try await agree(one, customer, first, second)
    }

    private func programmeIsTheFounders(_ phone: Phone) async throws {
        let programme = try await phone.core.programme().published()
        #expect(programme.version == UInt32(Scenario.number("programme.version")))
        #expect(programme.instruments.count == Int(Scenario.number("programme.instruments")))
        guard case .bonus(let earning, let spending) = programme.instruments[0].terms,
            case .stamps(let per, let rewards) = programme.instruments[1].terms,
            case .capped(let perCustomer, _, _) = spending.offline
        else {
            Issue.record("the ready instruments are others: \(programme.instruments)")
            return
        }
        #expect(earning.rate == UInt16(Scenario.number("programme.rate")))
        #expect(earning.life == .fromFirstDay(months: UInt16(Scenario.number("programme.months"))))
        #expect(spending.maxShare == UInt16(Scenario.number("programme.max_share")))
        #expect(perCustomer == Scenario.number("programme.per_customer"))
        #expect(per == .visit)
        #expect(rewards.map(\.stamps) == [Scenario.number("programme.stamps")])
    }

    private func firstSale(_ one: Phone, _ customer: Int64) async throws -> Int64 {
        let quote = try await one.core.till().quote(ask: amount(gross, customer))
        #expect(quote.due == gross)
        #expect(quote.said.contains { $0.name == "Earned" })
        let first = try await one.core.till().commit(request: newRequest(), quote: quote.id)
        #expect(try await one.balance(customer) == Scenario.number("sale.earned"))
        #expect(try await one.core.sync().standing().dot == .waiting)
        #expect(try await one.sync().opsPushed > 0)
        #expect(try await one.core.sync().standing().dot == .inSync)
        return first
    }

    private func scan(_ two: Phone, _ code: String, _ reading: Reading) async throws {
        let frame = try Rehearsal(log: two.log).frame(text: code)
        let scan = try await two.core.cards().openScan()
        let look = { (at: Int64) in
            try scan.frame(
                luma: frame.luma, width: frame.width, height: frame.height, rowStride: frame.width, atMs: at)
        }
        #expect(try look(0) == .found(scanned: Scanned(carrier: .qr, text: code, reading: reading)))
        #expect(try look(66) == nil, "the same scan still")
        #expect(try scan.text(text: code, atMs: 5_000).carrier == .text)
    }

    private func find(_ two: Phone, _ customer: Int64) async throws {
        let found = try await two.core.customers().find(text: Scenario.text("customer.typed"), limit: 10)
        #expect(found.map(\.id) == [customer])
        #expect(found[0].name == name)
        #expect(found[0].phones == [Scenario.text("customer.digits")])
        #expect(found[0].marketing == .given)
    }

    private func redeemAndReturn(_ two: Phone, _ customer: Int64) async throws -> Int64 {
        let redemption = amount(
            Scenario.number("redemption.gross"), customer, spend: Scenario.number("redemption.spend"))
        let quote = try await two.core.till().quote(ask: redemption)
        #expect(quote.due == Scenario.number("redemption.due"))
        let second = try await two.core.till().commit(request: newRequest(), quote: quote.id)
        #expect(try await two.balance(customer) == Scenario.number("redemption.balance"))
        let refund = try await two.core.till().refund(purchase: second, lines: [])
        #expect(refund.money == Scenario.number("redemption.due"))
        #expect(refund.everything)
        _ = try await two.core.till().giveBack(request: newRequest(), purchase: second, lines: [])
        #expect(try await two.balance(customer) == Scenario.number("after_return"))
        return second
    }

    private func agree(_ one: Phone, _ customer: Int64, _ first: Int64, _ second: Int64) async throws {
        #expect(try await one.balance(customer) == Scenario.number("after_return"))
        #expect(try await one.core.till().purchase(purchase: first).order == .confirmed)
        let customers = one.core.customers()
        let page = try await customers.history(customer: customer, after: nil, limit: 1)
        let rest = try await customers.history(customer: customer, after: page.next, limit: 10)
        #expect((page.purchases + rest.purchases).map(\.id) == [second, first])
        let line = page.purchases[0].lines[0]
        #expect(line.returned == line.quantity)

        let today = try await one.core.reports().today(date: nil)
        #expect(today.day.receipts == 2)
        #expect(today.liability == Scenario.number("after_return"))
        let recent = try await one.core.reports().recentSales()
        #expect(recent.map(\.purchase) == [first])
        #expect(recent[0].paid == gross)
        #expect(recent[0].customer == name)
        try await one.core.data().idle()
    }

    @Test("a founding phone sells and voids without a server")
    func alone() async throws {
        let stage = try Stage()
        let phone = try await stage.founded()
        let customers = phone.core.customers()
        let customer = try await customers.register(request: newRequest(), form: customerForm(.issue))
        let sale = try await phone.sell(gross, customer)
        #expect(try await phone.balance(customer) == Scenario.number("sale.earned"))
        _ = try await phone.core.till().voidPurchase(request: newRequest(), purchase: sale, reason: .undo)
        #expect(try await phone.balance(customer) == 0)
        try await customers.consent(request: newRequest(), customer: customer, wording: 1, will: .withdrawn)
        try await customers.edit(request: newRequest(), customer: customer, profile: Profile(note: "—"))
        let sheet = try await customers.sheet(customer: customer)
        #expect(sheet.marketing == .withdrawn)
        #expect(sheet.name == name)
        #expect(try await phone.core.sync().standing().dot == .alone)
        #expect(try await phone.sync().exchanges == 0)
    }
}
