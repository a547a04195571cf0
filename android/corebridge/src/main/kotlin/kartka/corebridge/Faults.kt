package kartka.corebridge

import kartka.generated.Code
import kartka.generated.CoreException
import kartka.presentation.CoreFault

/** Runs [question]; whatever the core throws becomes the shell's own fault with the key of its text. */
internal suspend fun <T> asked(question: suspend () -> T): T =
    try {
        question()
    } catch (error: CoreException) {
        throw error.asFault()
    }

internal fun CoreException.asFault(): CoreFault =
    when (this) {
        is CoreException.DeviceRevoked -> CoreFault.Revoked()
        else -> CoreFault.Refused(key())
    }

/** The key of the error's text in the table of strings. */
internal fun CoreException.key(): String =
    when (this) {
        is CoreException.Validation -> "error.validation.${snake(subject.name)}"
        is CoreException.NotFound -> "error.not_found"
        is CoreException.Duplicate -> "error.duplicate"
        is CoreException.InsufficientPoints -> "error.insufficient_points"
        is CoreException.RuleRejected -> reason.key()
        is CoreException.Stale -> "error.stale"
        is CoreException.AlreadyPaired -> "error.already_paired"
        is CoreException.NotPaired -> "error.not_paired"
        is CoreException.StorageFull -> "error.storage_full"
        is CoreException.ReadOnly -> "error.read_only"
        is CoreException.TooNew -> "error.too_new"
        is CoreException.WrongKey -> "error.wrong_key"
        is CoreException.Corrupt -> "error.corrupt"
        is CoreException.Busy -> "error.busy"
        is CoreException.KeysLocked -> "error.keys_locked"
        is CoreException.KeysLost -> "error.keys_lost"
        is CoreException.KeysUnavailable -> "error.keys_unavailable"
        is CoreException.Offline -> "error.offline"
        is CoreException.ServerUnavailable -> "error.server_unavailable"
        is CoreException.Unauthorised -> "error.unauthorised"
        is CoreException.DeviceRevoked -> "error.device_revoked"
        is CoreException.PairingRefused -> "error.pairing_refused"
        is CoreException.ServerRejected -> "error.server_rejected"
        is CoreException.ProtocolTooOld -> "error.protocol_too_old"
        is CoreException.Forked -> "error.forked"
        is CoreException.ServerWentBack -> "error.server_went_back"
        is CoreException.Cancelled -> "error.cancelled"
        is CoreException.Unexpected -> "error.unexpected"
    }

/** The key of a word of the catalogue. */
internal fun Code.key(): String = "code.${snake(name)}"

/** `MaxShare` and `MAX_SHARE` become `max_share`. */
private fun snake(name: String): String = name.replace(Regex("(?<=[a-z0-9])(?=[A-Z])"), "_").lowercase()
