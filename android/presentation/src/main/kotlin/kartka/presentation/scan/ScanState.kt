package kartka.presentation.scan

import kartka.presentation.RecentSale
import kartka.presentation.SyncMark

/**
 * What the Scan screen shows. Everything but [typed], [keypad], [camera] and [looking] is an answer of the core.
 *
 * @property looking a code or number is being looked up
 * @property open where the screen goes next; the screen goes there and says [ScanAction.Opened]
 * @property sync null until the core has answered once
 */
public data class ScanState(
    val camera: Camera = Camera.NotAsked,
    val hint: Hint = Hint.None,
    val notice: Notice? = null,
    val keypad: Keypad = Keypad.Closed,
    val typed: String = "",
    val looking: Boolean = false,
    val recentSales: List<RecentSale> = emptyList(),
    val sync: SyncMark? = null,
    val open: Destination? = null,
)

/** What the platform says about its camera. */
public enum class Camera {
    /** The person has not been asked yet: the screen explains why and asks. */
    NotAsked,

    /** Refused once: the screen may ask again. */
    Denied,

    /** Refused for good: only the system's settings help. */
    Blocked,

    /** Another app holds it. */
    Busy,

    /** Frames arrive and are searched for a code. */
    Searching,

    /** This phone no longer belongs to the shop: the camera is off. */
    Off,
}

/** What may help when no code is read. */
public enum class Hint { None, Torch, Type }

/** Whether the keypad for a number or a phone is on the screen. */
public enum class Keypad { Closed, Open }

/** What the cashier must know before the next try; it goes with the next try. */
public sealed interface Notice {
    /** The code is no card. */
    public data object NotOurs : Notice

    /** A card of another shop. */
    public data object OtherShop : Notice

    /** A card of this shop that was blocked. */
    public data object Blocked : Notice

    /** The phone has to sync before it can judge this card. */
    public data object SyncFirst : Notice

    /** Shaped like a card, but misread or mistyped: typing or a second look helps. */
    public data object Unreadable : Notice

    /** This phone was taken out of the shop. */
    public data object Revoked : Notice

    /** The core refused; [key] finds the text in the table of strings. */
    public data class Refused(val key: String) : Notice
}

/** Where a recognised card, a typed number or a tap leads. */
public sealed interface Destination {
    public data class Customer(val customerId: Long) : Destination

    /** A card nobody holds is bound while the customer is registered. */
    public data class Register(val cardId: Long) : Destination

    /** The typed digits fit nobody or several: search goes on with them. */
    public data class Search(val typed: String) : Destination

    public data class Sale(val saleId: Long) : Destination
}
