package kartka.presentation.register

import kartka.presentation.CardChoice
import kartka.presentation.CustomerSheet
import kartka.presentation.FriendPromise
import kartka.presentation.Pictured
import kartka.presentation.RequestId
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind

/**
 * The short form of a new customer.
 *
 * @property birthday as typed
 * @property promise what is promised for bringing them; nobody is asked who did where nothing is
 * @property referrer whoever brought them, as typed
 * @property broughtBy the one customer that [referrer] means
 * @property consent the person agreed to news and offers after the wording was shown
 * @property existing who has that phone number already
 * @property registered the new customer's id
 * @property linkCode the text of the QR that brings the card to the customer's own phone
 */
public data class RegisterState(
    val request: RequestId,
    val phone: String = "",
    val given: String = "",
    val family: String = "",
    val birthday: String = "",
    val promise: FriendPromise = FriendPromise.Nothing,
    val referrer: String = "",
    val broughtBy: CustomerSheet? = null,
    val consent: Boolean = false,
    val card: CardChoice = CardChoice.None,
    val saving: Boolean = false,
    val existing: CustomerSheet? = null,
    val registered: Long? = null,
    val linkCode: String? = null,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: RegisterFace
        get() =
            when {
                registered != null -> RegisterFace.Registered
                saving -> RegisterFace.Saving
                existing != null -> RegisterFace.PhoneExists
                trouble?.kind == TroubleKind.Invalid -> RegisterFace.Invalid
                trouble != null -> RegisterFace.Trouble
                isEmpty && card is CardChoice.Bind -> RegisterFace.Anonymous
                isEmpty -> RegisterFace.Empty
                else -> RegisterFace.Valid
            }

    /** Nothing about the person was typed. */
    val isEmpty: Boolean get() = phone.isBlank() && given.isBlank() && family.isBlank()

    /** Somebody is said to have brought them, and it is not known who. */
    val isReferrerOpen: Boolean get() = referrer.isNotBlank() && broughtBy == null

    /** Whether the primary button does something; whether the form will do is the core's answer. */
    val canSave: Boolean
        get() = !saving && registered == null && !isReferrerOpen && (!isEmpty || card is CardChoice.Bind)
}

/** The lines of the table. */
public enum class RegisterFace {
    Empty,
    Valid,
    Anonymous,
    PhoneExists,
    Invalid,
    Saving,
    Registered,
    Trouble,
}
