package kartka.corebridge

import kartka.generated.KartkaCore
import kartka.presentation.ChangeTopic
import kartka.presentation.CoreGateway
import kartka.presentation.CustomerGateway
import kartka.presentation.LeavingGateway
import kartka.presentation.OfficeGateway
import kartka.presentation.OutletsGateway
import kartka.presentation.ProgrammeGateway
import kartka.presentation.ReturnsGateway
import kartka.presentation.ScanGateway
import kartka.presentation.ShopFacts
import kartka.presentation.ShopGateway
import kartka.presentation.SyncMark
import kartka.presentation.TeamGateway
import kartka.presentation.TiesGateway
import kartka.presentation.TillGateway
import kartka.presentation.WalletGateway
import kotlinx.coroutines.flow.Flow

/** The core behind the presenters: conversions only, every answer is the core's. */
public class KartkaGateway private constructor(
    private val parts: CoreParts,
    private val wallet: WalletPart,
    override val changes: Flow<ChangeTopic>,
) : CoreGateway,
    ScanGateway by ScanPart(parts),
    CustomerGateway by CustomerPart(parts),
    TillGateway by TillPart(parts),
    TeamGateway by TeamPart(parts),
    ShopGateway by ShopPart(parts),
    OfficeGateway by OfficePart(parts),
    ProgrammeGateway by ProgrammePart(parts),
    LeavingGateway by LeavingPart(parts),
    TiesGateway by TiesPart(parts),
    ReturnsGateway by ReturnsPart(parts),
    OutletsGateway by OutletsPart(parts),
    WalletGateway by wallet,
    BackRoom by BackRoomPart(parts),
    AutoCloseable {
    internal constructor(core: KartkaCore, cards: CardsPlace, changes: Flow<ChangeTopic>) :
        this(CoreParts(core), WalletPart(cards), changes)

    override suspend fun facts(): ShopFacts =
        asked {
            val business = parts.settings.business()
            ShopFacts(
                name = business.name,
                country = business.country,
                currency = business.currency,
                currencyDigits = business.currencyDigits.toInt(),
                pointDigits = business.pointDigits.toInt(),
                instruments =
                    parts.programme
                        .published()
                        .instruments
                        .associate { it.id.toLong() to it.name },
            )
        }

    override suspend fun syncMark(): SyncMark = asked { parts.sync.standing().asMark() }

    /** Lets go of the data folder; calls under way end first. */
    override fun close() {
        wallet.close()
        parts.close()
    }

    public companion object {
        /** Opens the shop's data in [folder], which must exist; a person's own cards lie there as well. */
        public suspend fun open(folder: String, secrets: Secrets, log: LogLines): KartkaGateway {
            val feed = ChangeFeed()
            val core = asked { KartkaCore.open(folder, ForeignKeys(secrets), ForeignLog(log), feed) }
            return KartkaGateway(core, CardsPlace(folder, secrets, log), feed.flow)
        }
    }
}
