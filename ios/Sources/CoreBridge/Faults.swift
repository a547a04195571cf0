import KartkaGenerated
import Presentation

/// Runs `question`; whatever the core throws becomes the shell's own fault with the key of its text.
func asked<T>(_ question: () async throws -> T) async throws(CoreFault) -> T {
    do {
        return try await question()
    } catch let error as CoreError {
        throw error.fault
    } catch {
        throw .refused(key: "error.unexpected")
    }
}

extension CoreError {
    var fault: CoreFault {
        if case .DeviceRevoked = self { return .revoked }
        return .refused(key: key)
    }

    /// The key of the error's text in the table of strings.
    var key: String {
        switch self {
        case .Validation(let subject): "error.validation.\(snake("\(subject)"))"
        case .NotFound: "error.not_found"
        case .Duplicate: "error.duplicate"
        case .InsufficientPoints: "error.insufficient_points"
        case .RuleRejected(let reason): reason.key
        case .Stale: "error.stale"
        case .AlreadyPaired: "error.already_paired"
        case .NotPaired: "error.not_paired"
        case .StorageFull: "error.storage_full"
        case .ReadOnly: "error.read_only"
        case .TooNew: "error.too_new"
        case .WrongKey: "error.wrong_key"
        case .Corrupt: "error.corrupt"
        case .Busy: "error.busy"
        case .KeysLocked: "error.keys_locked"
        case .KeysLost: "error.keys_lost"
        case .KeysUnavailable: "error.keys_unavailable"
        case .Offline: "error.offline"
        case .ServerUnavailable: "error.server_unavailable"
        case .Unauthorised: "error.unauthorised"
        case .DeviceRevoked: "error.device_revoked"
        case .PairingRefused: "error.pairing_refused"
        case .ServerRejected: "error.server_rejected"
        case .ProtocolTooOld: "error.protocol_too_old"
        case .Forked: "error.forked"
        case .ServerWentBack: "error.server_went_back"
        case .Cancelled: "error.cancelled"
        case .Unexpected: "error.unexpected"
        }
    }
}

extension Code {
    /// The key of a word of the catalogue.
    var key: String { "code.\(snake(name))" }
}

/// `MaxShare` and `maxShare` become `max_share`.
private func snake(_ name: String) -> String {
    name.reduce(into: "") { text, letter in
        if letter.isUppercase, !text.isEmpty { text.append("_") }
        text.append(contentsOf: letter.lowercased())
    }
}
