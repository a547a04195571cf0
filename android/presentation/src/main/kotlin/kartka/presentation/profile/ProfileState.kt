package kartka.presentation.profile

import kartka.presentation.CardWish
import kartka.presentation.Freshness
import kartka.presentation.HeldCard
import kartka.presentation.Pictured
import kartka.presentation.RequestId
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind

/** How often somebody was asked whether they mean the erasure. */
public enum class ErasureStep { None, Asked, AskedAgain }

/**
 * What a shop knows of a card's holder, and what they wish.
 *
 * @property request names what is being typed
 * @property birthday as typed
 * @property writing a wish is being noted on this phone
 * @property exported the text that other apps are offered
 */
public data class ProfileState(
    val id: Long,
    val request: RequestId,
    val card: HeldCard? = null,
    val given: String = "",
    val family: String = "",
    val email: String = "",
    val birthday: String = "",
    val writing: Boolean = false,
    val erasure: ErasureStep = ErasureStep.None,
    val exported: String? = null,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: ProfileFace
        get() =
            when {
                trouble?.kind == TroubleKind.Invalid -> ProfileFace.Invalid
                trouble != null -> ProfileFace.Trouble
                card == null -> ProfileFace.Loading
                erasure == ErasureStep.Asked -> ProfileFace.AskErasure
                erasure == ErasureStep.AskedAgain -> ProfileFace.AskAgain
                card.freshness == Freshness.Erased -> ProfileFace.Erased
                card.freshness == Freshness.Counter -> ProfileFace.NoServer
                CardWish.Erasure in card.waiting -> ProfileFace.ErasurePending
                card.waiting.isNotEmpty() -> ProfileFace.Pending
                card.refused -> ProfileFace.Refused
                else -> ProfileFace.Saved
            }

    /** Something was typed that the shop could be told. */
    val isTyped: Boolean get() = listOf(given, family, email, birthday).any { it.isNotBlank() }

    /** Whether the shop can be told anything. */
    val wishes: Boolean
        get() = face != ProfileFace.NoServer && face != ProfileFace.Erased && face != ProfileFace.ErasurePending
}

/** The lines of the table. */
public enum class ProfileFace {
    Loading,
    Saved,
    Pending,
    Refused,
    NoServer,
    Invalid,
    AskErasure,
    AskAgain,
    ErasurePending,
    Erased,
    Trouble,
}
