package kartka.corebridge

import kartka.generated.KartkaCore
import kartka.generated.Recognised
import kartka.presentation.CardEntry
import kartka.presentation.ChangeTopic
import kartka.presentation.CoreGateway
import kartka.presentation.RecentSale
import kartka.presentation.Recognition
import kartka.presentation.ScanSession
import kartka.presentation.SyncDot
import kartka.presentation.SyncMark
import kotlinx.coroutines.flow.Flow
import kartka.generated.Carrier as CoreCarrier
import kartka.generated.SyncDot as CoreDot

/** Two are enough to know that digits fit more than one customer. */
private const val MORE_THAN_ONE = 2u

/** The core behind the presenters: conversions only, every answer is the core's. */
public class KartkaGateway internal constructor(
    private val core: KartkaCore,
    override val changes: Flow<ChangeTopic>,
) : CoreGateway,
    AutoCloseable {
    private val cards = core.cards()
    private val customers = core.customers()
    private val reports = core.reports()
    private val sync = core.sync()

    override suspend fun openScan(): ScanSession = asked { CameraSession(cards.openScan()) }

    override suspend fun recognise(entry: CardEntry): Recognition =
        asked {
            when (entry) {
                is CardEntry.Scanned -> {
                    val found = cards.recognise(entry.carrier.asCore(), entry.text)
                    found.asRecognition() ?: Recognition.NotOurs
                }
                is CardEntry.Typed -> {
                    val found = cards.recognise(CoreCarrier.TEXT, entry.text)
                    found.asRecognition() ?: byDigits(entry.text)
                }
            }
        }

    override suspend fun recentSales(): List<RecentSale> =
        asked {
            reports.recentSales().map {
                RecentSale(
                    saleId = it.purchase,
                    at = it.atMs,
                    amountMinor = it.paid,
                    currency = it.currency,
                    customer = it.customer,
                )
            }
        }

    override suspend fun syncMark(): SyncMark =
        asked {
            val standing = sync.standing()
            SyncMark(standing.dot.asDot(), standing.outbox)
        }

    /** Lets go of the data folder; calls under way end first. */
    override fun close(): Unit = listOf(cards, customers, reports, sync, core).forEach { it.destroy() }

    private suspend fun byDigits(typed: String): Recognition {
        val found = customers.find(typed, MORE_THAN_ONE)
        return when (found.size) {
            0 -> Recognition.Nobody(typed)
            1 -> Recognition.Customer(found.first().id)
            else -> Recognition.Several(typed)
        }
    }

    public companion object {
        /** Opens the shop's data in [folder], which must exist. */
        public suspend fun open(folder: String, secrets: Secrets, log: LogLines): KartkaGateway {
            val feed = ChangeFeed()
            val core = asked { KartkaCore.open(folder, ForeignKeys(secrets), ForeignLog(log), feed) }
            return KartkaGateway(core, feed.flow)
        }
    }
}

/** Null for what is no card. */
private fun Recognised.asRecognition(): Recognition? =
    when (this) {
        is Recognised.Holder -> Recognition.Customer(customer)
        is Recognised.NewCard -> Recognition.NewCard(card.number)
        is Recognised.Blocked -> Recognition.Blocked
        Recognised.OtherShop -> Recognition.OtherShop
        Recognised.UnknownKey -> Recognition.UnknownKey
        Recognised.BadCode -> Recognition.Unreadable
        Recognised.NotOurs -> null
    }

private fun CoreDot.asDot(): SyncDot =
    when (this) {
        CoreDot.ALONE -> SyncDot.Alone
        CoreDot.IN_SYNC -> SyncDot.InSync
        CoreDot.WAITING -> SyncDot.Waiting
        CoreDot.STUCK -> SyncDot.Stuck
        CoreDot.REVOKED -> SyncDot.Revoked
    }
