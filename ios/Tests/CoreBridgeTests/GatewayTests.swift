import Foundation
import KartkaGenerated
import Presentation
import Testing

@testable import CoreBridge

/// The presenters' gateway over a real shop: what the Scan screen asks, in the shell's own words.
@Suite("Gateway", .timeLimit(.minutes(2)))
struct GatewayTests {
    private final class Safe: Secrets, @unchecked Sendable {
        private let lock = NSLock()
        private var kept: [String: Data] = [:]
        private let fault: SecretsFault?

        init(fault: SecretsFault? = nil) {
            self.fault = fault
        }

        func load(name: String) throws -> Data? {
            if let fault { throw fault }
            return lock.withLock { kept[name] }
        }

        func store(name: String, secret: Data) {
            lock.withLock { kept[name] = secret }
        }
    }

    /// A founding phone with its gateway.
    private func counter(_ folder: URL) async throws -> (KartkaCore, KartkaGateway) {
        let feed = ChangeFeed()
        let core = try await KartkaCore.open(
            folder: folder.path, keys: ForeignKeys(Safe()), log: Log(), changes: feed)
        try await core.found(request: newRequest(), form: founding())
        return (core, KartkaGateway(core: core, feed: feed))
    }

    private func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("kartka-gateway-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    @Test("a card before the camera and digits on the keypad become what the core says")
    func recognition() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (core, gateway) = try await counter(folder)
        let cards = try await core.cards().emit(request: newRequest(), count: 2)
        var form = customerForm(.bind(card: cards[0].number))
        let customer = try await core.customers().register(request: newRequest(), form: form)
        let held = try await core.cards().code(card: cards[0].number)
        let blank = try await core.cards().code(card: cards[1].number)

        let drawn = try Rehearsal(log: Log()).frame(text: held)
        let (width, height) = (Int(drawn.width), Int(drawn.height))
        let picture = { (bytes: [UInt8], at: Int64) in
            LumaFrame(bytes: bytes, width: width, height: height, rowStride: width, atMillis: at)
        }
        let session = try await gateway.openScan()
        #expect(await session.offer(picture(Array(drawn.luma), 0)) == [.read(held, .qr)])
        #expect(await session.offer(picture([1, 2, 3], 66)) == [])
        session.end()
        #expect(await session.offer(picture(Array(drawn.luma), 9_000)) == [])

        let damaged = held.dropLast() + (held.last == "2" ? "3" : "2")
        let typed = Scenario.text("customer.typed")
        let cases: [(CardEntry, Recognition)] = [
            (.scanned(held, .qr), .customer(id: customer)),
            (.scanned(blank, .qr), .newCard(id: cards[1].number)),
            (.scanned(String(damaged), .qr), .unreadable),
            (.scanned("4820000000000", .ean13), .notOurs),
            (.typed(typed), .customer(id: customer)),
            (.typed(cards[0].digits), .customer(id: customer)),
            (.typed(blank), .newCard(id: cards[1].number)),
            (.typed("0000000"), .nobody(typed: "0000000")),
        ]
        for (entry, expected) in cases {
            #expect(try await gateway.recognise(entry) == expected, "\(entry)")
        }
        form.profile.phones = ["050" + Scenario.text("customer.digits").suffix(7)]
        form.card = .noCard
        _ = try await core.customers().register(request: newRequest(), form: form)
        #expect(try await gateway.recognise(.typed(typed)) == .several(typed: typed))
    }

    @Test("a pairing code and a recovery sheet are told from a card")
    func noCards() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (core, gateway) = try await counter(folder)
        let sheet = try await core.recovery().newSheet().qr
        let code = "KARTKA1:WYYDE6DIOR2HA4Z2F4XWWYLSORVWCLTFPBQW24DM"
        let session = try await gateway.openScan()
        let cases: [(String, Presentation.ScanEvent)] = [
            (code, .letsIn(code: code)), (sheet, .opensShop(sheet: sheet)),
            ("HTTPS://EXAMPLE.ORG", .read("HTTPS://EXAMPLE.ORG", .qr)),
        ]
        for (at, (text, expected)) in cases.enumerated() {
            let drawn = try Rehearsal(log: Log()).frame(text: text)
            let frame = LumaFrame(
                bytes: Array(drawn.luma), width: Int(drawn.width), height: Int(drawn.height),
                rowStride: Int(drawn.width), atMillis: Int64(at) * 66)
            #expect(await session.offer(frame) == [expected])
        }
        session.end()
    }

    @Test("a sale shows up with its customer and is told")
    func sales() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let (core, gateway) = try await counter(folder)
        #expect(try await gateway.syncMark() == SyncMark(dot: .alone, pending: 0))
        let customer = try await core.customers().register(request: newRequest(), form: customerForm(.issue))
        let gross = Scenario.number("sale.gross")
        let changes = gateway.changes()
        _ = try await core.till().sell(request: newRequest(), ask: amount(gross, customer))
        #expect(await changes.first { $0 == .sales } == .sales)
        _ = try await core.till().sell(request: newRequest(), ask: amount(100))
        let shown = try await gateway.recentSales()
        #expect(shown.map(\.amountMinor) == [100, gross])
        #expect(shown.map(\.customer) == [nil, Scenario.text("customer.name")])
        #expect(shown.allSatisfy { $0.currency == Scenario.text("currency") })
    }

    @Test("a refusal carries the key of its text")
    func refusals() async throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let gateway = try await KartkaGateway.open(folder: folder.path, secrets: Safe()) { _, _, _ in }
        await #expect(throws: CoreFault.refused(key: "error.not_paired")) { try await gateway.recentSales() }
        // A phone without a shop may look for the way into one.
        try await gateway.openScan().end()
        let other = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: other) }
        await #expect(throws: CoreFault.refused(key: "error.keys_lost")) {
            _ = try await KartkaGateway.open(folder: other.path, secrets: Safe(fault: .lost)) { _, _, _ in }
        }
    }
}
