package kartka.presentation.choose

import kartka.presentation.Choosing
import kartka.presentation.CustomerSheet
import kartka.presentation.FriendPromise
import kartka.presentation.Pictured
import kartka.presentation.RequestId
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.scan.Camera

/**
 * Another customer is chosen: by their card before the camera, or by any field.
 *
 * @property sheet for whom
 * @property found null before anything was asked
 * @property foreign the camera saw something that is no customer's card
 * @property other the one that was chosen, to be confirmed
 */
public data class ChooseState(
    val request: RequestId,
    val customerId: Long,
    val why: Choosing,
    val sheet: CustomerSheet? = null,
    val promise: FriendPromise = FriendPromise.Nothing,
    val camera: Camera = Camera.NotAsked,
    val typed: String = "",
    val searching: Boolean = false,
    val found: List<CustomerSheet>? = null,
    val foreign: Boolean = false,
    val other: CustomerSheet? = null,
    val writing: Boolean = false,
    val done: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: ChooseFace
        get() =
            when {
                done -> ChooseFace.Done
                writing -> ChooseFace.Writing
                trouble != null -> ChooseFace.Trouble
                other != null -> if (why == Choosing.Same) ChooseFace.AskSame else ChooseFace.AskReferrer
                foreign -> ChooseFace.NotOurs
                searching -> ChooseFace.Searching
                found == null -> ChooseFace.Empty
                found.isEmpty() -> ChooseFace.Nobody
                else -> ChooseFace.Results
            }
}

/** The lines of the table. */
public enum class ChooseFace {
    Empty,
    Searching,
    Results,
    Nobody,
    NotOurs,
    AskSame,
    AskReferrer,
    Writing,
    Done,
    Trouble,
}
