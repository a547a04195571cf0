package kartka.presentation

/** The shop on this phone: its beginning, its recovery sheet and copies, its exchange with the authority. */
public interface ShopGateway {
    /** Whether a business was founded here or this phone was paired. */
    public suspend fun isEnrolled(): Boolean

    /** Countries a business can be founded in, by their two letters; the most likely first. */
    public suspend fun countries(): List<String>

    /** Founds a business: this phone is its authority and needs no server. */
    public suspend fun found(request: RequestId, form: Founding)

    /** Pairs this phone by the text of a pairing code and fetches the shop's data; a repeat goes on where it stopped. */
    public suspend fun pair(request: RequestId, code: String, deviceName: String)

    /** A new recovery sheet; an older one opens everything until this one is confirmed. */
    public suspend fun newSheet(): RecoverySheet

    /** Somebody has the newest sheet on paper and shows it. */
    public suspend fun confirmSheet(text: String)

    /** Whether somebody has a sheet on paper. */
    public suspend fun hasSheet(): Boolean

    /** How old the newest copy of this shop is. */
    public suspend fun copyAge(): CopyAge

    /** Whether the copy is to be made now, by itself. */
    public suspend fun copyDue(): Boolean

    /** Writes the copy into a file of this phone's own; it counts once it lies where the owner picked. */
    public suspend fun writeCopy(): CopyFile

    /** It lies there, in place of the older one. */
    public suspend fun copyLies(copy: CopyFile)

    /** How this phone stands with the authority, in full. */
    public suspend fun standing(): Standing

    /** Sends and fetches until nothing is left of either. */
    public suspend fun exchange()

    /** A person has read what stopped the exchange, and wants it to go on. */
    public suspend fun resume()

    /** The owner says that this phone's clock, which jumped, is right: what ends by it ends again. */
    public suspend fun trustClock()

    /** Does what is due while nobody waits: when the app leaves the screen, and after an exchange in the background. */
    public suspend fun rest()
}

/** What the founder of a business is asked. */
public data class Founding(val name: String, val country: String, val kind: ShopKind, val owner: String)

/** What a shop sells: decides its ready instruments. */
public enum class ShopKind { Coffee, Shop }

/** What is printed on a recovery sheet: whoever has it and a copy has the shop. It is never kept. */
public class RecoverySheet(public val letters: String, public val qr: String)

/** An encrypted copy of the shop in a file of this phone's own; [upto] says what it holds. */
public data class CopyFile(val path: String, val upto: Long)

/** How old the newest copy is. */
public sealed interface CopyAge {
    /** A server has everything. */
    public data object NotNeeded : CopyAge

    public data object Never : CopyAge

    /** [overdue]: show it in red, and in words. */
    public data class Aged(val millis: Long, val overdue: Boolean) : CopyAge
}

/**
 * How this phone stands with the authority.
 *
 * @property server the server's address, null where this phone is the authority
 * @property stopped the protocol's code that stops the exchange
 * @property renumbered entries that were kept when this phone's data turned out to be an older copy
 * @property clockOff milliseconds by which this phone's clock is ahead of the authority's (behind: negative), where it is
 *   so wrong that the authority sets the times of sales
 * @property clockJump this phone is the authority and its clock jumped: its owner is asked which day it is
 */
public data class Standing(
    val mark: SyncMark,
    val server: String?,
    val stopped: Int?,
    val renumbered: Long?,
    val clockOff: Long? = null,
    val clockJump: ClockJump? = null,
)

/** A clock that nobody measures: it showed the business date [before], and shows [now]; ISO. */
public data class ClockJump(val before: String, val now: String)

/**
 * The data of a shop before it is open: with the platform's keys, by the recovery sheet, or from a copy.
 *
 * While none is open every question about the shop fails as on a phone that belongs to none, and the person's own cards
 * answer as ever.
 */
public interface OpenGateway {
    /** Opens the shop that is here; where there is none, nothing is made. */
    public suspend fun open()

    /** Opens data whose key the platform has lost. */
    public suspend fun unlock(sheet: String)

    /** Opens a copy on a new phone. */
    public suspend fun restore(sheet: String, copy: String)

    /**
     * Puts data aside whose key is lost, unopened: this phone can be paired anew, and the sheet brings later what they
     * had not sent.
     */
    public suspend fun setAside()
}
