package kartka.presentation.card

/** Everything that can happen on a card that its holder shows. */
public sealed interface CardAction {
    public data object Shown : CardAction

    /** The shop is asked again. */
    public data object Refresh : CardAction

    /** What the shop knows of the holder, and what they wish. */
    public data object OpenProfile : CardAction

    /** Another link, where this one is no longer accepted. */
    public data object Join : CardAction

    /** The card is taken off this phone: asks first. */
    public data object AskRemove : CardAction

    public data object Remove : CardAction

    public data object Leave : CardAction

    public data object Opened : CardAction
}
