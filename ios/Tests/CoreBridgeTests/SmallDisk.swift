import Foundation

/// A disk of a few megabytes, and the same disk as one that can't be written.
struct SmallDisk {
    let writable: URL
    let readOnly: URL

    /// The one that `cargo xtask test` mounted for these tests, if it may mount here.
    static var ofThisRun: SmallDisk? {
        let environment = ProcessInfo.processInfo.environment
        guard let writable = environment["KARTKA_SMALL_DISK"], let readOnly = environment["KARTKA_READ_ONLY_DISK"]
        else { return nil }
        return SmallDisk(writable: URL(fileURLWithPath: writable), readOnly: URL(fileURLWithPath: readOnly))
    }

    /// Runs `work` while not a byte is free.
    func whileFull(_ work: () async throws -> Void) async throws {
        let filler = writable.appendingPathComponent("filler")
        try Data().write(to: filler)
        defer { try? FileManager.default.removeItem(at: filler) }
        let file = try FileHandle(forWritingTo: filler)
        let chunk = Data(count: 65_536)
        // The error is the end of the disk.
        while (try? file.write(contentsOf: chunk)) != nil {}
        try file.close()
        try await work()
    }
}
