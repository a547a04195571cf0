package kartka.presentation.devices

import kartka.presentation.ChangeTopic
import kartka.presentation.CoreGateway
import kartka.presentation.Presenter
import kartka.presentation.RequestId
import kartka.presentation.RequestIds
import kartka.presentation.Revoking
import kartka.presentation.Route
import kartka.presentation.Trouble
import kotlinx.coroutines.CoroutineScope

/** Staff and devices: what takes somebody or something out of the shop is asked twice and done once. */
public class DevicesPresenter(private val core: CoreGateway, private val ids: RequestIds, scope: CoroutineScope) :
    Presenter<DevicesState, DevicesAction>(DevicesState(), scope) {
    private var request: RequestId = ids.next()

    init {
        begin { core.changes.collect { if (it == ChangeTopic.Sync) look() } }
    }

    override fun act(action: DevicesAction) {
        when (action) {
            DevicesAction.Shown -> begin { look() }
            is DevicesAction.AskRevoke -> ask(Asked.Revoke(action.device))
            is DevicesAction.Revoke -> revoke(action.how)
            is DevicesAction.AskDismiss -> ask(Asked.Dismiss(action.operator))
            DevicesAction.Dismiss ->
                (now.asked as? Asked.Dismiss)?.let { asked -> write { core.dismiss(request, asked.operator) } }
            DevicesAction.AskEmploy -> ask(Asked.Employ)
            is DevicesAction.TypeName -> show { it.copy(name = action.text, trouble = null) }
            is DevicesAction.ChooseRole -> show { it.copy(role = action.role, trouble = null) }
            DevicesAction.Employ -> employ()
            DevicesAction.AskPair -> ask(Asked.Holder)
            is DevicesAction.Invite ->
                if (now.outlets.size > 1) ask(Asked.Where(action.operator)) else invite(action.operator, null)
            is DevicesAction.InviteTo -> (now.asked as? Asked.Where)?.let { invite(it.holder, action.outlet) }
            DevicesAction.AnotherCode -> (now.asked as? Asked.Code)?.let { invite(it.holder, it.outlet) }
            DevicesAction.Leave -> leave()
            DevicesAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun look() {
        asking(::failed) { core.devices() }?.let { devices -> show { it.copy(devices = devices) } }
        asking(::failed) { core.staff() }?.let { staff -> show { it.copy(staff = staff) } }
        asking(::failed) { core.roles() }?.let { roles -> show { it.copy(roles = roles) } }
        asking(::failed) { core.outlets() }?.let { outlets -> show { it.copy(outlets = outlets) } }
    }

    private fun ask(about: Asked) {
        if (now.writing) return
        request = ids.next()
        show { it.copy(asked = about, name = "", role = null, trouble = null) }
    }

    private fun revoke(how: Revoking) {
        val asked = now.asked as? Asked.Revoke ?: return
        write { core.revoke(request, asked.device, how) }
    }

    private fun employ() {
        val role = now.role ?: return
        if (now.asked == Asked.Employ && now.name.isNotBlank()) write { core.employ(request, now.name, role) }
    }

    private fun invite(holder: Long, outlet: Long?) {
        if (now.writing) return
        show { it.copy(writing = true, trouble = null) }
        begin {
            val code = asking(::failed) { core.invite(holder, outlet) }
            show { it.copy(writing = false, asked = if (code == null) it.asked else Asked.Code(holder, outlet, code)) }
        }
    }

    private fun write(work: suspend () -> Any) {
        if (now.writing) return
        show { it.copy(writing = true, trouble = null) }
        begin {
            val done = asking(::failed) { work() } != null
            show { it.copy(writing = false, asked = if (done) null else it.asked) }
            if (done) look()
        }
    }

    private fun leave() {
        if (now.asked == null) show { it.copy(open = Route.Back) } else show { it.copy(asked = null, trouble = null) }
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
