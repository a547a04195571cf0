package kartka.app

import kartka.corebridge.CardsPlace
import kartka.corebridge.KartkaGateway
import kartka.corebridge.LogLines
import kartka.corebridge.Secrets
import kartka.corebridge.ShopPlace
import kartka.presentation.CoreFault
import kartka.presentation.Pocket
import kartka.presentation.Trouble
import java.io.File

/**
 * The data on this phone, a shop's and its person's own cards, for the screens and for what runs in the background
 * alike.
 *
 * The two know nothing of each other: a shop that does not open keeps nobody from their cards, and a phone that only
 * holds cards has no data of a shop.
 *
 * @param cards keeps the key of the person's cards, away from the shop's
 * @param copies where the encrypted copy of a shop on one phone lies
 */
class House(folder: File, secrets: Secrets, cards: Secrets, log: LogLines, private val copies: CopyPlace) {
    /** What the screens ask; the shop in it is open after [look]. */
    val core = KartkaGateway(ShopPlace(folder.path, secrets, log), CardsPlace(folder.path, cards, log))

    /** What the screens of this process remember and nobody writes down. */
    val pocket = Pocket()

    /** Whether the data were looked at, and whatever is here is open. */
    @Volatile
    var open: Boolean = false
        private set

    /** Whether the phone belongs to a shop, as it was when the data were looked at last. */
    @Volatile
    var enrolled: Boolean = false
        private set

    /** Whether its person holds cards, also ones that can't be opened, as it was when the data were looked at last. */
    @Volatile
    var holder: Boolean = false
        private set

    /** Opens what is here; answers with why the shop does not open, if it does not. */
    suspend fun look(): Trouble? {
        holder = core.holds()
        return try {
            opened()
            null
        } catch (fault: CoreFault) {
            fault.trouble
        }
    }

    /** The shop, opened now if nobody has; fails where it does not open. */
    suspend fun opened(): KartkaGateway {
        core.open()
        enrolled = core.isEnrolled()
        open = true
        return core
    }

    /** Lets the shop do what is due while nobody waits, and renews its copy. */
    suspend fun rest() {
        settle()
        // Whoever was erased is gone for good with the older copy.
        if (copies.renew(core)) settle()
    }

    private suspend fun settle() {
        try {
            core.rest()
        } catch (_: CoreFault) {
            // Nothing is lost: the next time does it.
        }
    }

    /** Cards that can't be opened are there all the same, and their screen says what helps. */
    private suspend fun KartkaGateway.holds(): Boolean =
        try {
            heldCards().isNotEmpty()
        } catch (_: CoreFault) {
            true
        }
}
