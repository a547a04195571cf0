import CoreBridge
import Testing

@Test("the library says which core it holds")
func theLibrarySaysWhichCoreItHolds() {
    let version = coreVersion()
    #expect(version.wholeMatch(of: /\d+\.\d+\.\d+/) != nil, "got \(version)")
}
