package kartka.presentation.join

import kartka.presentation.LinkedCard
import kartka.presentation.Pictured
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.scan.Camera

/**
 * A card is taken in by its link.
 *
 * @property linked whose card the link hands over, if it is one
 * @property foreign the camera read a code that hands no card over
 */
public data class JoinState(
    val link: String = "",
    val linked: LinkedCard? = null,
    val camera: Camera = Camera.NotAsked,
    val foreign: Boolean = false,
    val taking: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: JoinFace
        get() =
            when {
                taking -> JoinFace.Taking
                trouble?.kind == TroubleKind.Invalid -> JoinFace.NoLink
                trouble?.kind == TroubleKind.Rule -> JoinFace.Refused
                trouble != null -> JoinFace.Trouble
                foreign -> JoinFace.NotOurs
                link.isNotBlank() -> JoinFace.Ready
                else -> camera.joining()
            }
}

private fun Camera.joining(): JoinFace =
    when (this) {
        Camera.NotAsked -> JoinFace.NotAsked
        Camera.Denied -> JoinFace.Denied
        Camera.Blocked -> JoinFace.Blocked
        Camera.Busy -> JoinFace.Busy
        // Off is the camera of a phone that was taken out of a shop; cards are no shop's.
        Camera.Searching, Camera.Off -> JoinFace.Scanning
    }

/** The lines of the table. */
public enum class JoinFace {
    NotAsked,
    Denied,
    Blocked,
    Busy,
    Scanning,
    NotOurs,
    Ready,
    Taking,
    NoLink,
    Refused,
    Trouble,
}
