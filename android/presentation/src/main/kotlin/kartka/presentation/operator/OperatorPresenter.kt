package kartka.presentation.operator

import kartka.presentation.ChangeTopic
import kartka.presentation.Colleague
import kartka.presentation.CoreGateway
import kartka.presentation.Presenter
import kartka.presentation.Route
import kartka.presentation.Trouble
import kotlinx.coroutines.CoroutineScope

/** Hands the phone over and sets PINs. Whether a PIN is right, locked or too simple, the core says. */
public class OperatorPresenter(private val core: CoreGateway, scope: CoroutineScope) :
    Presenter<OperatorState, OperatorAction>(OperatorState(), scope) {
    init {
        begin { core.changes.collect { if (it == ChangeTopic.Sync) look() } }
    }

    override fun act(action: OperatorAction) {
        when (action) {
            OperatorAction.Shown -> begin { look() }
            is OperatorAction.Choose -> choose(action.operator, OperatorStep.Pin)
            is OperatorAction.ChangePin -> choose(action.operator, OperatorStep.NewPin)
            is OperatorAction.TypeOld -> show { it.copy(old = action.text, trouble = null) }
            is OperatorAction.TypePin -> show { it.copy(pin = action.text, trouble = null) }
            OperatorAction.Confirm -> confirm()
            OperatorAction.Leave -> leave()
            OperatorAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun look() {
        asking(::failed) { core.staff() }?.let { staff -> show { it.copy(staff = staff) } }
    }

    private fun choose(operator: Long, step: OperatorStep) {
        val chosen = now.staff?.find { it.operator == operator } ?: return
        show { it.copy(chosen = chosen, step = step, pin = "", old = "", trouble = null) }
        // Nobody without a PIN is asked for one.
        if (step == OperatorStep.Pin && !chosen.pin) hand(chosen, null)
    }

    private fun confirm() {
        val chosen = now.chosen ?: return
        if (now.pin.isEmpty()) return
        when (now.step) {
            OperatorStep.List -> Unit
            OperatorStep.Pin -> hand(chosen, now.pin)
            OperatorStep.NewPin -> setPin(chosen)
        }
    }

    private fun hand(to: Colleague, pin: String?) = asked(Route.Scan()) { core.switchTo(to.operator, pin) }

    private fun setPin(of: Colleague) {
        val (old, new) = now.old.ifEmpty { null } to now.pin
        asked(null) { core.setPin(of.operator, old, new) }
    }

    private fun asked(next: Route?, write: suspend () -> Unit) {
        if (now.asking) return
        show { it.copy(asking = true, pin = "", old = "", trouble = null) }
        begin {
            if (asking(::failed) { write() } != null) {
                show { it.copy(step = OperatorStep.List, chosen = null, open = next) }
                look()
            }
            show { it.copy(asking = false) }
        }
    }

    private fun leave() {
        if (now.step == OperatorStep.List) {
            show { it.copy(open = Route.Back) }
        } else {
            show { it.copy(step = OperatorStep.List, chosen = null, pin = "", old = "", trouble = null) }
        }
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }
}
