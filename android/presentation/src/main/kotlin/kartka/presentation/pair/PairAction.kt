package kartka.presentation.pair

import kartka.presentation.LumaFrame
import kartka.presentation.scan.Camera

/** Everything that can happen while a phone is paired. */
public sealed interface PairAction {
    public data object Shown : PairAction

    /** The platform's word about the camera. */
    public data class CameraIs(val camera: Camera) : PairAction

    /** A picture from the camera; the owner's code in it begins pairing. */
    public data class Frame(val frame: LumaFrame) : PairAction

    public data class Type(val code: String) : PairAction

    public data class TypeDeviceName(val text: String) : PairAction

    public data object Pair : PairAction

    public data object Leave : PairAction

    public data object Opened : PairAction
}
