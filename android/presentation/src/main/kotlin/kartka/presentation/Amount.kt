package kartka.presentation

/** Digits before the point that a keypad takes: more is a slip, and the core would refuse it. */
private const val MOST_DIGITS = 9

/**
 * What an amount typed with a point or a comma means in minor units, or null for what is no amount.
 *
 * @param digits decimal digits of the currency
 */
internal fun readAmount(text: String, digits: Int): Long? {
    val typed = text.trim().replace(',', '.')
    val whole = typed.substringBefore('.')
    val part = typed.substringAfter('.', "")
    val numeric = (whole + part).all { it in '0'..'9' } && (whole + part).isNotEmpty() && typed.count { it == '.' } <= 1
    if (!numeric || whole.length > MOST_DIGITS || part.length > digits) return null
    return (whole + part.padEnd(digits, '0')).toLongOrNull()
}
