package kartka.presentation.sheet

import kartka.presentation.Pictured
import kartka.presentation.RecoverySheet
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.scan.Camera

/**
 * The recovery sheet: shown, written down or printed, and confirmed.
 *
 * @property sheet never kept: a dead process makes a new one
 */
public data class SheetState(
    val sheet: RecoverySheet? = null,
    val typed: String = "",
    val confirms: Boolean = false,
    val camera: Camera = Camera.NotAsked,
    val checking: Boolean = false,
    val printed: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: SheetFace
        get() =
            when {
                printed -> SheetFace.Printed
                confirms && trouble?.kind in WRONG -> SheetFace.Wrong
                trouble != null -> SheetFace.Trouble
                sheet == null -> SheetFace.Loading
                confirms -> SheetFace.Confirming
                else -> SheetFace.NotPrinted
            }

    private companion object {
        val WRONG = setOf(TroubleKind.Invalid, TroubleKind.WrongKey)
    }
}

/** The lines of the table. */
public enum class SheetFace { Loading, NotPrinted, Confirming, Wrong, Printed, Trouble }
