import Foundation
import KartkaGenerated
import Testing

/// A customer's cards through the generated module alone: handed over, shown without network, wishes that arrive.
@Suite("Wallet", .timeLimit(.minutes(2)))
struct WalletTests {
    private func home() throws -> URL {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("kartka-wallet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    /// A customer of the shop with a card, and the link to it.
    private func registered(_ phone: Phone) async throws -> (Int64, String) {
        let customer = try await phone.core.customers().register(request: newRequest(), form: customerForm(.issue))
        let cards = try await phone.core.customers().sheet(customer: customer).cards
        let card = try #require(cards.first)
        return (customer, try await phone.core.cards().link(card: card.number))
    }

    @Test("a card is handed over, shown without network, and its wishes reach the shop")
    func wishes() async throws {
        let stage = try Stage()
        let server = try await stage.server()
        let phone = try await stage.paired(server)
        let (customer, link) = try await registered(phone)
        try await phone.sell(Scenario.number("sale.gross"), customer)
        try await phone.sync()

        let folder = try home()
        defer { try? FileManager.default.removeItem(at: folder) }
        let wallet = try await Wallet.open(folder: folder.path, keys: Keys(), log: Log())
        #expect(try readCardLink(text: link).shop == Scenario.text("shop.name"))
        let mine = try await wallet.add(link: link)
        #expect(try await wallet.card(id: mine).freshness == .unheard)
        #expect(try await wallet.refresh(only: nil, progress: nil).answered == 1)
        let shown = try await wallet.card(id: mine)
        #expect(shown.freshness == .fresh)
        let said = try #require(shown.said)
        #expect(said.given == Scenario.text("customer.given"))
        #expect(try await phone.balance(customer) == said.points.first?.balance)
        #expect(said.purchases.count == 1)
        let squares = try #require(wallet.squares(text: shown.code))
        #expect(Int(squares.side * squares.side) == squares.dark.count)

        try await server.stop()
        #expect(try await wallet.refresh(only: mine, progress: nil).unreached == 1)
        try await wallet.consent(request: newRequest(), card: mine, wording: 1, will: .withdrawn)
        let waiting = try await wallet.card(id: mine)
        #expect(waiting.waiting == [.marketing(will: .withdrawn)])
        #expect(waiting.said != nil)
        try await server.start()
        #expect(try await wallet.refresh(only: nil, progress: nil).answered == 1)
        #expect(try await wallet.card(id: mine).waiting == [])
        try await phone.sync()
        #expect(try await phone.core.customers().sheet(customer: customer).marketing == .withdrawn)

        try await wallet.correct(
            request: newRequest(), card: mine, profile: HolderProfile(given: "Ксеня"))
        _ = try await wallet.refresh(only: nil, progress: nil)
        #expect(try await wallet.card(id: mine).said?.given == "Ксеня")
        let exported = try await wallet.export()
        let afterSecret = try #require(link.components(separatedBy: "s=").last)
        let secret = try #require(afterSecret.components(separatedBy: "#").first)
        #expect(exported.contains("Ксеня"))
        #expect(!exported.contains(secret))

        try await wallet.eraseMe(request: newRequest(), card: mine)
        _ = try await wallet.refresh(only: nil, progress: nil)
        #expect(try await wallet.card(id: mine).freshness == .erased)
        try await wallet.remove(id: mine)
        #expect(try await wallet.cards() == [])
        try await phone.sync()
        await #expect(throws: CoreError.self) { try await phone.core.customers().sheet(customer: customer) }
    }

    @Test("what is no link is refused, and a wallet whose key is lost begins anew")
    func links() async throws {
        let stage = try Stage()
        let phone = try await stage.founded()
        let (_, link) = try await registered(phone)
        let folder = try home()
        defer { try? FileManager.default.removeItem(at: folder) }
        var wallet: Wallet? = try await Wallet.open(folder: folder.path, keys: Keys(), log: Log())
        for text in ["", "https://example.org", "KARTKA1:ABC"] {
            do {
                _ = try readCardLink(text: text)
                Issue.record("\(text) is no link")
            } catch CoreError.Validation {}
        }
        // A shop without a server hands over the code alone.
        let mine = try #require(try await wallet?.add(link: link))
        let held = try #require(try await wallet?.card(id: mine))
        #expect(held.freshness == .counter)
        do {
            _ = try await wallet?.add(link: held.code)
            Issue.record("a code alone hands nothing over")
        } catch CoreError.RuleRejected(let reason) {
            #expect(reason.name == "LinkWithoutSecret")
        }
        wallet = nil
        do {
            _ = try await Wallet.open(folder: folder.path, keys: Keys(), log: Log())
            Issue.record("another key opens nothing")
        } catch CoreError.WrongKey {}
        let anew = try await Wallet.anew(folder: folder.path, keys: Keys(), log: Log())
        #expect(try await anew.cards() == [])
    }
}
