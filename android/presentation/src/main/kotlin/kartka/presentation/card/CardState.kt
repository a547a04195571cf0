package kartka.presentation.card

import kartka.presentation.Freshness
import kartka.presentation.HeldCard
import kartka.presentation.Pictured
import kartka.presentation.Route
import kartka.presentation.Trouble

/**
 * A card as its holder shows it at a counter.
 *
 * @property asking its shop is being asked
 * @property unreached the shop did not answer when it was asked last
 * @property asksRemove taking the card off this phone was asked for
 */
public data class CardState(
    val id: Long,
    val card: HeldCard? = null,
    val asking: Boolean = false,
    val unreached: Boolean = false,
    val asksRemove: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: CardFace
        get() =
            when {
                trouble != null -> CardFace.Trouble
                asksRemove -> CardFace.AskRemove
                card == null -> CardFace.Loading
                else -> faceOf(card)
            }

    private fun faceOf(card: HeldCard): CardFace =
        when (card.freshness) {
            Freshness.Fresh -> if (unreached) CardFace.AsOf else CardFace.Fresh
            is Freshness.AsOf -> CardFace.AsOf
            Freshness.Unheard -> CardFace.Unheard
            Freshness.Counter -> CardFace.Counter
            Freshness.ClockWrong -> CardFace.ClockWrong
            Freshness.Blocked -> CardFace.Blocked
            Freshness.LinkRefused -> CardFace.LinkRefused
            Freshness.Erased -> CardFace.Erased
        }

    /** Since when nothing newer is known, epoch milliseconds; null where that says nothing. */
    val asOf: Long? get() =
        when (val freshness = card?.freshness) {
            is Freshness.AsOf -> freshness.at
            Freshness.Fresh -> card?.said?.at
            else -> null
        }

    /** Whether a counter takes the code: if not, it is not drawn as if it did. */
    val works: Boolean get() = card != null && card.freshness != Freshness.Blocked && card.freshness != Freshness.Erased
}

/** The lines of the table. */
public enum class CardFace {
    Loading,
    Fresh,
    AsOf,
    Unheard,
    Counter,
    ClockWrong,
    Blocked,
    LinkRefused,
    Erased,
    AskRemove,
    Trouble,
}
