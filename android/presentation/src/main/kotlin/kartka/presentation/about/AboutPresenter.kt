package kartka.presentation.about

import kartka.presentation.ChangeTopic
import kartka.presentation.Choosing
import kartka.presentation.CoreGateway
import kartka.presentation.Presenter
import kartka.presentation.RequestIds
import kartka.presentation.Route
import kartka.presentation.Trouble
import kotlinx.coroutines.CoroutineScope

/** A customer's sheet: vouchers, friends, and the records that are one person with them. */
public class AboutPresenter(
    private val core: CoreGateway,
    private val ids: RequestIds,
    scope: CoroutineScope,
    route: Route.About,
) : Presenter<AboutState, AboutAction>(AboutState(ids.next(), route.customerId), scope) {
    init {
        begin { core.changes.collect { if (it != ChangeTopic.Sync && !now.parting) look() } }
    }

    override fun act(action: AboutAction) {
        when (action) {
            AboutAction.Shown -> begin { look() }
            AboutAction.OpenJoin -> open(Route.Choose(now.customerId, Choosing.Same))
            AboutAction.OpenBrought -> open(Route.Choose(now.customerId, Choosing.Referrer))
            is AboutAction.OpenCustomer -> open(Route.About(action.customerId))
            is AboutAction.AskPart ->
                show { it.copy(asked = it.joints.find { joint -> joint.id == action.joint }, request = ids.next()) }
            AboutAction.Part -> if (!now.parting) part()
            AboutAction.Leave -> leave()
            AboutAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun look() {
        show { it.copy(trouble = null) }
        val id = now.customerId
        asking(::failed) { core.customer(id) }?.let { sheet -> show { it.copy(sheet = sheet) } }
        asking(::failed) { core.vouchers(id) }?.let { own -> show { it.copy(vouchers = own) } }
        asking(::failed) { core.joints(id) }?.let { joints -> show { it.copy(joints = joints) } }
        asking(::failed) { core.promise() }?.let { promise -> show { it.copy(promise = promise) } }
        // Whoever may not sell sees no friends.
        asking({}) { core.friends(id) }?.let { friends -> show { it.copy(friends = friends) } }
    }

    private fun part() {
        val joint = now.asked ?: return
        show { it.copy(parting = true, trouble = null) }
        begin {
            val parted = asking(::failed) { core.part(now.request, now.customerId, joint.id) } != null
            show { it.copy(parting = false, asked = null) }
            if (parted) look()
        }
    }

    private fun leave() {
        if (now.asked == null) {
            open(Route.Back)
        } else if (!now.parting) {
            show { it.copy(asked = null) }
        }
    }

    private fun open(route: Route): Unit = show { it.copy(open = route) }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
