package kartka.corebridge

import kartka.generated.KartkaCore
import kartka.presentation.Opener

/**
 * Opens the shop's data in a folder, which must exist, and hands the gateway on.
 *
 * @property cards where a person's own cards lie
 * @property ready takes the open gateway; whoever takes it closes it
 */
public class KartkaOpener(
    private val folder: String,
    private val secrets: Secrets,
    private val log: LogLines,
    private val cards: CardsPlace,
    private val ready: (KartkaGateway) -> Unit,
) : Opener {
    override suspend fun open(): Unit =
        opened { feed -> KartkaCore.open(folder, ForeignKeys(secrets), ForeignLog(log), feed) }

    override suspend fun unlock(sheet: String): Unit =
        opened { feed -> KartkaCore.unlock(folder, sheet, ForeignKeys(secrets), ForeignLog(log), feed) }

    override suspend fun restore(sheet: String, copy: String): Unit =
        opened { feed -> KartkaCore.restore(folder, sheet, copy, ForeignKeys(secrets), ForeignLog(log), feed) }

    private suspend fun opened(make: suspend (ChangeFeed) -> KartkaCore) {
        val feed = ChangeFeed()
        ready(KartkaGateway(asked { make(feed) }, cards, feed.flow))
    }
}
