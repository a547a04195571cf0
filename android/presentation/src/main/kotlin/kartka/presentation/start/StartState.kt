package kartka.presentation.start

import kartka.presentation.Pictured
import kartka.presentation.Route
import kartka.presentation.Trouble

/** A phone without a shop: to found one, to pair with one, or to bring one back. */
public data class StartState(val enrolled: Boolean? = null, val trouble: Trouble? = null, val open: Route? = null) :
    Pictured {
    override val face: StartFace
        get() =
            when {
                trouble != null -> StartFace.Trouble
                enrolled == null -> StartFace.Loading
                enrolled -> StartFace.Enrolled
                else -> StartFace.FirstRun
            }
}

/** The lines of the table. */
public enum class StartFace { Loading, FirstRun, Enrolled, Trouble }
