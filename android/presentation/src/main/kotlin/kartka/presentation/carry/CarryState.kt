package kartka.presentation.carry

import kartka.presentation.Carried
import kartka.presentation.Picked
import kartka.presentation.Pictured
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.scan.Camera

/**
 * Another phone's file on its way to the server.
 *
 * @property picked null before a file was
 * @property sheet the recovery sheet as typed or scanned; it is in no kept line
 * @property carried what came of it
 */
public data class CarryState(
    val picked: Picked? = null,
    val sheet: String = "",
    val camera: Camera = Camera.NotAsked,
    val carrying: Boolean = false,
    val carried: Carried? = null,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: CarryFace
        get() =
            when {
                carrying -> CarryFace.Carrying
                carried != null -> if (carried.arrived < carried.batches) CarryFace.Partly else CarryFace.Arrived
                trouble != null -> faceOf(trouble)
                picked == Picked.Coming -> CarryFace.Taking
                picked == Picked.Not -> CarryFace.NotTaken
                file == null -> CarryFace.Empty
                else -> CarryFace.Asking
            }

    /** Where this phone reads the file that was picked. */
    val file: String? get() = (picked as? Picked.There)?.file

    /** Whether the primary button brings the file. */
    val canCarry: Boolean get() = file != null && sheet.isNotBlank() && !carrying && carried == null

    private fun faceOf(trouble: Trouble): CarryFace =
        when (trouble.kind) {
            TroubleKind.WrongKey -> CarryFace.WrongSheet
            TroubleKind.Invalid -> if (trouble.words.key == NOT_ONE) CarryFace.NoOutbox else CarryFace.WrongSheet
            TroubleKind.Offline -> CarryFace.Offline
            else -> CarryFace.Trouble
        }

    private companion object {
        const val NOT_ONE = "error.validation.outbox"
    }
}

/** The lines of the table. */
public enum class CarryFace {
    Empty,
    Taking,
    NotTaken,
    Asking,
    Carrying,
    Arrived,
    Partly,
    WrongSheet,
    NoOutbox,
    Offline,
    Trouble,
}
