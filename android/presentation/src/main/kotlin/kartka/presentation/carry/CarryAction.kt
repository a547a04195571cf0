package kartka.presentation.carry

import kartka.presentation.LumaFrame
import kartka.presentation.Picked
import kartka.presentation.scan.Camera

/** Everything that can happen while another phone's file is brought to the server. */
public sealed interface CarryAction {
    public data object Shown : CarryAction

    /** A file was picked. */
    public data class Pick(val picked: Picked) : CarryAction

    public data class CameraIs(val camera: Camera) : CarryAction

    public data class Frame(val frame: LumaFrame) : CarryAction

    public data class TypeSheet(val text: String) : CarryAction

    public data object Carry : CarryAction

    public data object Leave : CarryAction

    public data object Opened : CarryAction
}
