package kartka.presentation.today

import kartka.presentation.CopyAge
import kartka.presentation.Pictured
import kartka.presentation.Route
import kartka.presentation.SyncMark
import kartka.presentation.Today
import kartka.presentation.Trouble

/** The owner's day. */
public data class TodayState(
    val today: Today? = null,
    val sync: SyncMark? = null,
    val copy: CopyAge? = null,
    val sheetPrinted: Boolean? = null,
    val waiting: Int = 0,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: TodayFace
        get() =
            when {
                trouble != null -> TodayFace.Trouble
                today == null -> TodayFace.Loading
                sheetPrinted == false -> TodayFace.SheetNotPrinted
                copy == CopyAge.Never || copy is CopyAge.Aged && copy.overdue -> TodayFace.CopyOverdue
                sync != null && sync.behind -> TodayFace.Partial
                today.day.receipts == 0L -> TodayFace.NoneYet
                else -> TodayFace.Figures
            }
}

/** The lines of the table. */
public enum class TodayFace { Loading, NoneYet, Figures, Partial, SheetNotPrinted, CopyOverdue, Trouble }
