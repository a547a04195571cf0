import Foundation
import KartkaGenerated
import Testing

/// Each error a shell can meet, met for real; without a small disk two are rehearsed, with the reason in view.
@Suite("Errors", .timeLimit(.minutes(2)))
struct ErrorsTests {
    @Test("every error arrives as itself")
    func everyError() async throws {
        let stage = try Stage()
        let errors = Met()
        try await errors.atTheCounter(stage)
        try await errors.onTheDisk(stage)
        try await errors.inANewerFile(stage)
        try await errors.onASmallDisk(stage)
        try await errors.inTheKeyStore(stage)
        try await errors.onTheLine(stage)
        try await errors.afterAStepBack(stage)
        try await errors.byHandAndByFault(stage)
        #expect(errors.met == Set(all), "an error without a test, or a test without an error")
    }
}

/// Every variant of the border's one error; `variant(of:)` does not compile without a new one.
private let all = [
    "Validation", "NotFound", "Duplicate", "InsufficientPoints", "RuleRejected", "Stale", "AlreadyPaired",
    "NotPaired", "StorageFull", "ReadOnly", "TooNew", "WrongKey", "Corrupt", "Busy", "KeysLocked", "KeysLost",
    "KeysUnavailable", "Offline", "ServerUnavailable", "Unauthorised", "DeviceRevoked", "PairingRefused",
    "ServerRejected", "ProtocolTooOld", "Forked", "ServerWentBack", "Cancelled", "Unexpected",
]

private func variant(of error: CoreError) -> String {
    let place =
        switch error {
        case .Validation: 0
        case .NotFound: 1
        case .Duplicate: 2
        case .InsufficientPoints: 3
        case .RuleRejected: 4
        case .Stale: 5
        case .AlreadyPaired: 6
        case .NotPaired: 7
        case .StorageFull: 8
        case .ReadOnly: 9
        case .TooNew: 10
        case .WrongKey: 11
        case .Corrupt: 12
        case .Busy: 13
        case .KeysLocked: 14
        case .KeysLost: 15
        case .KeysUnavailable: 16
        case .Offline: 17
        case .ServerUnavailable: 18
        case .Unauthorised: 19
        case .DeviceRevoked: 20
        case .PairingRefused: 21
        case .ServerRejected: 22
        case .ProtocolTooOld: 23
        case .Forked: 24
        case .ServerWentBack: 25
        case .Cancelled: 26
        case .Unexpected: 27
        }
    return all[place]
}

private final class Met {
    private(set) var met: Set<String> = []

