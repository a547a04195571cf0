package kartka.presentation.today

import kartka.presentation.ClockJump
import kartka.presentation.CopyAge
import kartka.presentation.Pictured
import kartka.presentation.Route
import kartka.presentation.SyncMark
import kartka.presentation.Today
import kartka.presentation.Trouble

/**
 * The owner's day.
 *
 * @property clockJump the clock of a shop's only phone jumped, and nobody has said yet whether it is right
 */
public data class TodayState(
    val today: Today? = null,
    val sync: SyncMark? = null,
    val copy: CopyAge? = null,
    val sheetPrinted: Boolean? = null,
    val clockJump: ClockJump? = null,
    val waiting: Int = 0,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: TodayFace
        get() =
            when {
                trouble != null -> TodayFace.Trouble
                today == null -> TodayFace.Loading
                clockJump != null -> TodayFace.ClockAsked
                sheetPrinted == false -> TodayFace.SheetNotPrinted
                copy == CopyAge.Never || copy is CopyAge.Aged && copy.overdue -> TodayFace.CopyOverdue
                sync != null && sync.behind -> TodayFace.Partial
                today.day.receipts == 0L -> TodayFace.NoneYet
                else -> TodayFace.Figures
            }
}

/** The lines of the table. */
public enum class TodayFace { Loading, NoneYet, Figures, Partial, ClockAsked, SheetNotPrinted, CopyOverdue, Trouble }
