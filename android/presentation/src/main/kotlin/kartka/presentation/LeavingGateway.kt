package kartka.presentation

/** Leaving a shop with a phone, and bringing what another phone could not send. */
public interface LeavingGateway {
    /** Writes what was not sent into a file that only the shop's recovery sheet opens; nothing on this phone changes. */
    public suspend fun writeOutbox(): OutboxFile

    /** Brings another phone's file to the server; a repeat brings nothing twice. */
    public suspend fun carry(file: String, sheet: String): Carried

    /** When data were put aside here that wait for the sheet, epoch milliseconds, the oldest first. */
    public suspend fun aside(): List<Long>

    /** Brings what such data had not sent to the server; what has arrived is deleted here, a repeat brings the rest. */
    public suspend fun bringAside(sheet: String): List<BroughtAside>

    /** Deletes everything of the shop here; refused while something is neither sent nor in a file. */
    public suspend fun signOut()
}

/**
 * What was not sent, as a file.
 *
 * @property path where the core has written it: it still has to be put where a person finds it
 * @property entries what is in it; nothing waits and there is no file where it is 0
 */
public data class OutboxFile(val path: String, val entries: Long)

/**
 * What came of bringing a file.
 *
 * @property device the number of the phone it was made on
 * @property batches parts of the file
 * @property arrived of them, how many the server holds now; the file is kept while some are missing
 */
public data class Carried(val device: Long, val batches: Long, val arrived: Long)

/**
 * What came of bringing what data put aside had not sent.
 *
 * @property device the number that this phone had when they were made
 * @property entries what waited in them
 * @property batches parts they lie in
 * @property arrived of them, how many the server holds now; the data are kept while some are missing
 */
public data class BroughtAside(val device: Long, val entries: Long, val batches: Long, val arrived: Long)
