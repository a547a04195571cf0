package kartka.presentation.link

import kartka.presentation.Pictured
import kartka.presentation.Route
import kartka.presentation.Trouble

/**
 * The link that hands a customer's card over to their own phone. It is for its holder's eyes: nothing of it is kept.
 *
 * @property link the text of the QR; null while it is asked, and for a customer without a card
 */
public data class LinkState(
    val asked: Boolean = false,
    val link: String? = null,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: LinkFace
        get() =
            when {
                trouble != null -> LinkFace.Trouble
                !asked -> LinkFace.Loading
                link == null -> LinkFace.NoCard
                else -> LinkFace.Shown
            }
}

/** The lines of the table. */
public enum class LinkFace { Loading, Shown, NoCard, Trouble }
