package kartka.corebridge

import kartka.generated.Code
import kartka.generated.CoreException
import kartka.presentation.CoreFault
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.Words

/** Runs [question]; whatever the core throws becomes the shell's own trouble, with its words and its next step. */
internal suspend fun <T> asked(question: suspend () -> T): T =
    try {
        question()
    } catch (error: CoreException) {
        throw error.asFault()
    }

internal fun CoreException.asFault(): CoreFault = CoreFault(asTrouble())

/** The situation as a screen shows it. */
internal fun CoreException.asTrouble(): Trouble =
    when (this) {
        is CoreException.Validation -> told(TroubleKind.Invalid, "validation.${snake(subject.name)}")
        is CoreException.NotFound -> told(TroubleKind.NotFound, "not_found")
        is CoreException.Duplicate -> told(TroubleKind.Duplicate, "duplicate").copy(existing = existing)
        is CoreException.InsufficientPoints ->
            told(TroubleKind.NotEnoughPoints, "insufficient_points", "balance" to balance, "required" to required)
        is CoreException.RuleRejected -> Trouble(ruleKind(reason), reason.asWords())
        is CoreException.Stale -> told(TroubleKind.Stale, "stale")
        is CoreException.AlreadyPaired -> told(TroubleKind.AlreadyPaired, "already_paired")
        is CoreException.NotPaired -> told(TroubleKind.NotPaired, "not_paired")
        is CoreException.StorageFull -> told(TroubleKind.StorageFull, "storage_full")
        is CoreException.ReadOnly -> told(TroubleKind.ReadOnly, "read_only")
        is CoreException.TooNew -> told(TroubleKind.TooNew, "too_new")
        is CoreException.WrongKey -> told(TroubleKind.WrongKey, "wrong_key")
        is CoreException.Corrupt -> told(TroubleKind.Corrupt, "corrupt")
        is CoreException.Busy -> told(TroubleKind.Busy, "busy")
        is CoreException.KeysLocked -> told(TroubleKind.KeysLocked, "keys_locked")
        is CoreException.KeysLost -> told(TroubleKind.KeysLost, "keys_lost")
        is CoreException.KeysUnavailable -> told(TroubleKind.KeysUnavailable, "keys_unavailable")
        is CoreException.Offline -> told(TroubleKind.Offline, "offline")
        is CoreException.ServerUnavailable -> told(TroubleKind.ServerUnavailable, "server_unavailable")
        is CoreException.Unauthorised -> told(TroubleKind.Unauthorised, "unauthorised")
        is CoreException.DeviceRevoked -> told(TroubleKind.Revoked, "device_revoked")
        is CoreException.PairingRefused -> told(TroubleKind.PairingRefused, "pairing_refused")
        is CoreException.ServerRejected ->
            told(TroubleKind.ServerRejected, "server_rejected", "code" to code.toLong())
        is CoreException.ProtocolTooOld -> told(TroubleKind.ProtocolTooOld, "protocol_too_old")
        is CoreException.Forked -> told(TroubleKind.Forked, "forked")
        is CoreException.ServerWentBack -> told(TroubleKind.ServerWentBack, "server_went_back")
        is CoreException.Cancelled -> told(TroubleKind.Cancelled, "cancelled")
        is CoreException.Unexpected ->
            Trouble(TroubleKind.Unexpected, Words("error.unexpected", names = mapOf("report" to reportId)))
    }

private fun told(kind: TroubleKind, key: String, vararg numbers: Pair<String, Long>): Trouble =
    Trouble(kind, Words("error.$key", numbers.toMap()))

/** Rules whose next step is a PIN or another operator are kinds of their own. */
private fun ruleKind(reason: Code): TroubleKind =
    when (reason.name) {
        "PinNeeded", "WrongPin", "PinLocked" -> TroubleKind.PinNeeded
        "NotEntitled", "OperatorDismissed", "RedeemPerDay" -> TroubleKind.NotAllowed
        "Revoked" -> TroubleKind.Revoked
        else -> TroubleKind.Rule
    }

/** A word of the catalogue with its numbers. */
internal fun Code.asWords(): Words = Words("code.${snake(name)}", arguments.associate { it.name to it.value })

/** `MaxShare` and `MAX_SHARE` become `max_share`. */
internal fun snake(name: String): String = name.replace(Regex("(?<=[a-z0-9])(?=[A-Z])"), "_").lowercase()
