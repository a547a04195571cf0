package kartka.presentation.open

import kartka.presentation.Pictured
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind

/**
 * The very beginning: the shop's data is opened, or cannot be, and why.
 *
 * @property sheet the recovery sheet as typed or scanned
 * @property copy the file of a copy that was picked; null to open what is here
 */
public data class OpenState(
    val opening: Boolean = false,
    val opened: Boolean = false,
    val sheet: String = "",
    val asksSheet: Boolean = false,
    val copy: String? = null,
    val trouble: Trouble? = null,
) : Pictured {
    override val face: OpenFace
        get() =
            when {
                opened -> OpenFace.Opened
                opening -> OpenFace.Opening
                asksSheet && trouble != null -> OpenFace.WrongSheet
                asksSheet && copy != null -> OpenFace.Restoring
                asksSheet -> OpenFace.AskSheet
                else -> trouble?.let { faceOf(it.kind) } ?: OpenFace.Opening
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
    Restoring,
    Trouble,
}
