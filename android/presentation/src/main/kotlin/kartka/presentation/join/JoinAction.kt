package kartka.presentation.join

import kartka.presentation.LumaFrame
import kartka.presentation.scan.Camera

/** Everything that can happen while a card is taken in. */
public sealed interface JoinAction {
    public data object Shown : JoinAction

    /** The platform's word about the camera. */
    public data class CameraIs(val camera: Camera) : JoinAction

    /** A picture from the camera; the link to a card in it is taken in without a tap. */
    public data class Frame(val frame: LumaFrame) : JoinAction

    /** A link, typed or pasted. */
    public data class Type(val link: String) : JoinAction

    public data object Take : JoinAction

    public data object Leave : JoinAction

    public data object Opened : JoinAction
}
