package kartka.presentation.outlets

import kartka.presentation.Outlet
import kartka.presentation.Pictured
import kartka.presentation.RequestId
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind

/**
 * The outlets of a business.
 *
 * @property outlets null while loading
 * @property chosen the one that is changed
 * @property adding one more is being named
 * @property name as typed
 */
public data class OutletsState(
    val request: RequestId,
    val outlets: List<Outlet>? = null,
    val chosen: Outlet? = null,
    val adding: Boolean = false,
    val name: String = "",
    val writing: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: OutletsFace
        get() =
            when {
                trouble?.kind == TroubleKind.NotAllowed -> OutletsFace.NotAllowed
                trouble?.kind == TroubleKind.Invalid && isNaming -> OutletsFace.Invalid
                trouble != null -> OutletsFace.Trouble
                outlets == null -> OutletsFace.Loading
                writing -> OutletsFace.Writing
                adding -> OutletsFace.Adding
                chosen != null -> OutletsFace.Chosen
                else -> OutletsFace.Everywhere
            }

    /** A name is asked for. */
    val isNaming: Boolean get() = adding || chosen != null

    /** Whether the primary button writes the name. */
    val canSave: Boolean get() = !writing && name.isNotBlank() && name.trim() != chosen?.name
}

/** The lines of the table. */
public enum class OutletsFace { Loading, Everywhere, Adding, Chosen, Writing, Invalid, NotAllowed, Trouble }
