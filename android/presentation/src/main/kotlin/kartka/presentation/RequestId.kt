package kartka.presentation

/**
 * Names one wish of a person, so that a repeat of it is answered and not done twice.
 *
 * It is made when the wish begins (the keypad opens) and kept in the saved state until it is done.
 *
 * @property hex 32 hexadecimal digits
 */
@JvmInline
public value class RequestId(public val hex: String)

/** Where request ids come from: 128 random bits on a phone, a counter in a test. */
public fun interface RequestIds {
    /** One that was never given out. */
    public fun next(): RequestId
}
