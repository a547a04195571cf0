package kartka.corebridge

import kartka.generated.SyncDot
import kartka.generated.foundingCountries
import kartka.presentation.ClockJump
import kartka.presentation.CopyAge
import kartka.presentation.CopyFile
import kartka.presentation.CoreFault
import kartka.presentation.Founding
import kartka.presentation.RecoverySheet
import kartka.presentation.RequestId
import kartka.presentation.ShopGateway
import kartka.presentation.ShopKind
import kartka.presentation.Standing
import kartka.presentation.SyncMark
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.Words
import java.io.File
import kartka.generated.CopyAge as CoreAge
import kartka.generated.Founding as CoreFounding
import kartka.generated.ShopKind as CoreKind
import kartka.generated.SyncStanding as CoreStanding
import kartka.presentation.SyncDot as Dot

/** The shop on this phone over the core. */
internal class ShopPart(private val core: CoreParts, private val opening: OpenPart) : ShopGateway {
    override suspend fun isEnrolled(): Boolean = asked { core.isOpen && core.root.isEnrolled() }

    override suspend fun countries(): List<String> = foundingCountries()

    override suspend fun found(request: RequestId, form: Founding): Unit =
        asked {
            val kind =
                when (form.kind) {
                    ShopKind.Coffee -> CoreKind.COFFEE
                    ShopKind.Shop -> CoreKind.SHOP
                }
            opening.begin()
            val founding = CoreFounding(form.name.trim(), form.country, kind, form.owner.trim())
            core.root.found(request.bytes(), founding)
        }

    override suspend fun pair(request: RequestId, code: String, deviceName: String) {
        opening.begin()
        asked { core.sync.pair(request.bytes(), code, deviceName) }
    }

    override suspend fun newSheet(): RecoverySheet =
        asked { core.recovery.newSheet().let { RecoverySheet(it.letters, it.qr) } }

    override suspend fun confirmSheet(text: String): Unit = asked { core.recovery.confirmSheet(text) }

    override suspend fun hasSheet(): Boolean = asked { core.recovery.hasPrintedSheet() }

    override suspend fun copyAge(): CopyAge =
        asked {
            when (val age = core.recovery.copyAge()) {
                CoreAge.NotNeeded -> CopyAge.NotNeeded
                CoreAge.Never -> CopyAge.Never
                is CoreAge.Aged -> CopyAge.Aged(age.ageMs, age.overdue)
            }
        }

    override suspend fun copyDue(): Boolean = asked { core.recovery.copyDue() }

    override suspend fun writeCopy(): CopyFile =
        asked {
            // Apart from the others': the app may make one by itself while a person picks a place for another.
            val folder = File(System.getProperty("java.io.tmpdir"), "kartka-${System.nanoTime()}")
            folder.mkdirs()
            try {
                val made = core.recovery.writeCopy(folder.path)
                val file = File(folder.path + ".copy")
                if (!File(made.file).renameTo(file)) throw CoreFault(NO_ROOM)
                CopyFile(file.path, made.upto)
            } finally {
                folder.deleteRecursively()
            }
        }

    override suspend fun copyLies(copy: CopyFile): Unit = asked { core.recovery.copyLies(copy.upto) }

    override suspend fun standing(): Standing =
        asked {
            val standing = core.sync.standing()
            Standing(
                standing.asMark(),
                standing.server,
                standing.stopped?.toInt(),
                standing.renumbered?.ops,
                standing.clockOffMs,
                standing.clockJump?.let { ClockJump(it.before, it.now) },
            )
        }

    override suspend fun exchange() {
        asked {
            val run = core.sync.start(null)
            try {
                run.outcome()
            } finally {
                run.destroy()
            }
        }
    }

    override suspend fun resume(): Unit = asked { core.sync.resume() }

    override suspend fun trustClock(): Unit = asked { core.sync.trustClock() }

    override suspend fun rest(): Unit = asked { core.data.idle() }
}

private val NO_ROOM = Trouble(TroubleKind.StorageFull, Words("error.storage_full"))

internal fun CoreStanding.asMark(): SyncMark = SyncMark(dot.asDot(), outbox, syncedMs.takeIf { server != null })

private fun SyncDot.asDot(): Dot =
    when (this) {
        SyncDot.ALONE -> Dot.Alone
        SyncDot.IN_SYNC -> Dot.InSync
        SyncDot.WAITING -> Dot.Waiting
        SyncDot.STUCK -> Dot.Stuck
        SyncDot.REVOKED -> Dot.Revoked
    }
