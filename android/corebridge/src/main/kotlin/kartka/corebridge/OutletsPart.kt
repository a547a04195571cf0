package kartka.corebridge

import kartka.presentation.Outlet
import kartka.presentation.OutletsGateway
import kartka.presentation.RequestId

/** The outlets over the core. */
internal class OutletsPart(private val core: CoreParts) : OutletsGateway {
    override suspend fun outlets(): List<Outlet> =
        asked { core.team.outlets().map { Outlet(it.outlet.toLong(), it.name, it.here) } }

    override suspend fun openOutlet(request: RequestId, name: String): Long =
        asked { core.team.openOutlet(request.bytes(), name).toLong() }

    override suspend fun renameOutlet(request: RequestId, outlet: Long, name: String): Unit =
        asked { core.team.renameOutlet(request.bytes(), outlet.toUInt(), name) }

    override suspend fun standIn(outlet: Long): Unit = asked { core.team.standIn(outlet.toUInt()) }
}
