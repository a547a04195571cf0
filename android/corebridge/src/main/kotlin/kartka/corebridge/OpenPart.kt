package kartka.corebridge

import kartka.generated.CoreException
import kartka.generated.KartkaCore
import kartka.generated.openIfHere
import kartka.presentation.OpenGateway
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext

/**
 * Where a shop's data lie; the folder must exist.
 *
 * @property secrets keeps their keys
 */
public class ShopPlace(internal val folder: String, internal val secrets: Secrets, internal val log: LogLines) {
    internal fun keys() = ForeignKeys(secrets)

    internal fun lines() = ForeignLog(log)
}

/**
 * Opens the shop's data over the core, one opening at a time.
 *
 * A screen that goes away does not stop an opening that it began: the next one would find the data taken.
 */
internal class OpenPart(private val place: ShopPlace, private val parts: CoreParts, private val feed: ChangeFeed) :
    OpenGateway {
    private val opening = Mutex()

    override suspend fun open() {
        once { if (!parts.isOpen) openIfHere(place.folder, place.keys(), place.lines(), feed)?.let(parts::take) }
    }

    override suspend fun unlock(sheet: String): Unit =
        anew { KartkaCore.unlock(place.folder, sheet, place.keys(), place.lines(), feed) }

    override suspend fun restore(sheet: String, copy: String): Unit =
        anew { KartkaCore.restore(place.folder, sheet, copy, place.keys(), place.lines(), feed) }

    override suspend fun setAside(): Unit =
        anew { KartkaCore.beginAnew(place.folder, place.keys(), place.lines(), feed) }

    /** A shop is about to be founded or joined here: from now on there are data. */
    suspend fun begin() {
        once {
            if (parts.isOpen) return@once
            openIfHere(place.folder, place.keys(), place.lines(), feed)?.let { return@once parts.take(it) }
            parts.take(made())
        }
    }

    private suspend fun made(): KartkaCore =
        try {
            KartkaCore.open(place.folder, place.keys(), place.lines(), feed)
        } catch (_: CoreException.KeysLost) {
            // There is nothing here that a lost key could open: what it was for is gone, and is given up.
            KartkaCore.beginAnew(place.folder, place.keys(), place.lines(), feed)
        }

    private suspend fun anew(make: suspend () -> KartkaCore): Unit =
        once {
            parts.close()
            parts.take(make())
        }

    private suspend fun once(work: suspend () -> Unit): Unit =
        withContext(NonCancellable) { opening.withLock { asked { work() } } }
}
