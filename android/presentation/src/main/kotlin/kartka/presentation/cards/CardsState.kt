package kartka.presentation.cards

import kartka.presentation.HeldCard
import kartka.presentation.Pictured
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind

/**
 * The cards of the person whose phone this is.
 *
 * @property staffed the phone belongs to a shop as well
 * @property unreached a shop did not answer when it was asked last; what it said before is shown
 * @property asksAnew giving up cards that can't be opened was asked for
 */
public data class CardsState(
    val staffed: Boolean,
    val cards: List<HeldCard>? = null,
    val asking: Boolean = false,
    val unreached: Boolean = false,
    val asksAnew: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: CardsFace
        get() =
            when {
                asksAnew -> CardsFace.AskAnew
                trouble != null && trouble.kind in LOST -> CardsFace.KeyMissing
                trouble != null -> CardsFace.Trouble
                cards == null -> CardsFace.Loading
                cards.isEmpty() -> CardsFace.None
                asking -> CardsFace.Asking
                unreached -> CardsFace.Offline
                else -> CardsFace.Fresh
            }

    private companion object {
        /** What no patience mends: the key or the file is gone for good. */
        val LOST = setOf(TroubleKind.WrongKey, TroubleKind.KeysLost, TroubleKind.Corrupt)
    }
}

/** The lines of the table. */
public enum class CardsFace { Loading, None, Fresh, Asking, Offline, KeyMissing, AskAnew, Trouble }
