package kartka.presentation.aside

import kartka.presentation.BroughtAside
import kartka.presentation.Pictured
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.scan.Camera

/**
 * Unsent entries that wait for the recovery sheet, in data whose key this phone has lost.
 *
 * @property moved when such data were put aside, epoch milliseconds; null while loading
 * @property sheet the recovery sheet as typed or scanned; it is in no kept line
 * @property brought what came of it
 */
public data class AsideState(
    val moved: List<Long>? = null,
    val sheet: String = "",
    val camera: Camera = Camera.NotAsked,
    val bringing: Boolean = false,
    val brought: List<BroughtAside>? = null,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: AsideFace
        get() =
            when {
                bringing -> AsideFace.Bringing
                trouble != null -> faceOf(trouble)
                brought != null -> if (brought.all { it.arrived == it.batches }) AsideFace.Arrived else AsideFace.Partly
                moved == null -> AsideFace.Loading
                moved.isEmpty() -> AsideFace.None
                else -> AsideFace.Asking
            }

    /** Entries that waited and are at the server now. */
    val entries: Long get() = brought.orEmpty().sumOf { it.entries }

    val batches: Long get() = brought.orEmpty().sumOf { it.batches }

    val arrived: Long get() = brought.orEmpty().sumOf { it.arrived }

    /** Everything has arrived. */
    internal val done: Boolean get() = face == AsideFace.Arrived

    /** The sheet is asked for. */
    val asks: Boolean get() = !moved.isNullOrEmpty() && !bringing && !done

    /** Whether the primary button brings them. */
    val canBring: Boolean get() = asks && sheet.isNotBlank()

    private fun faceOf(trouble: Trouble): AsideFace =
        when (trouble.kind) {
            TroubleKind.WrongKey -> AsideFace.WrongSheet
            TroubleKind.Invalid -> if (trouble.words.key == OTHER) AsideFace.OtherShop else AsideFace.WrongSheet
            TroubleKind.NotFound -> AsideFace.NoSheet
            TroubleKind.Offline, TroubleKind.ServerUnavailable -> AsideFace.Offline
            else -> AsideFace.Trouble
        }

    private companion object {
        const val OTHER = "error.validation.outbox"
    }
}

/** The lines of the table. */
public enum class AsideFace {
    Loading,
    None,
    Asking,
    Bringing,
    Arrived,
    Partly,
    WrongSheet,
    NoSheet,
    OtherShop,
    Offline,
    Trouble,
}
