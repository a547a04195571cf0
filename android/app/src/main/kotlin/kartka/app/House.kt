package kartka.app

import kartka.corebridge.KartkaGateway
import kartka.corebridge.KartkaOpener
import kartka.corebridge.LogLines
import kartka.corebridge.Secrets
import kartka.presentation.Opener
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import java.io.File

/**
 * The shop's data on this phone, opened once for the screens and for the exchange in the background alike.
 *
 * An Activity that goes away does not stop an opening that it began.
 */
class House(folder: File, secrets: Secrets, log: LogLines) : Opener {
    private val opening = Mutex()
    private val opener = KartkaOpener(folder.path, secrets, log) { core = it }

    /** The open data; null before it was opened. */
    @Volatile
    var core: KartkaGateway? = null
        private set

    /** Whether the phone belongs to a shop, as it was when the data was opened last. */
    @Volatile
    var enrolled: Boolean = false
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
            }
        }
}
