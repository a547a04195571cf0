package kartka.corebridge

import kartka.presentation.BroughtAside
import kartka.presentation.Carried
import kartka.presentation.LeavingGateway
import kartka.presentation.OutboxFile
import java.io.File

/** Leaving a shop over the core. */
internal class LeavingPart(private val core: CoreParts) : LeavingGateway {
    override suspend fun writeOutbox(): OutboxFile =
        asked {
            // Whatever lies there is sealed; the platform clears the folder by itself.
            val file = File(System.getProperty("java.io.tmpdir"), "kartka-${System.nanoTime()}.outbox")
            OutboxFile(file.path, core.recovery.exportOutbox(file.path).ops)
        }

    override suspend fun carry(file: String, sheet: String): Carried =
        asked {
            core.recovery.carryOutbox(file, sheet).let {
                Carried(it.device.toLong(), it.batches.toLong(), it.arrived.toLong())
            }
        }

    override suspend fun aside(): List<Long> = asked { core.recovery.aside() }

    override suspend fun bringAside(sheet: String): List<BroughtAside> =
        asked {
            core.recovery.bringAside(sheet).map {
                BroughtAside(it.device.toLong(), it.ops, it.batches.toLong(), it.arrived.toLong())
            }
        }

    override suspend fun signOut() {
        asked { core.recovery.signOut() }
        core.forget()
    }
}
