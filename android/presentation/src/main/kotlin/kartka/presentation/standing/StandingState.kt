package kartka.presentation.standing

import kartka.presentation.CopyAge
import kartka.presentation.CopyFile
import kartka.presentation.Pictured
import kartka.presentation.Route
import kartka.presentation.Standing
import kartka.presentation.SyncDot
import kartka.presentation.Trouble

/**
 * How this phone stands with the authority, and what a person must decide.
 *
 * @property copying the copy is being written
 * @property made the copy, as a file of this phone that has no place yet
 * @property copied it lies where the owner picked, since a moment ago
 * @property aside unsent entries wait for the sheet in data whose key was lost
 */
public data class StandingState(
    val standing: Standing? = null,
    val exchanging: Boolean = false,
    val copy: CopyAge? = null,
    val sheetPrinted: Boolean? = null,
    val copying: Boolean = false,
    val made: CopyFile? = null,
    val copied: Boolean = false,
    val aside: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: StandingFace
        get() =
            when {
                standing?.mark?.dot == SyncDot.Revoked -> StandingFace.Revoked
                exchanging -> StandingFace.Exchanging
                copying -> StandingFace.Copying
                trouble != null -> StandingFace.Trouble
                standing == null -> StandingFace.Loading
                made != null -> StandingFace.CopyWritten
                copied -> StandingFace.Copied
                standing.renumbered != null -> StandingFace.Renumbered
                standing.clockOff != null && standing.stopped == null -> StandingFace.ClockWrong
                standing.clockJump != null -> StandingFace.ClockAsked
                else -> faceOf(standing.mark.dot)
            }

    private fun faceOf(dot: SyncDot): StandingFace =
        when (dot) {
            SyncDot.Alone -> if (copyOverdue) StandingFace.CopyOverdue else StandingFace.Alone
            SyncDot.InSync -> StandingFace.InSync
            SyncDot.Waiting -> StandingFace.Waiting
            SyncDot.Stuck -> StandingFace.Stuck
            SyncDot.Revoked -> StandingFace.Revoked
        }

    private val copyOverdue: Boolean get() = copy == CopyAge.Never || (copy as? CopyAge.Aged)?.overdue == true
}

/** The lines of the table. */
public enum class StandingFace {
    Loading,
    Alone,
    CopyOverdue,
    Copying,
    CopyWritten,
    Copied,
    InSync,
    Waiting,
    Exchanging,
    Stuck,
    Renumbered,
    ClockWrong,
    ClockAsked,
    Revoked,
    Trouble,
}
