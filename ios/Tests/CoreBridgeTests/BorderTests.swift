import CoreBridge
import Foundation
import KartkaGenerated
import Testing

/// The border's own promises: what throws, panics, gives up, crowds in or asks twice does no harm.
@Suite("Border", .timeLimit(.minutes(2)))
struct BorderTests {
    private let gross = Scenario.number("sale.gross")

    @Test("the library says which core it holds")
    func version() {
        let version = CoreBridge.coreVersion()
        #expect(version.wholeMatch(of: /\d+\.\d+\.\d+/) != nil, "got \(version)")
    }

    @Test("a listener that throws harms nobody and is told again")
    func listenerThatThrows() async throws {
        let stage = try Stage()
        let phone = try await stage.founded(log: Log(throwing: true), changes: Changes(throwing: true))
        for times in 1...2 {
            try await phone.sell(gross)
            await phone.changes.wait(for: .sales, times: times + 1)
        }
        #expect(throws: CoreError.self) { try Rehearsal(log: phone.log).panicNow() }
        #expect(try await phone.core.reports().today(date: nil).day.receipts == 2)
    }

    @Test("a listener of progress that throws ends no run")
    func progressThatThrows() async throws {
        final class Progress: SyncProgressListener, @unchecked Sendable {
            private let lock = NSLock()
            private var heard: [SyncProgress] = []

            var last: SyncProgress? { lock.withLock { heard.last } }

            func progressed(progress: SyncProgress) throws {
                lock.withLock { heard.append(progress) }
                throw Mishap()
            }
        }
        let stage = try Stage()
        let phone = try await stage.paired(stage.server())
        try await phone.sell(100)
        let progress = Progress()
        let report = try await phone.core.sync().start(progress: progress).outcome()
        #expect(report.opsPushed == 1)
        #expect(progress.last?.bytesUp == report.bytesUp)
    }

    @Test("a caller that gives up loses the answer and not the work")
    func callerThatGivesUp() async throws {
        let stage = try Stage()
        let server = try await stage.server()
        let phone = try await stage.phone()
        phone.keys.wait(at: "device-secret")
        let request = newRequest()
        let (code, device) = (server.pairingCodes[0], Scenario.text("devices.0"))
        let waiting = Task {
            try await phone.core.sync().pair(request: request, pairingCode: code, deviceName: device)
        }
        await phone.keys.reached.opened()
        waiting.cancel()
        phone.keys.released.open()
        await phone.changes.wait(for: .sync)
        #expect(try await phone.core.isEnrolled())
        // The repeat with the same request id finds the device taken in.
        _ = try await phone.core.sync().pair(request: request, pairingCode: code, deviceName: device)
    }

    @Test("a panic is an exception and a line in the log")
    func panics() async throws {
        let stage = try Stage()
        let phone = try await stage.founded()
        let rehearsal = Rehearsal(log: phone.log)
        let reports = [
            await report { try rehearsal.panicNow() },
            await report { try await rehearsal.panicLater() },
        ]
        #expect(phone.log.lines.map(\.reportId) == reports)
        for line in phone.log.lines {
            #expect(line.what.wholeMatch(of: /panic at rehearsal\.rs:\d+/) != nil, "\(line.what)")
        }
        #expect(try await phone.core.reports().today(date: nil).day.receipts == 0)
    }

    /// The id of the report that `work` fails with.
    private func report(_ work: () async throws -> Void) async -> String? {
        do {
            try await work()
            return nil
        } catch CoreError.Unexpected(let reportId) {
            return reportId
        } catch {
            return nil
        }
    }

    @Test("eight threads sell at once and every sale counts")
    func crowd() async throws {
        let stage = try Stage()
        let phone = try await stage.founded()
        let (each, threads) = (Scenario.number("crowd.sales"), Scenario.number("crowd.threads"))
        let customer = try await phone.core.customers().register(request: newRequest(), form: customerForm(.issue))
        let scan = try await phone.core.cards().openScan()
        let failures = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<threads {
                group.addTask {
                    await till {
                        for at in 0..<each {
                            _ = try scan.text(text: "https://example.org", atMs: at)
                            try await phone.sell(Scenario.number("crowd.gross"), customer)
                            _ = try await phone.core.customers().sheet(customer: customer)
                        }
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(failures == 0)
        #expect(try await phone.core.reports().today(date: nil).day.receipts == threads * each)
        #expect(try await phone.balance(customer) == threads * each * Scenario.number("crowd.earned"))
    }

    @Test("a repeated request is answered and not done again")
    func repeats() async throws {
        let stage = try Stage()
        let phone = try await stage.founded()
        let (customers, till) = (phone.core.customers(), phone.core.till())
        let (register, sell, back) = (newRequest(), newRequest(), newRequest())
        let form = customerForm(.issue)
        let customer = try await customers.register(request: register, form: form)
        #expect(try await customers.register(request: register, form: form) == customer)
        let quote = try await till.quote(ask: amount(gross, customer))
        let purchase = try await till.commit(request: sell, quote: quote.id)
        #expect(try await till.commit(request: sell, quote: quote.id) == purchase)
        #expect(try await till.commit(request: sell, quote: 4_711) == purchase)
        await #expect(throws: CoreError.Stale) {
            try await till.commit(request: newRequest(), quote: quote.id)
        }
        let returned = try await till.giveBack(request: back, purchase: purchase, lines: [])
        #expect(try await till.giveBack(request: back, purchase: purchase, lines: []) == returned)
        let today = try await phone.core.reports().today(date: nil).day
        #expect(today.receipts == 1)
        #expect(today.returns == gross)
    }
}

/// Runs `work` from a thread of its own, which waits for it; 1 if it failed.
private func till(_ work: @escaping @Sendable () async throws -> Void) async -> Int {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread {
            let done = Latch()
            Task {
                do {
                    try await work()
                    continuation.resume(returning: 0)
                } catch {
                    continuation.resume(returning: 1)
                }
                done.open()
            }
            done.wait()
        }
    }
}
