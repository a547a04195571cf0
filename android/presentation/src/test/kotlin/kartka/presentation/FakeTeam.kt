package kartka.presentation

/** The staff of the [FakeShop]: a wrong PIN is refused, and after three of them none is taken. */
class FakeTeam(private val desk: FakeDesk) : TeamGateway {
    private val everybody =
        mutableListOf(
            Colleague(1, "Марта", RoleName(1, ""), employed = true, here = true, pin = true),
            Colleague(2, "Ігор", RoleName(2, ""), employed = true, here = false, pin = false),
        )
    private val pins = mutableMapOf(1L to "2580")
    private var wrong = 0

    /** Whether the PIN was typed lately. */
    var confirmed = false
        private set

    override suspend fun staff(): List<Colleague> = desk.answering { everybody.toList() }

    override suspend fun confirmPin(pin: String): Unit =
        desk.answering {
            check(everybody.first { it.here }.operator, pin)
            confirmed = true
        }

    override suspend fun switchTo(operator: Long, pin: String?): Unit =
        desk.answering {
            if (operator in pins) check(operator, pin ?: throw CoreFault(needed()))
            everybody.replaceAll { it.copy(here = it.operator == operator) }
            confirmed = false
        }

    override suspend fun setPin(operator: Long, old: String?, new: String): Unit =
        desk.answering {
            if (operator in pins) check(operator, old ?: throw CoreFault(needed()))
            if (new.toSet().size < 2) throw CoreFault(refusal(TroubleKind.Rule, "code.pin_too_simple"))
            pins[operator] = new
            everybody.replaceAll { if (it.operator == operator) it.copy(pin = true) else it }
        }

    fun employ(name: String, role: Long): Long {
        val number = everybody.size + 1L
        everybody += Colleague(number, name, RoleName(role, ""), employed = true, here = false, pin = false)
        return number
    }

    fun dismiss(operator: Long) {
        if (everybody.any { it.operator == operator && it.here }) {
            throw CoreFault(refusal(TroubleKind.Rule, "code.not_yourself"))
        }
        everybody.replaceAll { if (it.operator == operator) it.copy(employed = false) else it }
    }

    private fun check(operator: Long, pin: String) {
        if (wrong >= 3) throw CoreFault(refusal(TroubleKind.PinNeeded, "code.pin_locked", "wait_ms" to 30_000))
        if (pins[operator] == pin) {
            wrong = 0
            return
        }
        wrong += 1
        throw CoreFault(refusal(TroubleKind.PinNeeded, "code.wrong_pin", "left" to 3L - wrong))
    }

    private fun needed(): Trouble = refusal(TroubleKind.PinNeeded, "code.pin_needed")
}
