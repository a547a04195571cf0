package kartka.presentation.outlets

import kartka.presentation.ChangeTopic
import kartka.presentation.CoreGateway
import kartka.presentation.Presenter
import kartka.presentation.RequestIds
import kartka.presentation.Route
import kartka.presentation.Trouble
import kotlinx.coroutines.CoroutineScope

/** The owner's outlets: opened, named, and where this phone stands. */
public class OutletsPresenter(private val core: CoreGateway, private val ids: RequestIds, scope: CoroutineScope) :
    Presenter<OutletsState, OutletsAction>(OutletsState(ids.next()), scope) {
    init {
        begin { core.changes.collect { if (it == ChangeTopic.Sync && !now.writing) look() } }
    }

    override fun act(action: OutletsAction) {
        when (action) {
            OutletsAction.Shown -> begin { look() }
            OutletsAction.AskNew -> show { it.copy(request = ids.next(), adding = true, name = "", trouble = null) }
            is OutletsAction.Choose -> choose(action.outlet)
            is OutletsAction.TypeName -> name(action.text)
            OutletsAction.Save -> save()
            OutletsAction.StandHere -> now.chosen?.let { one -> write { core.standIn(one.number) } }
            OutletsAction.Leave -> if (!now.writing) leave()
            OutletsAction.Opened -> show { it.copy(open = null) }
        }
    }

    private fun choose(outlet: Long) {
        val one = now.outlets?.find { it.number == outlet } ?: return
        show { it.copy(request = ids.next(), chosen = one, name = one.name, trouble = null) }
    }

    /** Another name is another wish. */
    private fun name(text: String) {
        if (!now.writing) show { it.copy(request = ids.next(), name = text, trouble = null) }
    }

    private suspend fun look() {
        asking(::failed) { core.outlets() }?.let { all -> show { it.copy(outlets = all) } }
    }

    private fun save() {
        if (!now.canSave) return
        val (request, name) = now.request to now.name.trim()
        val one = now.chosen
        write { if (one == null) core.openOutlet(request, name) else core.renameOutlet(request, one.number, name) }
    }

    private fun write(work: suspend () -> Any) {
        if (now.writing) return
        show { it.copy(writing = true, trouble = null) }
        begin {
            val done = asking(::failed) { work() } != null
            show { if (done) OutletsState(ids.next(), it.outlets) else it.copy(writing = false) }
            if (done) look()
        }
    }

    private fun leave() {
        if (now.isNaming) {
            show { OutletsState(ids.next(), it.outlets) }
        } else {
            show { it.copy(open = Route.Back) }
        }
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
