/// What the presenters ask of the core, in the shell's own words.
///
/// One implementation stands over the generated code (target `CoreBridge`), one with behaviour in the tests. Any number,
/// permission, order or eligibility a screen shows is an answer from here; a call that fails throws `CoreFault`.
public protocol CoreGateway: Sendable {
    /// Topics that changed since the last element: a screen asks again for what it shows of them.
    func changes() -> AsyncStream<ChangeTopic>

    /// Opens a session that reads codes from camera frames; it keeps what it has seen between two frames.
    func openScan() async throws(CoreFault) -> any ScanSession

    /// Whom or what `entry` means in this shop.
    func recognise(_ entry: CardEntry) async throws(CoreFault) -> Recognition

    /// The last sales made on this phone, newest first, at most as many as the core deems worth showing.
    func recentSales() async throws(CoreFault) -> [RecentSale]

    /// How this phone stands with the authority.
    func syncMark() async throws(CoreFault) -> SyncMark
}

/// Reads codes from frames, one at a time, away from the main thread.
public protocol ScanSession: Sendable {
    /// Looks for a code in one frame; what is no frame shows nothing. Takes up to 66 ms.
    func offer(_ frame: LumaFrame) async -> [ScanEvent]

    /// Ends the session; a later `offer` answers with nothing.
    func end()
}

/// The brightness plane of one camera picture.
public struct LumaFrame: Sendable {
    public let bytes: [UInt8]
    public let width: Int
    public let height: Int
    /// Bytes from one row to the next, at least `width`.
    public let rowStride: Int
    /// Monotonic milliseconds of the capture.
    public let atMillis: Int64

    public init(bytes: [UInt8], width: Int, height: Int, rowStride: Int, atMillis: Int64) {
        self.bytes = bytes
        self.width = width
        self.height = height
        self.rowStride = rowStride
        self.atMillis = atMillis
    }
}

/// What a frame brought about.
public enum ScanEvent: Equatable, Sendable {
    /// A code was read; the session has already dropped repeats and lone bar reads.
    case read(String, Carrier)
    /// The code that an owner's phone shows to a phone that joins the shop.
    case letsIn(code: String)
    /// A recovery sheet: what asks for one takes its text, and nobody keeps it.
    case opensShop(sheet: String)
    /// Nothing was read for a while: light may help.
    case torchMayHelp
    /// Nothing was read for long: typing the number may be quicker.
    case typingMayHelp
}

/// What carried a code: the same digits may be a card in bars and none in a QR.
public enum Carrier: Sendable {
    case qr
    case code128
    case ean13
    case text
}

/// How a card came to the counter: a typed number is a permission of its own and is tagged.
public enum CardEntry: Equatable, Sendable {
    /// The text of a code the camera read.
    case scanned(String, Carrier)
    /// What the cashier typed: a card number or digits of a phone, as typed.
    case typed(String)
}

/// The core's answer to a code or a typed number.
public enum Recognition: Equatable, Sendable {
    /// A customer of this shop.
    case customer(id: Int64)
    /// A genuine card of this shop nobody holds yet.
    case newCard(id: Int64)
    /// More than one customer fits the typed digits.
    case several(typed: String)
    /// Nobody fits the typed digits.
    case nobody(typed: String)
    /// A card of this shop that was blocked.
    case blocked
    /// A card this phone cannot judge before it has synced again.
    case unknownKey
    /// A card of another shop that runs Kartka.
    case otherShop
    /// A code that is no card at all: goods, an address, another system.
    case notOurs
    /// It has the shape of a card but was misread or mistyped.
    case unreadable
}

/// A line of the list of last sales.
public struct RecentSale: Equatable, Sendable {
    public let saleId: Int64
    /// Epoch milliseconds.
    public let at: Int64
    /// Paid, in the currency's minor units.
    public let amountMinor: Int64
    /// ISO 4217 code.
    public let currency: String
    /// The name to show, nil for a sale without a card.
    public let customer: String?

    public init(saleId: Int64, at: Int64, amountMinor: Int64, currency: String, customer: String?) {
        self.saleId = saleId
        self.at = at
        self.amountMinor = amountMinor
        self.currency = currency
        self.customer = customer
    }
}

/// How this phone stands with the authority, and how many operations wait to be sent.
public struct SyncMark: Equatable, Sendable {
    public let dot: SyncDot
    public let pending: Int64

    public init(dot: SyncDot, pending: Int64) {
        self.dot = dot
        self.pending = pending
    }
}

/// The colour and the word of the dot; the word is always there, colour alone says nothing.
public enum SyncDot: Sendable {
    /// The phone is its own authority: there is no server yet.
    case alone
    /// Everything is sent and taken.
    case inSync
    /// Operations wait; they go out as soon as the network is back.
    case waiting
    /// The server did not take what was sent; a person must look.
    case stuck
    /// The owner took this phone out of the shop.
    case revoked
}

/// Coarse topics of change.
public enum ChangeTopic: CaseIterable, Sendable {
    case customers
    case sales
    case sync
}

/// Why the core did not answer.
public enum CoreFault: Error, Equatable, Sendable {
    /// The owner took this phone out of the shop: nothing more will be answered.
    case revoked
    /// Anything else; the key finds the text in the table of strings.
    case refused(key: String)
}
