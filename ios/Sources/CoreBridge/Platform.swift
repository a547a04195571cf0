import Foundation
import KartkaGenerated
import Presentation

/// Small secrets, wrapped by the platform's key store, outside the data folder.
///
/// Anything thrown but `SecretsFault` counts as a key store that does not answer.
public protocol Secrets: AnyObject, Sendable {
    /// The secret under `name`, or nil if none was ever kept there.
    func load(name: String) throws -> Data?

    /// Keeps `secret` under `name` in place of an older one; returns only when it is durable.
    func store(name: String, secret: Data) throws
}

/// Why a secret could not be read or kept.
public enum SecretsFault: Error, Sendable {
    /// The phone was not unlocked since it started; the same call will work later.
    case locked
    /// The platform dropped what it needs to unwrap the secret.
    case lost
}

/// How much a log line matters.
public enum Severity: Sendable {
    case info
    case warning
    case error
}

/// Takes one log line, with the id that the person was shown, if one was; from any thread. Lines hold ids and places,
/// never names, numbers or notes.
public typealias LogLines = @Sendable (_ severity: Severity, _ what: String, _ reportId: String?) -> Void

final class ForeignKeys: KeyStore {
    private let secrets: any Secrets

    init(_ secrets: any Secrets) {
        self.secrets = secrets
    }

    func load(name: String) throws -> Data? {
        try naming { try secrets.load(name: name) }
    }

    func store(name: String, secret: Data) throws {
        try naming { try secrets.store(name: name, secret: secret) }
    }

    private func naming<T>(_ work: () throws -> T) throws -> T {
        do {
            return try work()
        } catch SecretsFault.locked {
            throw KeyStoreFault.Locked
        } catch SecretsFault.lost {
            throw KeyStoreFault.Lost
        }
    }
}

final class ForeignLog: LogSink {
    private let lines: LogLines

    init(_ lines: @escaping LogLines) {
        self.lines = lines
    }

    func write(entry: LogEntry) {
        let severity: Severity =
            switch entry.level {
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        lines(severity, entry.what, entry.reportId)
    }
}

/// The core's changes, for any number of screens.
final class ChangeFeed: ChangeListener, @unchecked Sendable {
    private let lock = NSLock()
    private var listeners: [Int: AsyncStream<Presentation.ChangeTopic>.Continuation] = [:]
    private var last = 0

    func changes() -> AsyncStream<Presentation.ChangeTopic> {
        let (stream, continuation) = AsyncStream<Presentation.ChangeTopic>.makeStream(
            bufferingPolicy: .bufferingNewest(64))
        let number = lock.withLock {
            last += 1
            listeners[last] = continuation
            return last
        }
        continuation.onTermination = { [weak self] _ in
            self?.forget(number)
        }
        return stream
    }

    func changed(topic: KartkaGenerated.ChangeTopic) {
        let told: Presentation.ChangeTopic =
            switch topic {
            case .customers: .customers
            case .sales: .sales
            case .sync: .sync
            }
        for listener in lock.withLock({ Array(listeners.values) }) {
            listener.yield(told)
        }
    }

    private func forget(_ number: Int) {
        lock.withLock { listeners[number] = nil }
    }
}
