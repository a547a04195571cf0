package kartka.presentation.cards

/** Everything that can happen on the list of a person's cards. */
public sealed interface CardsAction {
    public data object Shown : CardsAction

    /** A card is opened. */
    public data class Tap(val card: Long) : CardsAction

    /** Another card is taken in. */
    public data object Add : CardsAction

    /** The shops are asked again. */
    public data object Refresh : CardsAction

    /** Cards that can't be opened any more are given up: asks first. */
    public data object AskAnew : CardsAction

    public data object BeginAnew : CardsAction

    /** Whoever has cards may run a shop as well. */
    public data object RunShop : CardsAction

    public data object Leave : CardsAction

    public data object Opened : CardsAction
}
