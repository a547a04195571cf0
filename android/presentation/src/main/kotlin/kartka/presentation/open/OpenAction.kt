package kartka.presentation.open

import kartka.presentation.LumaFrame
import kartka.presentation.Picked
import kartka.presentation.scan.Camera

/** Everything that can happen before the shop is open. */
public sealed interface OpenAction {
    public data object Shown : OpenAction

    public data object TryAgain : OpenAction

    /** The recovery sheet is at hand. */
    public data object AskSheet : OpenAction

    /** Nobody has the sheet at hand: this phone may join the shop anew. Asks first. */
    public data object AskAnew : OpenAction

    public data object BeginAnew : OpenAction

    /** A copy was picked, to be opened by the sheet. */
    public data class PickCopy(val picked: Picked) : OpenAction

    /** The platform's word about the camera. */
    public data class CameraIs(val camera: Camera) : OpenAction

    /** A picture from the camera; the sheet in it needs no tap. */
    public data class Frame(val frame: LumaFrame) : OpenAction

    public data class TypeSheet(val text: String) : OpenAction

    public data object UseSheet : OpenAction

    /** Whoever holds the phone wants their own cards: no key of the shop is asked for them. */
    public data object OpenCards : OpenAction

    public data object Leave : OpenAction

    public data object Opened : OpenAction
}
