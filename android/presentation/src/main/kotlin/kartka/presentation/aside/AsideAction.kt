package kartka.presentation.aside

import kartka.presentation.LumaFrame
import kartka.presentation.scan.Camera

/** Everything that can happen while unsent entries wait for the sheet in data whose key was lost. */
public sealed interface AsideAction {
    public data object Shown : AsideAction

    /** The platform's word about the camera. */
    public data class CameraIs(val camera: Camera) : AsideAction

    /** A picture from the camera; the sheet in it needs no tap. */
    public data class Frame(val frame: LumaFrame) : AsideAction

    public data class TypeSheet(val text: String) : AsideAction

    public data object Bring : AsideAction

    public data object Leave : AsideAction

    public data object Opened : AsideAction
}
