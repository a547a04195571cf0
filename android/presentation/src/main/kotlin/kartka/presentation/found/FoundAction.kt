package kartka.presentation.found

import kartka.presentation.ShopKind

/** Everything that can happen while a business is founded. */
public sealed interface FoundAction {
    public data object Shown : FoundAction

    public data class TypeName(val text: String) : FoundAction

    public data class Choose(val country: String) : FoundAction

    public data class ChooseKind(val kind: ShopKind) : FoundAction

    public data class TypeOwner(val text: String) : FoundAction

    public data object Found : FoundAction

    public data object Leave : FoundAction

    public data object Opened : FoundAction
}
