import Foundation
import KartkaGenerated

/// A request id as a shell draws it when the keypad opens.
func newRequest() -> Data {
    Data((0..<16).map { _ in UInt8.random(in: .min ... .max) })
}

func founding() -> Founding {
    Founding(
        name: Scenario.text("shop.name"), country: Scenario.text("shop.country"),
        kind: Scenario.text("shop.kind") == "coffee" ? .coffee : .shop, owner: Scenario.text("shop.owner"))
}

func customerForm(_ card: CardChoice) -> Registration {
    let profile = Profile(
        given: Scenario.text("customer.given"), family: Scenario.text("customer.family"),
        phones: [Scenario.text("customer.phone")])
    return Registration(profile: profile, marketingConsent: 1, card: card)
}

/// One typed amount, paid in cash.
func amount(_ gross: Int64, _ customer: Int64? = nil, spend: Int64 = 0) -> TillRequest {
    TillRequest(customer: customer, lines: [Line(gross: gross)], spend: spend, tender: .cash)
}

/// Anything a platform may throw that is not of the border.
struct Mishap: Error {}

/// A door that stays shut until it is opened.
final class Latch: @unchecked Sendable {
    private let door = NSCondition()
    private var isOpen = false

    func open() {
        door.withLock {
            isOpen = true
            door.broadcast()
        }
    }

    func wait() {
        door.withLock {
            while !isOpen { door.wait() }
        }
    }

    /// Waits away from the caller's thread.
    func opened() async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                self.wait()
                continuation.resume()
            }
        }
    }
}

/// Secrets in memory; may be told to fail, or to wait at one of them.
final class Keys: KeyStore, @unchecked Sendable {
    let reached = Latch()
    let released = Latch()
    private let lock = NSLock()
    private var kept: [String: Data]
    private var fault: (any Error)?
    private var place: String?

    init(_ kept: [String: Data] = [:], fault: (any Error)? = nil) {
        self.kept = kept
        self.fault = fault
    }

    var secrets: [String: Data] { lock.withLock { kept } }

    func wait(at name: String) {
        lock.withLock { place = name }
    }

    func load(name: String) throws -> Data? {
        if let fault { throw fault }
        if lock.withLock({ place == name }) {
            reached.open()
            released.wait()
        }
        return lock.withLock { kept[name] }
    }

    func store(name: String, secret: Data) throws {
        if let fault { throw fault }
        lock.withLock { kept[name] = secret }
    }
}

/// Keeps every line; may be told to throw.
final class Log: LogSink, @unchecked Sendable {
    private let lock = NSLock()
    private var kept: [LogEntry] = []
    private let throwing: Bool

    init(throwing: Bool = false) {
        self.throwing = throwing
    }

    var lines: [LogEntry] { lock.withLock { kept } }

    func write(entry: LogEntry) throws {
        lock.withLock { kept.append(entry) }
        if let report = entry.reportId { print("report \(report): \(entry.what)") }
        if throwing { throw Mishap() }
    }
}

/// Counts the topics; may be told to throw.
final class Changes: ChangeListener, @unchecked Sendable {
    private let moved = NSCondition()
    private var heard: [ChangeTopic] = []
    private let throwing: Bool

    init(throwing: Bool = false) {
        self.throwing = throwing
    }

    func changed(topic: ChangeTopic) throws {
        moved.withLock {
            heard.append(topic)
            moved.broadcast()
        }
        if throwing { throw Mishap() }
    }

    func wait(for topic: ChangeTopic, times: Int = 1) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                self.moved.withLock {
                    while self.heard.filter({ $0 == topic }).count < times { self.moved.wait() }
                }
                continuation.resume()
            }
        }
    }
}

/// A device: a folder, its keys, its ears, and the core over them.
struct Phone: Sendable {
    let folder: URL
    let core: KartkaCore
    let keys: Keys
    let log: Log
    let changes: Changes

    @discardableResult
    func sync() async throws -> SyncReport {
        try await core.sync().start(progress: nil).outcome()
    }

    func balance(_ customer: Int64) async throws -> Int64 {
        try await core.customers().sheet(customer: customer).points[0].balance
    }

    @discardableResult
    func sell(_ gross: Int64, _ customer: Int64? = nil) async throws -> Int64 {
        try await core.till().sell(request: newRequest(), ask: amount(gross, customer))
    }

    /// The data as it lies on the disk now, in a folder beside it.
    func copied(to name: String) throws -> URL {
        let copy = folder.deletingLastPathComponent().appendingPathComponent(name)
        try FileManager.default.copyItem(at: folder, to: copy)
        return copy
    }
}

/// A folder for one test, its own or the one given, with the servers that were started in it.
final class Stage {
    private let folder: URL
    private let isOwn: Bool
    private var servers: [Server] = []

    init(in given: URL? = nil) throws {
        isOwn = given == nil
        folder =
            given
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("kartka-border-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit {
        for server in servers { server.leave() }
        if isOwn { try? FileManager.default.removeItem(at: folder) }
    }

    /// Data that a Kartka of the future wrote.
    func newerData(_ name: String) throws -> URL {
        let copy = folder.appendingPathComponent(name)
        try FileManager.default.copyItem(at: Scenario.tests.appendingPathComponent("fixtures/store/newer"), to: copy)
        return copy
    }

    func phone(
        _ name: String = "phone", keys: Keys = Keys(), log: Log = Log(), changes: Changes = Changes()
    ) async throws -> Phone {
        let data = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        let core = try await KartkaCore.open(folder: data.path, keys: keys, log: log, changes: changes)
        return Phone(folder: data, core: core, keys: keys, log: log, changes: changes)
    }

    func founded(
        _ name: String = "phone", log: Log = Log(), changes: Changes = Changes()
    ) async throws -> Phone {
        let phone = try await phone(name, log: log, changes: changes)
        try await phone.core.found(request: newRequest(), form: founding())
        return phone
    }

    func server() async throws -> Server {
        let server = try await Server.started(in: folder.appendingPathComponent("server\(servers.count)"))
        servers.append(server)
        return server
    }

    func paired(_ server: Server, _ code: Int = 0) async throws -> Phone {
        let phone = try await phone("phone\(code)-\(server.port)")
        _ = try await phone.core.sync().pair(
            request: newRequest(), pairingCode: server.pairingCodes[code],
            deviceName: Scenario.text("devices.\(code)"))
        return phone
    }
}
