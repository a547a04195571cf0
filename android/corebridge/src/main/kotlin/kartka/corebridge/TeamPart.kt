package kartka.corebridge

import kartka.presentation.Colleague
import kartka.presentation.RoleName
import kartka.presentation.TeamGateway

/** The staff over the core. */
internal class TeamPart(private val core: CoreParts) : TeamGateway {
    override suspend fun staff(): List<Colleague> =
        asked {
            core.team.staff().map {
                Colleague(
                    operator = it.operator.toLong(),
                    name = it.name,
                    role = RoleName(it.role.toLong(), it.rights?.name.orEmpty()),
                    employed = it.employed,
                    here = it.here,
                    pin = it.pin,
                )
            }
        }

    override suspend fun confirmPin(pin: String): Unit = asked { core.team.confirmPin(pin) }

    override suspend fun switchTo(operator: Long, pin: String?): Unit =
        asked { core.team.switchTo(operator.toUInt(), pin) }

    override suspend fun setPin(operator: Long, old: String?, new: String): Unit =
        asked { core.team.setPin(operator.toUInt(), old, new) }
}
