package kartka.presentation.pair

import kartka.presentation.Pictured
import kartka.presentation.RequestId
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.scan.Camera

/**
 * Pairing with a shop by the code that its owner shows.
 *
 * @property foreign the camera read a code that lets nobody into a shop
 */
public data class PairState(
    val request: RequestId,
    val code: String = "",
    val deviceName: String,
    val camera: Camera = Camera.NotAsked,
    val foreign: Boolean = false,
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
                foreign -> PairFace.NotOurs
                code.isBlank() -> camera.pairing()
                else -> PairFace.Ready
            }
}

private fun Camera.pairing(): PairFace =
    when (this) {
        Camera.NotAsked -> PairFace.NotAsked
        Camera.Denied -> PairFace.Denied
        Camera.Blocked -> PairFace.Blocked
        Camera.Busy -> PairFace.Busy
        // Off is the camera of a phone that was taken out of a shop; this one is in none.
        Camera.Searching, Camera.Off -> PairFace.Scanning
    }

/** The lines of the table. */
public enum class PairFace {
    NotAsked,
    Denied,
    Blocked,
    Busy,
    Scanning,
    NotOurs,
    Ready,
    Pairing,
    Refused,
    Invalid,
    Offline,
    Trouble,
}
