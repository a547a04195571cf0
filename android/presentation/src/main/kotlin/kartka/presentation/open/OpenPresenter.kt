package kartka.presentation.open

import kartka.presentation.Opener
import kartka.presentation.Presenter
import kotlinx.coroutines.CoroutineScope

/** Opens the shop's data; when the platform has lost the key, the recovery sheet opens it. */
public class OpenPresenter(private val opener: Opener, scope: CoroutineScope) :
    Presenter<OpenState, OpenAction>(OpenState(), scope) {
    override fun act(action: OpenAction) {
        if (now.opening || now.opened) return
        when (action) {
            OpenAction.Shown -> if (now.trouble == null && !now.asksSheet) opening { opener.open() }
            OpenAction.TryAgain -> opening { opener.open() }
            OpenAction.AskSheet -> show { it.copy(asksSheet = true, trouble = null) }
            is OpenAction.PickCopy -> show { it.copy(asksSheet = true, copy = action.file, trouble = null) }
            is OpenAction.TypeSheet -> show { it.copy(sheet = action.text, trouble = null) }
            OpenAction.UseSheet -> if (now.sheet.isNotBlank()) useSheet()
            OpenAction.Leave -> leave()
        }
    }

    private fun useSheet() {
        val (sheet, copy) = now.sheet to now.copy
        opening { if (copy == null) opener.unlock(sheet) else opener.restore(sheet, copy) }
    }

    private fun leave() {
        show { OpenState() }
        opening { opener.open() }
    }

    private fun opening(open: suspend () -> Unit) {
        show { it.copy(opening = true, trouble = null) }
        begin {
            val opened = asking({ trouble -> show { it.copy(trouble = trouble) } }) { open() } != null
            // The sheet is the key to everything: it is not kept a moment longer.
            show { if (opened) OpenState(opened = true) else it.copy(opening = false) }
        }
    }
}
