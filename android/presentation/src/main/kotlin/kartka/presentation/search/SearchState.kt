package kartka.presentation.search

import kartka.presentation.CustomerSheet
import kartka.presentation.Pictured
import kartka.presentation.Route
import kartka.presentation.Trouble

/**
 * Search by any field.
 *
 * @property found null before the first answer
 * @property attachTo the sale that the found customer is attached to
 */
public data class SearchState(
    val typed: String = "",
    val attachTo: Long? = null,
    val searching: Boolean = false,
    val found: List<CustomerSheet>? = null,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: SearchFace
        get() =
            when {
                trouble != null -> SearchFace.Trouble
                typed.isBlank() -> SearchFace.Empty
                found == null -> SearchFace.Searching
                found.isEmpty() -> SearchFace.Nobody
                else -> SearchFace.Results
            }
}

/** The lines of the table. */
public enum class SearchFace { Empty, Searching, Results, Nobody, Trouble }
