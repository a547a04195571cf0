package kartka.presentation.found

import kartka.presentation.Founding
import kartka.presentation.Pictured
import kartka.presentation.RequestId
import kartka.presentation.Route
import kartka.presentation.ShopKind
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind

/**
 * Founding a business in two minutes: its name, country, kind and founder.
 *
 * @property countries where a business can be founded, in the order they are offered
 */
public data class FoundState(
    val request: RequestId,
    val name: String = "",
    val country: String,
    val countries: List<String> = emptyList(),
    val kind: ShopKind = ShopKind.Coffee,
    val owner: String = "",
    val founding: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: FoundFace
        get() =
            when {
                founding -> FoundFace.Founding
                trouble?.kind == TroubleKind.Invalid -> FoundFace.Invalid
                trouble != null -> FoundFace.Trouble
                canFound -> FoundFace.Ready
                else -> FoundFace.Empty
            }

    /** Whether the primary button does something; whether the form will do is the core's answer. */
    val canFound: Boolean get() = !founding && name.isNotBlank() && owner.isNotBlank()
}

/** The lines of the table. */
public enum class FoundFace { Empty, Ready, Founding, Invalid, Trouble }
