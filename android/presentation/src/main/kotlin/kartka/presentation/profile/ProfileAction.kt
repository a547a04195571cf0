package kartka.presentation.profile

/** Everything that can happen on a holder's profile at one shop. */
public sealed interface ProfileAction {
    public data object Shown : ProfileAction

    /** News and offers, wanted or not. */
    public data class WantNews(val wanted: Boolean) : ProfileAction

    public data class TypeGiven(val text: String) : ProfileAction

    public data class TypeFamily(val text: String) : ProfileAction

    public data class TypeEmail(val text: String) : ProfileAction

    /** Day and month, perhaps the year, as typed. */
    public data class TypeBirthday(val text: String) : ProfileAction

    /** What was typed goes to the shop. */
    public data object Save : ProfileAction

    /** Everything this phone holds, as a text for other apps. */
    public data object Export : ProfileAction

    /** The text was handed on. */
    public data object Exported : ProfileAction

    /** To be erased: asks first. */
    public data object AskErasure : ProfileAction

    /** Yes, and asks once more. */
    public data object SureOfErasure : ProfileAction

    /** Yes again. */
    public data object Erase : ProfileAction

    public data object Leave : ProfileAction

    public data object Opened : ProfileAction
}
