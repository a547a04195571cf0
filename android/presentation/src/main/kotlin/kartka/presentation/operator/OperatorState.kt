package kartka.presentation.operator

import kartka.presentation.Colleague
import kartka.presentation.Pictured
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind

/**
 * Who is at this phone, and handing it to somebody else.
 *
 * @property chosen whom the phone is handed to, or whose PIN is set
 * @property pin what is typed; it is never kept
 */
public data class OperatorState(
    val staff: List<Colleague>? = null,
    val chosen: Colleague? = null,
    val step: OperatorStep = OperatorStep.List,
    val old: String = "",
    val pin: String = "",
    val asking: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: OperatorFace
        get() =
            when {
                trouble?.words?.key == "code.pin_locked" -> OperatorFace.PinLocked
                trouble?.words?.key == "code.pin_too_simple" -> OperatorFace.PinTooSimple
                // To be asked for a PIN is no wrong PIN: the step asks for it, and the words say so.
                trouble?.words?.key == "code.pin_needed" && step == OperatorStep.Pin -> OperatorFace.AskPin
                trouble?.words?.key == "code.pin_needed" && step == OperatorStep.NewPin -> OperatorFace.NewPin
                trouble?.kind == TroubleKind.PinNeeded -> OperatorFace.WrongPin
                trouble != null -> OperatorFace.Trouble
                staff == null -> OperatorFace.Loading
                step == OperatorStep.Pin -> OperatorFace.AskPin
                step == OperatorStep.NewPin -> OperatorFace.NewPin
                else -> OperatorFace.People
            }
}

/** What the person is doing. */
public enum class OperatorStep { List, Pin, NewPin }

/** The lines of the table. */
public enum class OperatorFace { Loading, People, AskPin, WrongPin, PinLocked, NewPin, PinTooSimple, Trouble }
