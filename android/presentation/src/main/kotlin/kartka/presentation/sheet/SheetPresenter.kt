package kartka.presentation.sheet

import kartka.presentation.CoreGateway
import kartka.presentation.Presenter
import kartka.presentation.Route
import kartka.presentation.Trouble
import kotlinx.coroutines.CoroutineScope

/** Shows a new recovery sheet and makes sure that somebody has it on paper. */
public class SheetPresenter(private val core: CoreGateway, scope: CoroutineScope) :
    Presenter<SheetState, SheetAction>(SheetState(), scope) {
    private var making = false

    override fun act(action: SheetAction) {
        when (action) {
            SheetAction.Shown -> if (now.sheet == null && !making) make()
            SheetAction.Written -> show { it.copy(confirms = true, typed = "", trouble = null) }
            is SheetAction.Type -> show { it.copy(typed = action.text, trouble = null) }
            SheetAction.Confirm -> if (now.typed.isNotBlank() && !now.checking) confirm()
            SheetAction.Later -> later()
            SheetAction.GoOn -> show { it.copy(open = Route.Scan()) }
            SheetAction.Opened -> show { it.copy(open = null) }
        }
    }

    private fun later() {
        if (now.confirms) show { it.copy(confirms = false, trouble = null) } else act(SheetAction.GoOn)
    }

    private fun make() {
        making = true
        show { it.copy(trouble = null) }
        begin {
            asking(::failed) { core.newSheet() }?.let { sheet -> show { it.copy(sheet = sheet) } }
            making = false
        }
    }

    private fun confirm() {
        show { it.copy(checking = true, trouble = null) }
        begin {
            val confirmed = asking(::failed) { core.confirmSheet(now.typed) } != null
            show { it.copy(checking = false, printed = confirmed, sheet = if (confirmed) null else it.sheet) }
        }
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
