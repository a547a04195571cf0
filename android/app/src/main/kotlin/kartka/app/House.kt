package kartka.app

import kartka.corebridge.CardsPlace
import kartka.corebridge.KartkaGateway
import kartka.corebridge.KartkaOpener
import kartka.corebridge.LogLines
import kartka.corebridge.Secrets
import kartka.presentation.CoreFault
import kartka.presentation.Opener
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import java.io.File

/**
 * The data on this phone, a shop's and its person's own cards, opened once for the screens and for what runs in the
 * background alike.
 *
 * An Activity that goes away does not stop an opening that it began.
 *
 * @param cards keeps the key of the person's cards, away from the shop's
 */
class House(folder: File, secrets: Secrets, cards: Secrets, log: LogLines) : Opener {
    private val opening = Mutex()
    private val opener =
        KartkaOpener(folder.path, secrets, log, CardsPlace(folder.path, cards, log)) { core = it }

    /** The open data; null before it was opened. */
    @Volatile
    var core: KartkaGateway? = null
        private set

    /** Whether the phone belongs to a shop, as it was when the data was opened last. */
    @Volatile
    var enrolled: Boolean = false
        private set

    /** Whether its person holds cards, also ones that can't be opened, as it was when the data was opened last. */
    @Volatile
    var holder: Boolean = false
        private set

    override suspend fun open(): Unit = once { opener.open() }

    override suspend fun unlock(sheet: String): Unit = once { opener.unlock(sheet) }

    override suspend fun restore(sheet: String, copy: String): Unit = once { opener.restore(sheet, copy) }

    /** The open data, opened now if nobody has; fails as [open] does. */
    suspend fun opened(): KartkaGateway {
        open()
        return checkNotNull(core) { "what was opened without a fault is there" }
    }

    private suspend fun once(work: suspend () -> Unit): Unit =
        withContext(NonCancellable) {
            opening.withLock {
                if (core == null) work()
                enrolled = core?.isEnrolled() == true
                holder = core?.run { holds() } == true
            }
        }

    /** Cards that can't be opened are there all the same, and their screen says what helps. */
    private suspend fun KartkaGateway.holds(): Boolean =
        try {
            heldCards().isNotEmpty()
        } catch (_: CoreFault) {
            true
        }
}
