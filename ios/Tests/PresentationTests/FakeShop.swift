import Foundation

@testable import Presentation

/// A shop small enough to read: it behaves as the core does towards the Scan screen.
///
/// Cards of the shop are texts `K1-number`, of another shop `X1-number`, blocked ones `B1-number`, of a key the phone
/// does not know yet `N1-number`; anything else is no card. A frame's bytes are the text of the code it shows, or nothing.
actor FakeShop: CoreGateway {
    nonisolated let session = FakeSession()
    private nonisolated let topics = AsyncStream<ChangeTopic>.makeStream()

    private var holders: [String: Int64] = [:]
    private var fresh: [String: Int64] = [:]
    private var phones: [Int64: String] = [:]
    private var sales: [RecentSale] = []
    private var pending: Int64 = 0
    private var dot = SyncDot.inSync
    private var refusal: String?
    private var holding = false
    private var held: [CheckedContinuation<Void, Never>] = []

    /// Every entry the shop was asked about.
    private(set) var asked: [CardEntry] = []

    /// A shop with two customers and a fresh card.
    static func open() async -> FakeShop {
        let shop = FakeShop()
        await shop.customer(id: 7, number: "1234567890", phone: "380501112233")
        await shop.customer(id: 8, number: "1234567891", phone: "380509992233")
        await shop.freshCard(id: 40, number: "5555555555")
        return shop
    }

    func customer(id: Int64, number: String, phone: String) {
        holders[number] = id
        phones[id] = phone
    }

    func freshCard(id: Int64, number: String) {
        fresh[number] = id
    }

    func sell(saleId: Int64, amountMinor: Int64, customer: String?) {
        let sale = RecentSale(
            saleId: saleId, at: 1_700_000_000_000 + saleId, amountMinor: amountMinor, currency: "UAH",
            customer: customer)
        sales.insert(sale, at: 0)
        pending += 1
        dot = .waiting
        topics.continuation.yield(.sales)
        topics.continuation.yield(.sync)
    }

    func synced() {
        pending = 0
        dot = .inSync
        announceSync()
    }

    /// The owner takes the phone out of the shop; the phone learns it when it asks.
    func revoke() {
        dot = .revoked
    }

    /// Says that something about sync changed.
    func announceSync() {
        topics.continuation.yield(.sync)
    }

    /// From now on the core refuses every question with `key`.
    func refuse(_ key: String?) {
        refusal = key
    }

    /// Answers wait until `release`.
    func hold() {
        holding = true
    }

    func release() {
        holding = false
        for answer in held { answer.resume() }
        held = []
    }

    nonisolated func changes() -> AsyncStream<ChangeTopic> {
        topics.stream
    }

    nonisolated func openScan() async throws(CoreFault) -> any ScanSession {
        session.open()
        return session
    }

    func recognise(_ entry: CardEntry) async throws(CoreFault) -> Recognition {
        asked.append(entry)
        try await answering()
        switch entry {
        case .scanned(let text, _): return byCode(text)
        case .typed(let text): return byDigits(text)
        }
    }

    func recentSales() async throws(CoreFault) -> [RecentSale] {
        try await answering()
        return Array(sales.prefix(3))
    }

    func syncMark() async throws(CoreFault) -> SyncMark {
        SyncMark(dot: dot, pending: pending)
    }

    private func answering() async throws(CoreFault) {
        if holding {
            await withCheckedContinuation { held.append($0) }
        }
        if dot == .revoked { throw .revoked }
        if let refusal { throw .refused(key: refusal) }
    }

    private func byCode(_ text: String) -> Recognition {
        let number = String(text.dropFirst(3))
        if text.hasPrefix("X1-") { return .otherShop }
        if text.hasPrefix("B1-") { return .blocked }
        if text.hasPrefix("N1-") { return .unknownKey }
        if !text.hasPrefix("K1-") { return .notOurs }
        if let id = holders[number] { return .customer(id: id) }
        if let id = fresh[number] { return .newCard(id: id) }
        return .unreadable
    }

    private func byDigits(_ typed: String) -> Recognition {
        var found = Set(phones.filter { $0.value.hasSuffix(typed) }.keys)
        if let id = holders[typed] { found.insert(id) }
        if found.count > 1 { return .several(typed: typed) }
        return found.first.map { .customer(id: $0) } ?? .nobody(typed: typed)
    }
}

/// A decoder that reads a frame's bytes as text and grows impatient like the real one. `KP1-…` lets a phone into a shop,
/// `SHEET…` is a recovery sheet.
final class FakeSession: ScanSession, @unchecked Sendable {
    private let lock = NSLock()
    private var emptySince: Int64?
    private var opened = 0

    /// Sessions opened and not ended.
    var openSessions: Int { lock.withLock { opened } }

    func open() {
        lock.withLock { opened += 1 }
    }

    func end() {
        lock.withLock { opened -= 1 }
    }

    func offer(_ frame: LumaFrame) async -> [ScanEvent] {
        lock.withLock { look(at: frame) }
    }

    private func seen(_ text: String) -> ScanEvent {
        if text.hasPrefix("KP1-") { return .letsIn(code: text) }
        if text.hasPrefix("SHEET") { return .opensShop(sheet: text) }
        return .read(text, .qr)
    }

    private func look(at frame: LumaFrame) -> [ScanEvent] {
        let text = String(decoding: frame.bytes, as: UTF8.self)
        guard text.isEmpty else {
            emptySince = nil
            return [seen(text)]
        }
        let since = emptySince ?? frame.atMillis
        emptySince = since
        switch frame.atMillis - since {
        case ..<3_000: return []
        case ..<5_000: return [.torchMayHelp]
        default: return [.typingMayHelp]
        }
    }
}

/// A frame that shows `text`, or nothing.
func frame(_ text: String = "", atMillis: Int64 = 0) -> LumaFrame {
    let bytes = Array(text.utf8)
    return LumaFrame(bytes: bytes, width: bytes.count, height: 1, rowStride: bytes.count, atMillis: atMillis)
}
