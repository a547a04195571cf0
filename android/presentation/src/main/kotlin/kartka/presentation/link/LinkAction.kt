package kartka.presentation.link

/** Everything that can happen while a card is handed over to its holder's phone. */
public sealed interface LinkAction {
    public data object Shown : LinkAction

    public data object Leave : LinkAction

    public data object Opened : LinkAction
}
