package kartka.presentation.pair

import kartka.presentation.Pictured
import kartka.presentation.RequestId
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind

/** Pairing with a shop by the code that its owner shows. */
public data class PairState(
    val request: RequestId,
    val code: String = "",
    val deviceName: String,
    val pairing: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: PairFace
        get() =
            when {
                pairing -> PairFace.Pairing
                trouble?.kind == TroubleKind.PairingRefused -> PairFace.Refused
                trouble?.kind == TroubleKind.Invalid -> PairFace.Invalid
                trouble?.kind == TroubleKind.Offline -> PairFace.Offline
                trouble != null -> PairFace.Trouble
                code.isBlank() -> PairFace.Scanning
                else -> PairFace.Ready
            }
}

/** The lines of the table. */
public enum class PairFace { Scanning, Ready, Pairing, Refused, Invalid, Offline, Trouble }
