package kartka.presentation.unlinked

import kartka.presentation.Candidate
import kartka.presentation.CustomerSheet
import kartka.presentation.Effect
import kartka.presentation.Outlet
import kartka.presentation.Pictured
import kartka.presentation.RequestId
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind

/**
 * Goods that come back with a receipt which this phone does not hold.
 *
 * @property date as typed
 * @property amount as typed
 * @property outlets every outlet, where there is more than one
 * @property outlet where it was bought
 * @property here receipts of this phone with that number and date
 * @property claims what is taken back until it is settled; null while it is asked
 * @property given the money went back
 */
public data class UnlinkedState(
    val request: RequestId,
    val customer: CustomerSheet? = null,
    val number: String = "",
    val date: String = "",
    val amount: String = "",
    val outlets: List<Outlet> = emptyList(),
    val outlet: Long? = null,
    val here: List<Candidate> = emptyList(),
    val claims: List<Effect>? = null,
    val writing: Boolean = false,
    val given: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: UnlinkedFace
        get() =
            when {
                given -> UnlinkedFace.Returned
                writing -> UnlinkedFace.Writing
                here.isNotEmpty() -> UnlinkedFace.ReceiptIsHere
                trouble != null -> faceOf(trouble.kind)
                claims != null -> UnlinkedFace.Quoted
                else -> UnlinkedFace.Empty
            }

    /** Whether the primary button gives the money back. */
    val canGive: Boolean get() = claims != null && !writing && !given && here.isEmpty()

    private fun faceOf(kind: TroubleKind): UnlinkedFace =
        when (kind) {
            TroubleKind.Invalid -> UnlinkedFace.Invalid
            TroubleKind.NotAllowed -> UnlinkedFace.NotAllowed
            else -> UnlinkedFace.Trouble
        }
}

/** The lines of the table. */
public enum class UnlinkedFace { Empty, ReceiptIsHere, Quoted, Invalid, Writing, Returned, NotAllowed, Trouble }
