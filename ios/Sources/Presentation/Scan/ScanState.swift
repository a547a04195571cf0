/// What the Scan screen shows. Everything but `typed`, `keypad`, `camera` and `looking` is an answer of the core.
public struct ScanState: Equatable, Sendable {
    public var camera: Camera = .notAsked
    public var hint: Hint = .none
    public var notice: Notice?
    public var keypad: Keypad = .closed
    public var typed = ""
    /// A code or number is being looked up.
    public var looking = false
    public var recentSales: [RecentSale] = []
    /// nil until the core has answered once.
    public var sync: SyncMark?
    /// Where the screen goes next; the screen goes there and says `ScanAction.opened`.
    public var open: Destination?

    public init() {}

    /// What the platform says about its camera.
    public enum Camera: CaseIterable, Sendable {
        /// The person has not been asked yet: the screen explains why and asks.
        case notAsked
        /// Refused once: the screen may ask again.
        case denied
        /// Refused for good: only the system's settings help.
        case blocked
        /// Another app holds it.
        case busy
        /// Frames arrive and are searched for a code.
        case searching
        /// This phone no longer belongs to the shop: the camera is off.
        case off
    }

    /// What may help when no code is read.
    public enum Hint: Sendable {
        case none
        case torch
        case type
    }

    /// Whether the keypad for a number or a phone is on the screen.
    public enum Keypad: Sendable {
        case closed
        case open
    }

    /// What the cashier must know before the next try; it goes with the next try.
    public enum Notice: Equatable, Sendable {
        /// The code is no card.
        case notOurs
        /// A card of another shop.
        case otherShop
        /// A card of this shop that was blocked.
        case blocked
        /// The phone has to sync before it can judge this card.
        case syncFirst
        /// Shaped like a card, but misread or mistyped: typing or a second look helps.
        case unreadable
        /// This phone was taken out of the shop.
        case revoked
        /// The core refused; the key finds the text in the table of strings.
        case refused(key: String)
    }

    /// Where a recognised card, a typed number or a tap leads.
    public enum Destination: Equatable, Sendable {
        case customer(id: Int64)
        /// A card nobody holds is bound while the customer is registered.
        case register(cardId: Int64)
        /// The typed digits fit nobody or several: search goes on with them.
        case search(typed: String)
        case sale(id: Int64)
    }
}
