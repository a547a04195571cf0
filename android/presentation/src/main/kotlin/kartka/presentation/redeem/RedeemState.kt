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
 * @property pin what is typed of the PIN; it is never kept
 */
public data class RedeemState(
    val draft: SaleDraft,
    val typed: String = "",
    val quote: Quote? = null,
    val rewards: List<StampReward> = emptyList(),
    val asking: Boolean = false,
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
                else -> offered(quote?.redeem)
            }

    private fun offered(redeem: Redeemable?): RedeemFace =
        when (redeem) {
            null -> RedeemFace.Asking
            is Redeemable.Between -> RedeemFace.Allowed
            is Redeemable.Nothing ->
                when (redeem.reason) {
                    NoRedeem.NotEnough -> RedeemFace.NotEnough
                    NoRedeem.Offline -> RedeemFace.OfflineLimit
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
    NotAllowed,
    Committing,
    Trouble,
}
