package kartka.presentation

/** Who is at this phone. */
public interface TeamGateway {
    /** Everybody who works here and the one who is at this phone. */
    public suspend fun staff(): List<Colleague>

    /** Confirms that the operator here is who they say, for what asks for it within the core's time. */
    public suspend fun confirmPin(pin: String)

    /** Hands this phone to [operator]; [pin] is needed where they have one. */
    public suspend fun switchTo(operator: Long, pin: String?)

    /** Gives [operator] a PIN at this phone; [old] is needed where there is one. */
    public suspend fun setPin(operator: Long, old: String?, new: String)
}

/**
 * A member of staff.
 *
 * @property here they are at this phone
 * @property pin they have a PIN at this phone
 */
public data class Colleague(
    val operator: Long,
    val name: String,
    val role: RoleName,
    val employed: Boolean,
    val here: Boolean,
    val pin: Boolean,
)

/** A role's number, and its name where the owner gave it one; the ready roles have their words under `role.*`. */
public data class RoleName(val role: Long, val name: String)
