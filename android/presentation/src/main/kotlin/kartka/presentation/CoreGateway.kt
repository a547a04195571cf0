package kartka.presentation

import kotlinx.coroutines.flow.Flow

/**
 * What the presenters ask of the core, in the shell's own words.
 *
 * One implementation stands over the generated code (module `corebridge`), one with behaviour in the tests. Any number,
 * permission, order or eligibility a screen shows is an answer from here; a call that fails throws [CoreFault]. A call
 * that changes something takes a [RequestId] and answers a repeat of it with what the first one did.
 */
public interface CoreGateway :
    ScanGateway,
    CustomerGateway,
    TillGateway,
    TeamGateway,
    OpenGateway,
    ShopGateway,
    OfficeGateway,
    ProgrammeGateway,
    LeavingGateway,
    TiesGateway,
    ReturnsGateway,
    OutletsGateway,
    WalletGateway {
    /** Topics that changed since the last emission: a screen asks again for what it shows of them. */
    public val changes: Flow<ChangeTopic>

    /** The business, for putting numbers into words. */
    public suspend fun facts(): ShopFacts

    /** How this phone stands with the authority. */
    public suspend fun syncMark(): SyncMark
}

/** What the start of the counter asks. */
public interface ScanGateway {
    /**
     * Opens a session that reads codes from camera frames; it keeps what it has seen between two frames. On a phone
     * without a shop it tells the codes that let it into one.
     */
    public suspend fun openScan(): ScanSession

    /** Whom or what [entry] means in this shop. */
    public suspend fun recognise(entry: CardEntry): Recognition

    /** The last sales made on this phone, newest first, at most as many as the core deems worth showing. */
    public suspend fun recentSales(): List<RecentSale>
}

/** Reads codes from frames; not safe to call from two threads at once. */
public interface ScanSession {
    /** Looks for a code in one frame; what is no frame shows nothing. Takes up to 66 ms of the calling thread. */
    public fun offer(frame: LumaFrame): List<ScanEvent>

    /** Ends the session; a later [offer] answers with nothing. */
    public fun end()
}

/**
 * The brightness plane of one camera picture.
 *
 * @property rowStride bytes from one row to the next, at least [width]
 * @property atMillis monotonic milliseconds of the capture
 */
public class LumaFrame(
    public val bytes: ByteArray,
    public val width: Int,
    public val height: Int,
    public val rowStride: Int,
    public val atMillis: Long,
)

/** What a frame brought about. */
public sealed interface ScanEvent {
    /** A code was read; the session has already dropped repeats and lone bar reads. */
    public data class Read(val text: String, val carrier: Carrier) : ScanEvent

    /** The code that an owner's phone shows to a phone that joins the shop. */
    public data class LetsIn(val code: String) : ScanEvent

    /** A recovery sheet: what asks for one takes its text, and nobody keeps it. */
    public data class OpensShop(val sheet: String) : ScanEvent

    /** Nothing was read for a while: light may help. */
    public data object TorchMayHelp : ScanEvent

    /** Nothing was read for long: typing the number may be quicker. */
    public data object TypingMayHelp : ScanEvent
}

/** What carried a code: the same digits may be a card in bars and none in a QR. */
public enum class Carrier { Qr, Code128, Ean13, Text }

/** How a card came to the counter: a typed number is a permission of its own and is tagged. */
public sealed interface CardEntry {
    /** The text of a code the camera read. */
    public data class Scanned(val text: String, val carrier: Carrier) : CardEntry

    /** What the cashier typed: a card number or digits of a phone, as typed. */
    public data class Typed(val text: String) : CardEntry
}

/** The core's answer to a code or a typed number. */
public sealed interface Recognition {
    /** A customer of this shop, and how they were found. */
    public data class Customer(val customerId: Long, val read: CardRead) : Recognition

    /** A genuine card of this shop nobody holds yet. */
    public data class NewCard(val cardId: Long) : Recognition

    /** More than one customer fits the typed digits. */
    public data class Several(val typed: String) : Recognition

    /** Nobody fits the typed digits. */
    public data class Nobody(val typed: String) : Recognition

    /** A card of this shop that was blocked. */
    public data object Blocked : Recognition

    /** A card this phone cannot judge before it has synced again. */
    public data object UnknownKey : Recognition

    /** A card of another shop that runs Kartka. */
    public data object OtherShop : Recognition

    /** A code that is no card at all: goods, an address, another system. */
    public data object NotOurs : Recognition

    /** It has the shape of a card but was misread or mistyped. */
    public data object Unreadable : Recognition
}

/**
 * A line of the list of last sales.
 *
 * @property at epoch milliseconds
 * @property paid with money
 * @property customer the name to show, null for a sale without a card
 */
public data class RecentSale(val saleId: Long, val at: Long, val paid: Money, val customer: String?)

/**
 * How this phone stands with the authority.
 *
 * @property pending operations that wait to be sent
 * @property heardAt when the authority was last heard, epoch milliseconds; null where this phone is the authority
 */
public data class SyncMark(val dot: SyncDot, val pending: Long, val heardAt: Long? = null) {
    /** Whether what this phone shows may be behind what others did. */
    val behind: Boolean get() = dot == SyncDot.Waiting || dot == SyncDot.Stuck
}

/** The colour and the word of the dot; the word is always there, colour alone says nothing. */
public enum class SyncDot {
    /** The phone is its own authority: there is no server yet. */
    Alone,

    /** Everything is sent and taken. */
    InSync,

    /** Operations wait; they go out as soon as the network is back. */
    Waiting,

    /** The server did not take what was sent; a person must look. */
    Stuck,

    /** The owner took this phone out of the shop. */
    Revoked,
}

/** Coarse topics of change. */
public enum class ChangeTopic {
    Customers,
    Sales,
    Sync,
}
