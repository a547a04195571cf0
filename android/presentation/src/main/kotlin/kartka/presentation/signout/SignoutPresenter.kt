package kartka.presentation.signout

import kartka.presentation.ChangeTopic
import kartka.presentation.CoreGateway
import kartka.presentation.Presenter
import kartka.presentation.Route
import kartka.presentation.Trouble
import kotlinx.coroutines.CoroutineScope

/** Takes a phone out of its shop: sends or writes down what waits first, and lets the core judge that nothing is lost. */
public class SignoutPresenter(private val core: CoreGateway, scope: CoroutineScope) :
    Presenter<SignoutState, SignoutAction>(SignoutState(), scope) {
    init {
        begin { core.changes.collect { if (it == ChangeTopic.Sync && now.work == null) look() } }
    }

    override fun act(action: SignoutAction) {
        when (action) {
            SignoutAction.Shown -> begin { look() }
            SignoutAction.Send -> run(Work.Send) { core.exchange() }
            SignoutAction.Write -> run(Work.Write) { write() }
            SignoutAction.Kept -> show { it.copy(kept = it.file != null) }
            SignoutAction.SignOut -> if (now.canSignOut) run(Work.SignOut) { signOut() }
            SignoutAction.Leave -> if (now.work == null) show { it.copy(open = Route.Back) }
            SignoutAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun look() {
        show { it.copy(trouble = null) }
        val standing = asking(::failed) { core.standing() } ?: return
        // What came later is in no file.
        show { if (standing.mark.pending > (it.file?.entries ?: 0)) it.copy(file = null, kept = false) else it }
        show { it.copy(standing = standing) }
    }

    private suspend fun write() {
        val file = core.writeOutbox()
        show { it.copy(file = file.takeIf { made -> made.entries > 0 }, kept = false) }
    }

    private suspend fun signOut() {
        core.signOut()
        show { it.copy(open = Route.Start) }
    }

    private fun run(work: Work, how: suspend () -> Unit) {
        if (now.work != null || now.open != null) return
        show { it.copy(work = work, trouble = null) }
        begin {
            val done = asking(::failed) { how() } != null
            show { it.copy(work = null) }
            if (done && now.open == null) look()
        }
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
