package kartka.corebridge

import kartka.generated.KartkaCore
import kartka.presentation.ChangeTopic
import kartka.presentation.CoreGateway
import kartka.presentation.CustomerGateway
import kartka.presentation.LeavingGateway
import kartka.presentation.OfficeGateway
import kartka.presentation.OpenGateway
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
    place: ShopPlace,
    private val parts: CoreParts,
    opening: OpenPart,
    private val wallet: WalletPart,
    override val changes: Flow<ChangeTopic>,
) : CoreGateway,
    OpenGateway by opening,
    ScanGateway by ScanPart(parts, place),
    CustomerGateway by CustomerPart(parts),
    TillGateway by TillPart(parts),
    TeamGateway by TeamPart(parts),
    ShopGateway by ShopPart(parts, opening),
    OfficeGateway by OfficePart(parts),
    ProgrammeGateway by ProgrammePart(parts),
    LeavingGateway by LeavingPart(parts),
    TiesGateway by TiesPart(parts),
    ReturnsGateway by ReturnsPart(parts),
    OutletsGateway by OutletsPart(parts),
    WalletGateway by wallet,
    BackRoom by BackRoomPart(parts),
    AutoCloseable {
    private constructor(place: ShopPlace, cards: CardsPlace, parts: CoreParts, feed: ChangeFeed) :
        this(place, parts, OpenPart(place, parts, feed), WalletPart(cards), feed.flow)

    /** Nothing is opened yet, and nothing made: the shop in [place] waits for [open], the [cards] for a question. */
    public constructor(place: ShopPlace, cards: CardsPlace) : this(place, cards, CoreParts(), ChangeFeed())

    /** Over a shop that is open already, whose changes [feed] hears. */
    internal constructor(core: KartkaCore, place: ShopPlace, cards: CardsPlace, feed: ChangeFeed) :
        this(place, cards, CoreParts().also { it.take(core) }, feed)

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
}
