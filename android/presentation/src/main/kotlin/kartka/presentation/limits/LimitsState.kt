package kartka.presentation.limits

import kartka.presentation.EarnLimits
import kartka.presentation.Pictured
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.Trust

/**
 * The owner's limits on earning, how long a phone is trusted, and what a lost one can cost.
 *
 * @property changed the limits as the owner has set them on the screen; null while they are as in force
 */
public data class LimitsState(
    val trust: Trust? = null,
    val limits: EarnLimits? = null,
    val changed: EarnLimits? = null,
    val hours: String = "",
    val days: String = "",
    val saving: Boolean = false,
    val saved: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: LimitsFace
        get() =
            when {
                trouble?.kind == TroubleKind.NotAllowed -> LimitsFace.NotAllowed
                trouble?.kind == TroubleKind.Invalid -> LimitsFace.Invalid
                trouble != null -> LimitsFace.Trouble
                limits == null || trust == null -> LimitsFace.Loading
                saving -> LimitsFace.Saving
                isChanged(trust) -> LimitsFace.Changed
                saved -> LimitsFace.Saved
                trust.points == null -> LimitsFace.Unbounded
                else -> LimitsFace.Bounded
            }

    private fun isChanged(trust: Trust): Boolean =
        changed != null || hours != trust.hours.toString() || days != trust.graceDays.toString()
}

/** The lines of the table. */
public enum class LimitsFace { Loading, Bounded, Unbounded, Changed, Saving, Saved, Invalid, NotAllowed, Trouble }
