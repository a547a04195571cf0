package kartka.presentation.shift

import kartka.presentation.Pictured
import kartka.presentation.RecentSale
import kartka.presentation.Route
import kartka.presentation.ShiftTotals
import kartka.presentation.Trouble

/**
 * What was sold here today, to be held against the till's own Z-report.
 *
 * @property totals null before the first answer
 */
public data class ShiftState(
    val totals: ShiftTotals? = null,
    val sales: List<RecentSale> = emptyList(),
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: ShiftFace
        get() =
            when {
                trouble != null -> ShiftFace.Trouble
                totals == null -> ShiftFace.Loading
                totals.receipts == 0L -> ShiftFace.NoneYet
                else -> ShiftFace.Totals
            }
}

/** The lines of the table. */
public enum class ShiftFace { Loading, NoneYet, Totals, Trouble }
