import Foundation

#if canImport(Glibc)
import Glibc
#endif

private let codeMark = "pairing code: "

/// `kartka serve` on a free port, over a business made by `kartka admin create-business`.
///
/// Whatever waits for a process waits on a thread of its own: the few threads of Swift's tasks belong to the tests.
final class Server: @unchecked Sendable {
    let port: UInt16
    private(set) var pairingCodes: [String] = []
    private let folder: URL
    private var process: Process?

    private init(_ folder: URL) throws {
        self.folder = folder
        port = try freePort()
    }

    /// Founds a business in `folder` and serves it.
    static func started(in folder: URL) async throws -> Server {
        let server = try Server(folder)
        try await away {
            let shop = ["name", "country", "kind", "owner"].flatMap { ["--\($0)", Scenario.text("shop.\($0)")] }
            let founding = try server.run(["admin", "create-business"], shop)
            founding.waitUntilExit()
            guard founding.terminationStatus == 0 else { throw Trouble("no business was founded") }
        }
        try await server.start()
        return server
    }

    /// Serves; adds one more pairing code.
    func start() async throws {
        try await away { self.process = try self.run(["serve"], ["--pair"]) }
    }

    func stop() async throws {
        try await away {
            self.process?.terminate()
            self.process?.waitUntilExit()
            self.process = nil
        }
    }

    /// Asks the process to end and waits for nothing.
    func leave() {
        process?.terminate()
    }

    /// The data of a stopped server, elsewhere.
    func keepCopy() throws -> URL {
        let copy = folder.deletingLastPathComponent().appendingPathComponent("server-copy")
        try FileManager.default.copyItem(at: folder, to: copy)
        return copy
    }

    /// Puts an older state of a stopped server's data in the place of the present one.
    func goBack(to copy: URL) throws {
        try FileManager.default.removeItem(at: folder)
        try FileManager.default.copyItem(at: copy, to: folder)
        // As on a machine that never served a later epoch.
        let keys = folder.deletingLastPathComponent().appendingPathComponent(folder.lastPathComponent + ".keys")
        let found = try FileManager.default.contentsOfDirectory(at: keys, includingPropertiesForKeys: nil)
        for epoch in found where epoch.pathExtension == "epoch" {
            try FileManager.default.removeItem(at: epoch)
        }
    }

    /// Starts the command and notes the pairing code it says.
    private func run(_ words: [String], _ rest: [String]) throws -> Process {
        guard let command = ProcessInfo.processInfo.environment["KARTKA_COMMAND"], !command.isEmpty else {
            throw Trouble("KARTKA_COMMAND names no kartka; run the tests by `cargo xtask test`")
        }
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: command)
        process.arguments = words + ["--data", folder.path, "--bind", "127.0.0.1:\(port)"] + rest
        process.standardOutput = pipe
        unblockSignals()
        try process.run()
        let lines = Lines(pipe.fileHandleForReading)
        // Not until the end of what it says: a process that another test starts may hold the pipe as well.
        while let line = lines.next() {
            guard line.hasPrefix(codeMark) else { continue }
            pairingCodes.append(String(line.dropFirst(codeMark.count)))
            return process
        }
        throw Trouble("kartka said no pairing code")
    }
}

/// A child inherits the caller's mask, and threads that Dispatch makes hold every signal back: a server that was
/// started from one could not be asked to stop.
private func unblockSignals() {
    var nothing = sigset_t()
    sigemptyset(&nothing)
    pthread_sigmask(SIG_SETMASK, &nothing, nil)
}

/// Runs `work` on a thread of its own.
func away<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread {
            continuation.resume(with: Result(catching: work))
        }
    }
}

/// What went wrong on the stage itself.
struct Trouble: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The lines a program says.
private final class Lines {
    private let handle: FileHandle
    private var rest = Data()

    init(_ handle: FileHandle) {
        self.handle = handle
    }

    func next() -> String? {
        while true {
            if let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: rest[rest.startIndex..<end], as: UTF8.self)
                rest = Data(rest[rest.index(after: end)...])
                return line
            }
            let more = handle.availableData
            guard !more.isEmpty else { return nil }
            rest.append(more)
        }
    }
}

/// A port of the loopback that nobody listens on now.
private func freePort() throws -> UInt16 {
    #if canImport(Glibc)
    let stream = Int32(SOCK_STREAM.rawValue)
    #else
    let stream = SOCK_STREAM
    #endif
    let probe = socket(AF_INET, stream, 0)
    guard probe >= 0 else { throw Trouble("no socket") }
    defer { close(probe) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let found = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
            bind(probe, plain, length) == 0 && getsockname(probe, plain, &length) == 0
        }
    }
    guard found else { throw Trouble("no free port") }
    return UInt16(bigEndian: address.sin_port)
}
