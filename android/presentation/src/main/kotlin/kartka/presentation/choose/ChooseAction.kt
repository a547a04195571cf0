package kartka.presentation.choose

import kartka.presentation.LumaFrame
import kartka.presentation.scan.Camera

/** Everything that can happen while another customer is chosen. */
public sealed interface ChooseAction {
    public data object Shown : ChooseAction

    public data class CameraIs(val camera: Camera) : ChooseAction

    public data class Frame(val frame: LumaFrame) : ChooseAction

    public data class Type(val text: String) : ChooseAction

    public data class Tap(val customerId: Long) : ChooseAction

    /** It is this one. */
    public data object Confirm : ChooseAction

    public data object Leave : ChooseAction

    public data object Opened : ChooseAction
}
