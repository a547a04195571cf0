package kartka.presentation.scan

import kartka.presentation.LumaFrame

/** Everything that can happen on the Scan screen. */
public sealed interface ScanAction {
    /** The screen came to the front: what it shows may be old. */
    public data object Shown : ScanAction

    /** The platform's word about the camera. */
    public data class CameraIs(val camera: Camera) : ScanAction

    /** A picture from the camera; while one is being read, only the newest waits. */
    public data class Frame(val frame: LumaFrame) : ScanAction

    public data object OpenKeypad : ScanAction

    public data object CloseKeypad : ScanAction

    /** The whole text of the field after a key. */
    public data class Type(val text: String) : ScanAction

    /** Look up what is typed. */
    public data object Submit : ScanAction

    public data class TapSale(val saleId: Long) : ScanAction

    /** A sale to somebody without a card. */
    public data object WithoutCard : ScanAction

    /** Search by name, without a code. */
    public data object OpenSearch : ScanAction

    public data object OpenShift : ScanAction

    /** The dot was tapped. */
    public data object OpenStanding : ScanAction

    /** The card for the sale does not turn up after all. */
    public data object StopAttaching : ScanAction

    /** The screen has gone where [ScanState.open] said. */
    public data object Opened : ScanAction
}
