package kartka.presentation.inbox

import kartka.presentation.InboxItem
import kartka.presentation.Pictured
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind

/**
 * What waits for a decision.
 *
 * @property asked what the owner is asked once more, since it cannot be taken back
 * @property deciding the item whose answer is being written
 */
public data class InboxState(
    val items: List<InboxItem>? = null,
    val asked: Verdict? = null,
    val deciding: Long? = null,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: InboxFace
        get() =
            when {
                trouble?.kind == TroubleKind.NotAllowed -> InboxFace.NotAllowed
                trouble != null -> InboxFace.Trouble
                items == null -> InboxFace.Loading
                deciding != null -> InboxFace.Deciding
                asked != null -> InboxFace.Asking
                items.isEmpty() -> InboxFace.Empty
                else -> InboxFace.Items
            }
}

/** What becomes of what a revoked device sent. */
public data class Verdict(val item: Long, val takeIn: Boolean)

/** The lines of the table. */
public enum class InboxFace { Loading, Empty, Items, Asking, Deciding, NotAllowed, Trouble }
