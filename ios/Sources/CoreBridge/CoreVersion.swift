import KartkaGenerated

/// The version of the core this app was built with: for the settings screen and for reports of faults.
public func coreVersion() -> String {
    KartkaGenerated.coreVersion()
}
