package kartka.presentation

/** Why the core did not answer, as an exception of the gateway. */
public class CoreFault(public val trouble: Trouble) : Exception(trouble.words.key)

/**
 * What went wrong, in words, and what a person can do about it.
 *
 * @property existing the customer who is already there, where [kind] is [TroubleKind.Duplicate]
 */
public data class Trouble(val kind: TroubleKind, val words: Words, val existing: Long? = null)

/**
 * Every situation of the core's closed error, each with its next step.
 *
 * @property next what the screen offers
 * @property wholeScreen whether nothing else can be done before that
 */
public enum class TroubleKind(public val next: NextStep, public val wholeScreen: Boolean = false) {
    Invalid(NextStep.Correct),
    NotFound(NextStep.GoBack),
    Duplicate(NextStep.OpenExisting),
    NotEnoughPoints(NextStep.Correct),
    Rule(NextStep.GoBack),
    PinNeeded(NextStep.TypePin),
    NotAllowed(NextStep.SwitchOperator),
    Stale(NextStep.LookAgain),
    AlreadyPaired(NextStep.GoOn),
    NotPaired(NextStep.Begin, wholeScreen = true),
    StorageFull(NextStep.FreeSpace),
    ReadOnly(NextStep.FreeSpace),
    TooNew(NextStep.Update, wholeScreen = true),
    WrongKey(NextStep.RecoverySheet, wholeScreen = true),
    Corrupt(NextStep.Restore, wholeScreen = true),
    Busy(NextStep.CloseOther, wholeScreen = true),
    KeysLocked(NextStep.UnlockPhone, wholeScreen = true),
    KeysLost(NextStep.RecoverySheet, wholeScreen = true),
    KeysUnavailable(NextStep.TryAgain, wholeScreen = true),
    Offline(NextStep.TryAgain),
    ServerUnavailable(NextStep.TryAgain),
    Unauthorised(NextStep.PairAgain),
    Revoked(NextStep.PairAgain, wholeScreen = true),
    PairingRefused(NextStep.NewPairingCode),
    ServerRejected(NextStep.AskOwner),
    ProtocolTooOld(NextStep.Update),
    Forked(NextStep.AskOwner),
    ServerWentBack(NextStep.Resume),
    Cancelled(NextStep.TryAgain),
    Unexpected(NextStep.Report),
}

/** What a person can do about a trouble; the button of each has its word under `next.*`. */
public enum class NextStep {
    Correct,
    GoBack,
    OpenExisting,
    TypePin,
    SwitchOperator,
    LookAgain,
    GoOn,
    Begin,
    FreeSpace,
    Update,
    RecoverySheet,
    Restore,
    CloseOther,
    UnlockPhone,
    TryAgain,
    PairAgain,
    NewPairingCode,
    AskOwner,
    Resume,
    Report,
}
