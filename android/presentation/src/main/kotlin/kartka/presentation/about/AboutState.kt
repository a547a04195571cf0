package kartka.presentation.about

import kartka.presentation.CustomerSheet
import kartka.presentation.FriendPromise
import kartka.presentation.Friends
import kartka.presentation.Joint
import kartka.presentation.OwnVoucher
import kartka.presentation.Pictured
import kartka.presentation.RequestId
import kartka.presentation.Route
import kartka.presentation.Trouble

/**
 * What is known of a customer beside the balance.
 *
 * @property friends null while loading, and where the operator may not see them
 * @property asked the joint that is to be parted
 */
public data class AboutState(
    val request: RequestId,
    val customerId: Long,
    val sheet: CustomerSheet? = null,
    val vouchers: List<OwnVoucher> = emptyList(),
    val friends: Friends? = null,
    val promise: FriendPromise = FriendPromise.Nothing,
    val joints: List<Joint> = emptyList(),
    val asked: Joint? = null,
    val parting: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: AboutFace
        get() =
            when {
                trouble != null -> AboutFace.Trouble
                parting -> AboutFace.Parting
                asked != null -> AboutFace.AskPart
                sheet == null -> AboutFace.Loading
                else -> AboutFace.Known
            }
}

/** The lines of the table. */
public enum class AboutFace { Loading, Known, AskPart, Parting, Trouble }
