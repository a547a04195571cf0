package kartka.presentation

private val SEPARATORS = charArrayOf('.', '/', '-', ' ', ',')

/** No day of the calendar: the core says that it is none. */
private val NO_DAY = Birthday(0, 0)

/** What is typed as day, month and perhaps year; null for nothing typed. Whether there is such a day, the core says. */
internal fun readBirthday(text: String): Birthday? {
    if (text.isBlank()) return null
    val parts = text.trim().split(*SEPARATORS).filter { it.isNotEmpty() }
    val (day, month) = parts.map { it.toUByteOrNull()?.toInt() }.let { it.getOrNull(0) to it.getOrNull(1) }
    val year = parts.getOrNull(2)?.toIntOrNull()
    val whole = parts.size == 2 || parts.size == 3 && year != null
    return if (whole && day != null && month != null) Birthday(month, day, year) else NO_DAY
}