    /// `work` fails with the error of this name, or exactly with `error` if one is given.
    func meets(_ name: String, _ error: CoreError? = nil, _ work: () async throws -> Void) async throws {
        do {
            try await work()
            Issue.record("\(name) does not come")
        } catch let found as CoreError {
            #expect(variant(of: found) == name)
            if let error { #expect(found == error) }
            met.insert(name)
        }
    }

    func atTheCounter(_ stage: Stage) async throws {
        let empty = try await stage.phone("counter").core
        try await meets("NotPaired") { _ = try await empty.settings().business() }
        try await meets("Validation", .Validation(subject: .pairingCode)) {
            _ = try await empty.sync().pair(request: newRequest(), pairingCode: "no code", deviceName: "Каса")
        }
        let phone = try await stage.founded("counter-2")
        let (customers, till) = (phone.core.customers(), phone.core.till())
        try await meets("Validation", .Validation(subject: .requestId)) {
            _ = try await customers.register(request: Data([1]), form: customerForm(.noCard))
        }
        try await meets("AlreadyPaired") {
            try await phone.core.found(request: newRequest(), form: founding())
        }
        let customer = try await customers.register(request: newRequest(), form: customerForm(.issue))
        try await meets("Duplicate", .Duplicate(existing: customer)) {
            _ = try await customers.register(request: newRequest(), form: customerForm(.noCard))
        }
        try await meets("Validation", .Validation(subject: .wayToReach)) {
            let form = Registration(profile: Profile(), card: .noCard)
            _ = try await customers.register(request: newRequest(), form: form)
        }
        let scan = try await phone.core.cards().openScan()
        try await meets("Validation", .Validation(subject: .frame)) {
            _ = try scan.frame(luma: Data(count: 10), width: 4, height: 4, rowStride: 4, atMs: 0)
        }
        for nobody in [0, -1, customer + 1] {
            try await meets("NotFound") { _ = try await customers.sheet(customer: nobody) }
        }
        let spend = Scenario.number("too_many_points.spend")
        try await meets("InsufficientPoints", .InsufficientPoints(balance: 0, required: 1)) {
            _ = try await till.quote(ask: amount(Scenario.number("too_many_points.gross"), customer, spend: spend))
        }
        try await phone.sell(Scenario.number("sale.gross"), customer)
        try await meets("RuleRejected") {
            _ = try await till.quote(ask: amount(Scenario.number("too_many_points.sale"), customer, spend: spend))
        }
        try await meets("Stale") { _ = try await till.commit(request: newRequest(), quote: 4_711) }
    }

    func onTheDisk(_ stage: Stage) async throws {
        let phone = try await stage.founded("disk")
        try await meets("Busy") { _ = try await stage.phone("disk", keys: phone.keys) }
        let strange = try phone.copied(to: "strange")
        let others = phone.keys.secrets.merging(["database-key": Data(repeating: 7, count: 32)]) { $1 }
        try await meets("WrongKey") { _ = try await stage.phone("strange", keys: Keys(others)) }
        let stays = strange.appendingPathComponent("kartka.db").path
        #expect(FileManager.default.fileExists(atPath: stays), "a wrong key moved something")
        let broken = try phone.copied(to: "broken")
        try? FileManager.default.removeItem(at: broken.appendingPathComponent("kartka.db-wal"))
        try Data(repeating: 0x55, count: 40_960).write(to: broken.appendingPathComponent("kartka.db"))
        try await meets("Corrupt") { _ = try await stage.phone("broken", keys: phone.keys) }
    }

    func inANewerFile(_ stage: Stage) async throws {
        let data = try stage.newerData("newer").appendingPathComponent("kartka.db")
        let before = try Data(contentsOf: data)
        let key = Data(repeating: UInt8(Scenario.number("newer.key_byte")), count: 32)
        do {
            _ = try await stage.phone("newer", keys: Keys(["database-key": key]))
            Issue.record("TooNew does not come")
        } catch CoreError.TooNew(let found, _) {
            #expect(found == UInt32(Scenario.number("newer.version")))
            met.insert("TooNew")
        }
        #expect(try Data(contentsOf: data) == before, "a newer file was changed")
    }

    func onASmallDisk(_ stage: Stage) async throws {
        try await rehearse("rehearsed_always")
        guard let disk = SmallDisk.ofThisRun else { return try await rehearse("rehearsed_without_a_small_disk") }
        let phone = try await Stage(in: disk.writable).founded("till")
        let (till, sale) = (phone.core.till(), newRequest())
        try await disk.whileFull {
            try await meets("StorageFull") { _ = try await till.sell(request: sale, ask: amount(100)) }
            #expect(try await phone.core.reports().today(date: nil).day.receipts == 0)
        }
        let sold = try await till.sell(request: sale, ask: amount(100))
        #expect(try await till.sell(request: sale, ask: amount(100)) == sold)
        #expect(try await phone.core.reports().today(date: nil).day.receipts == 1)
        _ = try phone.copied(to: "copy")
        try await meets("ReadOnly") { _ = try await Stage(in: disk.readOnly).phone("copy", keys: phone.keys) }
    }

    private func rehearse(_ list: String) async throws {
        let rehearsal = Rehearsal(log: Log())
        for name in Scenario.names(list) {
            print("\(name): \(Scenario.text("\(list).\(name)"))")
            try await meets(name) { try rehearsal.fail(name: name) }
        }
    }

    func inTheKeyStore(_ stage: Stage) async throws {
        let thrown: [(String, any Error)] = [
            ("KeysLocked", KeyStoreFault.Locked),
            ("KeysLost", KeyStoreFault.Lost),
            ("KeysUnavailable", KeyStoreFault.Unavailable),
            ("KeysUnavailable", Mishap()),
        ]
        for (name, fault) in thrown {
            try await meets(name) { _ = try await stage.phone("keys", keys: Keys(fault: fault)) }
        }
    }

    func onTheLine(_ stage: Stage) async throws {
        let server = try await stage.server()
        let phone = try await stage.paired(server)
        try await meets("PairingRefused") {
            let second = try await stage.phone("second")
            _ = try await second.core.sync().pair(
                request: newRequest(), pairingCode: server.pairingCodes[0], deviceName: Scenario.text("devices.1"))
        }
        try await server.stop()
        _ = try await phone.core.customers().register(request: newRequest(), form: customerForm(.noCard))
        try await meets("Offline") { try await phone.sync() }
        let rehearsal = Rehearsal(log: phone.log)
        let carried: [String: CoreError] = [
            "ServerUnavailable": .ServerUnavailable(retryAfterMs: 2_000), "ProtocolTooOld": .ProtocolTooOld(min: 9),
        ]
        for at in 0..<Scenario.count("impostors") {
            let name = Scenario.text("impostors.\(at).error")
            try rehearsal.impostor(
                port: server.port, status: UInt16(Scenario.number("impostors.\(at).status")),
                problem: Scenario.text("impostors.\(at).problem"))
            try await meets(name, carried[name]) { try await phone.sync() }
            let dot = try await phone.core.sync().standing().dot
            if name == "DeviceRevoked" { #expect(dot == .revoked) }
        }
        try await server.start()
        #expect(try await phone.sync().opsPushed == 1, "nothing was lost by all that")
        #expect(try await phone.core.sync().standing().dot == .inSync)
        try await server.stop()
    }

    func afterAStepBack(_ stage: Stage) async throws {
        let server = try await stage.server()
        let phone = try await stage.paired(server)
        _ = try phone.copied(to: "older")
        try await phone.sell(100)
        try await phone.sync()
        let rolledBack = try await stage.phone("older", keys: phone.keys)
        try await rolledBack.sell(100)
        #expect(try await rolledBack.sync().opsPushed == 1, "a copy goes on by itself")
        let standing = try await rolledBack.core.sync().standing()
        #expect(standing.dot == .inSync && standing.renumbered?.ops == 1)
        try await rolledBack.core.sync().resume()
        #expect(try await rolledBack.core.sync().standing().renumbered == nil, "somebody read it")
        try await server.stop()
        let copy = try server.keepCopy()
        try await server.start()
        try await phone.sell(100)
        try await phone.sync()
        try await server.stop()
        try server.goBack(to: copy)
        try await server.start()
        // The server learns it from the phone, takes the next epoch, and is told again what it lost.
        try await phone.sell(100)
        try await phone.sync()
        try await server.stop()
        try server.goBack(to: copy)
        try await server.start()
        try await phone.sell(100)
        try await meets("ServerWentBack") { try await phone.sync() }
    }

    func byHandAndByFault(_ stage: Stage) async throws {
        let phone = try await stage.paired(stage.server())
        phone.keys.wait(at: "device-secret")
        let run = phone.core.sync().start(progress: nil)
        await phone.keys.reached.opened()
        run.cancel()
        phone.keys.released.open()
        try await meets("Cancelled") { _ = try await run.outcome() }
        try await meets("Unexpected") { try Rehearsal(log: phone.log).panicNow() }
    }
}
