package kartka.presentation

/**
 * Day, month and year in their usual order, parted by anything, as an ISO date; null while one of them is missing. Whether
 * there is such a day the core says.
 */
internal fun readDate(typed: String): String? {
    val parts = typed.split(Regex("[^0-9]+")).filter { it.isNotEmpty() }
    if (parts.size != DATE_PARTS || parts[0].length > 2 || parts[1].length > 2) return null
    val year = if (parts[2].length == 2) "20${parts[2]}" else parts[2]
    if (year.length != YEAR_DIGITS) return null
    return "$year-${parts[1].padStart(2, '0')}-${parts[0].padStart(2, '0')}"
}

private const val DATE_PARTS = 3
private const val YEAR_DIGITS = 4
