package kartka.presentation.register

/** Everything that can happen on the Register screen. */
public sealed interface RegisterAction {
    public data object Shown : RegisterAction

    public data class TypePhone(val text: String) : RegisterAction

    public data class TypeGiven(val text: String) : RegisterAction

    public data class TypeFamily(val text: String) : RegisterAction

    /** Day and month, perhaps the year, as typed. */
    public data class TypeBirthday(val text: String) : RegisterAction

    /** Whoever brought them, by any field. */
    public data class TypeReferrer(val text: String) : RegisterAction

    /** The box under the wording. */
    public data class Agree(val given: Boolean) : RegisterAction

    /** A card for the customer's own phone, shown as a QR after saving. */
    public data class IssueCard(val wanted: Boolean) : RegisterAction

    public data object Save : RegisterAction

    /** To the customer who has the phone number already. */
    public data object OpenExisting : RegisterAction

    /** Gives the blank card that was scanned to that customer. */
    public data object GiveCardToExisting : RegisterAction

    /** To the sale of the new customer. */
    public data object GoOn : RegisterAction

    public data object Leave : RegisterAction

    public data object Opened : RegisterAction
}
