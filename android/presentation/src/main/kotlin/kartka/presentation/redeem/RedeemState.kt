package kartka.presentation.redeem

import kartka.presentation.NoRedeem
import kartka.presentation.Pictured
import kartka.presentation.Quote
import kartka.presentation.Redeemable
import kartka.presentation.Route
import kartka.presentation.SaleDraft
import kartka.presentation.StampReward
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind

/**
 * What the Redeem screen shows: what may be spent on this sale, and what the cashier chose.
 *
 * @property typed points as typed; the core says whether they may be spent
 * @property rewards rewards of full stamp cards that may be taken
 * @property kept the server was asked in this run of the program, and keeps what [draft] uses
 * @property pin what is typed of the PIN; it is never kept
 */
public data class RedeemState(
    val draft: SaleDraft,
    val typed: String = "",
    val quote: Quote? = null,
    val rewards: List<StampReward> = emptyList(),
    val asking: Boolean = false,
    val kept: Boolean = false,
    val pin: String = "",
    val needsPin: Boolean = false,
    val committing: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: RedeemFace
        get() =
            when {
                committing -> RedeemFace.Committing
                needsPin && trouble != null -> RedeemFace.WrongPin
                needsPin -> RedeemFace.NeedsPin
                trouble?.kind == TroubleKind.NotEnoughPoints -> RedeemFace.NotEnough
                trouble != null -> RedeemFace.Trouble
                isAsking -> RedeemFace.AskingServer
                quote?.asksServer == true -> RedeemFace.AskServer
                else -> offered(quote?.redeem)
            }

    /** Whether the server's word on this receipt is awaited. */
    val isAsking: Boolean get() = asking && draft.reserved && !kept

    /** Whether points may be typed: some may be spent, or the server may say so. */
    val takesPoints: Boolean
        get() =
            when (val redeem = quote?.redeem) {
                null -> false
                is Redeemable.Between -> true
                is Redeemable.Nothing -> redeem.reason == NoRedeem.AskServer
            }

    /** Whether the sale has to wait for the server's word: it spends what may not be spent unasked. */
    val asksServer: Boolean
        get() = quote?.asksServer == true || (draft.spend > 0 && takesPoints && quote?.redeem is Redeemable.Nothing)

    private fun offered(redeem: Redeemable?): RedeemFace =
        when (redeem) {
            null -> RedeemFace.Asking
            is Redeemable.Between -> RedeemFace.Allowed
            is Redeemable.Nothing ->
                when (redeem.reason) {
                    NoRedeem.NotEnough -> RedeemFace.NotEnough
                    NoRedeem.Offline -> RedeemFace.OfflineLimit
                    NoRedeem.AskServer -> RedeemFace.AskServer
                    NoRedeem.Rule -> RedeemFace.NotAllowed
                }
        }
}

/** The lines of the table. */
public enum class RedeemFace {
    Asking,
    Allowed,
    NeedsPin,
    WrongPin,
    NotEnough,
    OfflineLimit,
    AskServer,
    AskingServer,
    NotAllowed,
    Committing,
    Trouble,
}
