package kartka.presentation.open

import kartka.presentation.Picked
import kartka.presentation.Pictured
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.scan.Camera

/**
 * The very beginning: the shop's data is opened, or cannot be, and why.
 *
 * @property why the data that is here does not open
 * @property restores there is no shop here, and a copy is brought
 * @property sheet the recovery sheet as typed or scanned; it is in no kept line
 * @property asksSheet the sheet is asked for what is here
 * @property asksAnew joining anew without the sheet was asked for
 * @property picked a copy that was picked, to be opened by the sheet; null to open what is here
 * @property trouble why the sheet, the copy or the new beginning did not work
 */
public data class OpenState(
    val why: Trouble? = null,
    val restores: Boolean = false,
    val opening: Boolean = false,
    val opened: Boolean = false,
    val sheet: String = "",
    val asksSheet: Boolean = false,
    val asksAnew: Boolean = false,
    val picked: Picked? = null,
    val camera: Camera = Camera.NotAsked,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: OpenFace
        get() =
            when {
                opened -> OpenFace.Opened
                opening -> OpenFace.Opening
                trouble != null -> failure(trouble)
                asksAnew -> OpenFace.AskAnew
                asksSheet -> OpenFace.AskSheet
                picked != null -> faceOf(picked)
                restores -> OpenFace.AskCopy
                why != null -> faceOf(why.kind)
                else -> OpenFace.Opening
            }

    /** The file of a copy that was picked. */
    val copy: String? get() = (picked as? Picked.There)?.file

    /** A sheet is looked for: what is here or a copy is opened by it. */
    val looksForSheet: Boolean get() = asksSheet || copy != null

    internal val looks: Boolean get() = looksForSheet && !opening

    /** Nothing was tried yet. */
    internal val begins: Boolean get() = asksNothing && !restores && !opened && why == null

    /** Nothing was begun beside opening what is here. */
    internal val asksNothing: Boolean get() = !asksSheet && !asksAnew && picked == null

    /** The key is gone, and not only locked away: without the sheet this phone can join anew. */
    val mayBeginAnew: Boolean get() = why != null && faceOf(why.kind) == OpenFace.KeyMissing

    /** As it was before anything was asked. */
    internal fun asking(): OpenState = OpenState(why = why, restores = restores, camera = camera)

    private fun failure(trouble: Trouble): OpenFace =
        when (trouble.kind) {
            TroubleKind.WrongKey -> OpenFace.WrongSheet
            TroubleKind.Invalid -> if (trouble.words.key == NO_COPY) OpenFace.NoCopy else OpenFace.WrongSheet
            TroubleKind.NotFound -> OpenFace.NoSheet
            TroubleKind.KeysLost -> OpenFace.Trouble
            else -> faceOf(trouble.kind)
        }

    private fun faceOf(picked: Picked): OpenFace =
        when (picked) {
            Picked.Coming -> OpenFace.TakingCopy
            Picked.Not -> OpenFace.NotTaken
            is Picked.There -> OpenFace.Restoring
        }

    private fun faceOf(kind: TroubleKind): OpenFace =
        when (kind) {
            TroubleKind.KeysLost, TroubleKind.WrongKey -> OpenFace.KeyMissing
            TroubleKind.KeysLocked -> OpenFace.KeysLocked
            TroubleKind.StorageFull, TroubleKind.ReadOnly -> OpenFace.StorageFull
            TroubleKind.TooNew -> OpenFace.TooNew
            TroubleKind.Corrupt -> OpenFace.Corrupt
            TroubleKind.Busy -> OpenFace.Busy
            else -> OpenFace.Trouble
        }

    private companion object {
        const val NO_COPY = "error.validation.copy"
    }
}

/** The lines of the table. */
public enum class OpenFace {
    Opening,
    Opened,
    KeyMissing,
    KeysLocked,
    StorageFull,
    TooNew,
    Corrupt,
    Busy,
    AskSheet,
    WrongSheet,
    NoSheet,
    AskAnew,
    AskCopy,
    TakingCopy,
    NotTaken,
    NoCopy,
    Restoring,
    Trouble,
}
