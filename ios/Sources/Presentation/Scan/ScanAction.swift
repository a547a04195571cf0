/// Everything that can happen on the Scan screen.
public enum ScanAction: Sendable {
    /// The screen came to the front: what it shows may be old.
    case shown
    /// The platform's word about the camera.
    case cameraIs(ScanState.Camera)
    /// A picture from the camera; while one is being read, only the newest waits.
    case frame(LumaFrame)
    case openKeypad
    case closeKeypad
    /// The whole text of the field after a key.
    case type(String)
    /// Look up what is typed.
    case submit
    case tapSale(id: Int64)
    /// The screen has gone where `ScanState.open` said.
    case opened
}
