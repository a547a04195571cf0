package kartka.presentation.sheet

import kartka.presentation.LumaFrame
import kartka.presentation.scan.Camera

/** Everything that can happen on the recovery sheet's screen. */
public sealed interface SheetAction {
    public data object Shown : SheetAction

    /** It is on paper: the screen asks for it. */
    public data object Written : SheetAction

    public data class CameraIs(val camera: Camera) : SheetAction

    public data class Frame(val frame: LumaFrame) : SheetAction

    public data class Type(val text: String) : SheetAction

    public data object Confirm : SheetAction

    /** Later; screens go on saying that it is not printed. */
    public data object Later : SheetAction

    public data object GoOn : SheetAction

    public data object Opened : SheetAction
}
