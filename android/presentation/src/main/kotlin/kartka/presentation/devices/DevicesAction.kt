package kartka.presentation.devices

import kartka.presentation.Revoking

/** Everything that can happen with staff and devices. */
public sealed interface DevicesAction {
    public data object Shown : DevicesAction

    public data class AskRevoke(val device: Long) : DevicesAction

    public data class Revoke(val how: Revoking) : DevicesAction

    public data class AskDismiss(val operator: Long) : DevicesAction

    public data object Dismiss : DevicesAction

    public data object AskEmploy : DevicesAction

    public data class TypeName(val text: String) : DevicesAction

    public data class ChooseRole(val role: Long) : DevicesAction

    public data object Employ : DevicesAction

    /** Who will hold one more phone? */
    public data object AskPair : DevicesAction

    /** A code for the phone of [operator]; where there are several outlets, the next question is which one. */
    public data class Invite(val operator: Long) : DevicesAction

    /** The phone will stand in [outlet]: the code for it. */
    public data class InviteTo(val outlet: Long) : DevicesAction

    /** Another code, for the same person and outlet. */
    public data object AnotherCode : DevicesAction

    public data object Leave : DevicesAction

    public data object Opened : DevicesAction
}
