package kartka.presentation.scan

import kartka.presentation.Pictured
import kartka.presentation.RecentSale
import kartka.presentation.Route
import kartka.presentation.SyncMark
import kartka.presentation.Trouble

/**
 * What the Scan screen shows. Everything but [typed], [keypad], [camera] and [looking] is an answer of the core.
 *
 * @property attachTo a sale without a card that the next card is attached to
 * @property looking a code or number is being looked up
 * @property open where the screen goes next; the screen goes there and says [ScanAction.Opened]
 * @property sync null until the core has answered once
 */
public data class ScanState(
    val attachTo: Long? = null,
    val camera: Camera = Camera.NotAsked,
    val hint: Hint = Hint.None,
    val notice: Notice? = null,
    val keypad: Keypad = Keypad.Closed,
    val typed: String = "",
    val looking: Boolean = false,
    val recentSales: List<RecentSale> = emptyList(),
    val sync: SyncMark? = null,
    val open: Route? = null,
) : Pictured {
    override val face: ScanFace
        get() =
            when {
                notice != null -> notice.face
                looking -> ScanFace.Looking
                keypad == Keypad.Open -> ScanFace.Typing
                camera != Camera.Searching -> camera.face
                hint == Hint.Torch -> ScanFace.TorchHint
                hint == Hint.Type -> ScanFace.TypeHint
                attachTo != null -> ScanFace.Attaching
                sync != null && sync.pending > 0 -> ScanFace.Pending
                else -> ScanFace.Searching
            }
}

/** The lines of the table. */
public enum class ScanFace {
    NotAsked,
    Denied,
    Blocked,
    Busy,
    Searching,
    TorchHint,
    TypeHint,
    Typing,
    Looking,
    Attaching,
    Pending,
    NotOurs,
    OtherShop,
    CardBlocked,
    SyncFirst,
    Unreadable,
    Refused,
    Revoked,
}

/** What the platform says about its camera. */
public enum class Camera(internal val face: ScanFace) {
    /** The person has not been asked yet: the screen explains why and asks. */
    NotAsked(ScanFace.NotAsked),

    /** Refused once: the screen may ask again. */
    Denied(ScanFace.Denied),

    /** Refused for good: only the system's settings help. */
    Blocked(ScanFace.Blocked),

    /** Another app holds it. */
    Busy(ScanFace.Busy),

    /** Frames arrive and are searched for a code. */
    Searching(ScanFace.Searching),

    /** This phone no longer belongs to the shop: the camera is off. */
    Off(ScanFace.Revoked),
}

/** What may help when no code is read. */
public enum class Hint { None, Torch, Type }

/** Whether the keypad for a number or a phone is on the screen. */
public enum class Keypad { Closed, Open }

/** What the cashier must know before the next try; it goes with the next try. */
public sealed class Notice(internal val face: ScanFace) {
    /** The code is no card. */
    public data object NotOurs : Notice(ScanFace.NotOurs)

    /** A card of another shop. */
    public data object OtherShop : Notice(ScanFace.OtherShop)

    /** A card of this shop that was blocked. */
    public data object Blocked : Notice(ScanFace.CardBlocked)

    /** The phone has to sync before it can judge this card. */
    public data object SyncFirst : Notice(ScanFace.SyncFirst)

    /** Shaped like a card, but misread or mistyped: typing or a second look helps. */
    public data object Unreadable : Notice(ScanFace.Unreadable)

    /** This phone was taken out of the shop. */
    public data object Revoked : Notice(ScanFace.Revoked)

    /** The core refused. */
    public data class Refused(val trouble: Trouble) : Notice(ScanFace.Refused)
}
