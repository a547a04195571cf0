// swift-tools-version:6.0
import PackageDescription

#if os(Linux)
// Tests on Linux: cargo's library for this machine is linked by path. `cargo xtask test` hands the folder on.
let library = Context.environment["KARTKA_LIBRARY_FOLDER"] ?? Context.packageDirectory + "/../target/debug"
let ffi: Target = .systemLibrary(name: "KartkaFFI", path: "Sources/KartkaFFI/generated")
let ffiLink: [LinkerSetting] = [
    .unsafeFlags(["-L" + library, "-lkartka_ffi", "-Xlinker", "-rpath", "-Xlinker", library])
]
#else
let ffi: Target = .binaryTarget(name: "KartkaFFI", path: "Frameworks/KartkaFFI.xcframework")
let ffiLink: [LinkerSetting] = []
#endif

let package = Package(
    name: "Kartka",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [
        .library(name: "CoreBridge", targets: ["CoreBridge"]),
        .library(name: "Presentation", targets: ["Presentation"]),
    ],
    targets: [
        ffi,
        // Generated code, in Swift 5 mode: 6.0.3 crashes on an async foreign trait in Swift 6 mode.
        .target(
            name: "KartkaGenerated",
            dependencies: ["KartkaFFI"],
            swiftSettings: [.swiftLanguageMode(.v5)],
            linkerSettings: ffiLink
        ),
        // The only target that imports KartkaGenerated.
        .target(name: "CoreBridge", dependencies: ["KartkaGenerated", "Presentation"]),
        .target(name: "Presentation"),
        .testTarget(name: "CoreBridgeTests", dependencies: ["CoreBridge", "KartkaGenerated", "Presentation"]),
        .testTarget(name: "PresentationTests", dependencies: ["Presentation"]),
    ],
    swiftLanguageModes: [.v6]
)
