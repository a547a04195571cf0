package kartka.presentation.devices

import kartka.presentation.Colleague
import kartka.presentation.Device
import kartka.presentation.DeviceStanding
import kartka.presentation.Invitation
import kartka.presentation.Outlet
import kartka.presentation.Pictured
import kartka.presentation.RoleName
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind

/**
 * Staff and devices.
 *
 * @property outlets where a phone can stand; with one of them nobody is asked
 * @property asked the device or person of whom the owner is asked once more
 * @property name of a new member of staff, as typed
 */
public data class DevicesState(
    val devices: List<Device>? = null,
    val staff: List<Colleague> = emptyList(),
    val roles: List<RoleName> = emptyList(),
    val outlets: List<Outlet> = emptyList(),
    val asked: Asked? = null,
    val name: String = "",
    val role: Long? = null,
    val writing: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: DevicesFace
        get() =
            when {
                trouble?.kind == TroubleKind.NotAllowed -> DevicesFace.NotAllowed
                trouble != null -> DevicesFace.Trouble
                devices == null -> DevicesFace.Loading
                writing -> DevicesFace.Writing
                asked is Asked.Revoke -> DevicesFace.AskRevoke
                asked is Asked.Dismiss -> DevicesFace.AskDismiss
                asked is Asked.Employ -> DevicesFace.Employing
                asked is Asked.Holder -> DevicesFace.AskHolder
                asked is Asked.Where -> DevicesFace.AskOutlet
                asked is Asked.Code -> DevicesFace.Code
                devices.any { it.standing != DeviceStanding.Active } -> DevicesFace.Flagged
                else -> DevicesFace.Everybody
            }
}

/** What the owner is about to do. */
public sealed interface Asked {
    public data class Revoke(val device: Long) : Asked

    public data class Dismiss(val operator: Long) : Asked

    public data object Employ : Asked

    /** Who will hold the next phone? */
    public data object Holder : Asked

    /** In which outlet will [holder]'s next phone stand? */
    public data class Where(val holder: Long) : Asked

    /** The next phone reads this and stands in [outlet], which was asked for where there are several; kept nowhere. */
    public data class Code(val holder: Long, val outlet: Long?, val invitation: Invitation) : Asked
}

/** The lines of the table. */
public enum class DevicesFace {
    Loading,
    Everybody,
    Flagged,
    AskRevoke,
    AskDismiss,
    Employing,
    AskHolder,
    AskOutlet,
    Code,
    Writing,
    NotAllowed,
    Trouble,
}
