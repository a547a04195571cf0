import KartkaGenerated
import Presentation

/// Two are enough to know that digits fit more than one customer.
private let moreThanOne: UInt32 = 2

/// The core behind the presenters: conversions only, every answer is the core's.
public final class KartkaGateway: CoreGateway {
    private let core: KartkaCore
    private let feed: ChangeFeed

    init(core: KartkaCore, feed: ChangeFeed) {
        self.core = core
        self.feed = feed
    }

    /// Opens the shop's data in `folder`, which must exist; it is free again when the gateway is gone.
    public static func open(
        folder: String, secrets: any Secrets, log: @escaping LogLines
    ) async throws(CoreFault) -> KartkaGateway {
        let feed = ChangeFeed()
        let core = try await asked {
            try await KartkaCore.open(
                folder: folder, keys: ForeignKeys(secrets), log: ForeignLog(log), changes: feed)
        }
        return KartkaGateway(core: core, feed: feed)
    }

    public func changes() -> AsyncStream<Presentation.ChangeTopic> {
        feed.changes()
    }

    public func openScan() async throws(CoreFault) -> any Presentation.ScanSession {
        CameraSession(try await asked { try await core.cards().openScan() })
    }

    public func recognise(_ entry: CardEntry) async throws(CoreFault) -> Recognition {
        try await asked {
            switch entry {
            case .scanned(let text, let carrier):
                return try await card(text, carrier.core) ?? .notOurs
            case .typed(let text):
                if let card = try await card(text, .text) { return card }
                return try await byDigits(text)
            }
        }
    }

    public func recentSales() async throws(CoreFault) -> [Presentation.RecentSale] {
        let sales = try await asked { try await core.reports().recentSales() }
        return sales.map {
            RecentSale(
                saleId: $0.purchase, at: $0.atMs, amountMinor: $0.paid, currency: $0.currency,
                customer: $0.customer)
        }
    }

    public func syncMark() async throws(CoreFault) -> SyncMark {
        let standing = try await asked { try await core.sync().standing() }
        return SyncMark(dot: standing.dot.shown, pending: standing.outbox)
    }

    /// nil for what is no card.
    private func card(_ text: String, _ carrier: KartkaGenerated.Carrier) async throws -> Recognition? {
        switch try await core.cards().recognise(carrier: carrier, text: text) {
        case .holder(let customer, _): .customer(id: customer)
        case .newCard(let card): .newCard(id: card.number)
        case .blocked: .blocked
        case .otherShop: .otherShop
        case .unknownKey: .unknownKey
        case .badCode: .unreadable
        case .notOurs: nil
        }
    }

    private func byDigits(_ typed: String) async throws -> Recognition {
        let found = try await core.customers().find(text: typed, limit: moreThanOne)
        guard let first = found.first else { return .nobody(typed: typed) }
        return found.count == 1 ? .customer(id: first.id) : .several(typed: typed)
    }
}

extension KartkaGenerated.SyncDot {
    fileprivate var shown: Presentation.SyncDot {
        switch self {
        case .alone: .alone
        case .inSync: .inSync
        case .waiting: .waiting
        case .stuck: .stuck
        case .revoked: .revoked
        }
    }
}
