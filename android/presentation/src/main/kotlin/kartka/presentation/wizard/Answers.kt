package kartka.presentation.wizard

import kartka.presentation.ShopFacts
import kartka.presentation.WizardField
import kartka.presentation.WizardInput
import kartka.presentation.readAmount

private const val SHARE_DIGITS = 2
private const val ERA_DAYS = 146_097L
private const val ERA_YEARS = 400
private const val EPOCH_DAYS = 719_468L
private const val YEAR_DAYS = 365
private const val FOUR_YEARS = 4
private const val CENTURY = 100

/** What is typed for a [field] of numbers in the field's unit; nothing typed is its default, null is no answer. */
internal fun readAnswer(text: String, field: WizardField, facts: ShopFacts?): Long? =
    when {
        text.isBlank() -> field.default
        field.input == WizardInput.Date -> readDate(text)
        field.input == WizardInput.Goods -> text.trim().toLongOrNull()
        else -> readAmount(text, digits(field.input, facts))
    }

/** A [value] in the unit of [input] as an owner would type it. */
internal fun written(value: Long, input: WizardInput, facts: ShopFacts?): String {
    if (input == WizardInput.Date) return if (value == 0L) "" else writtenDate(value)
    if (input == WizardInput.Goods) return if (value == 0L) "" else "$value"
    val text = value.toBigDecimal().movePointLeft(digits(input, facts)).toPlainString()
    return (if ('.' in text) text.trimEnd('0').trimEnd('.') else text).replace('.', ',')
}

private fun digits(input: WizardInput, facts: ShopFacts?): Int =
    when (input) {
        WizardInput.Share -> SHARE_DIGITS
        WizardInput.Money -> facts?.currencyDigits ?: 0
        WizardInput.Points -> facts?.pointDigits ?: 0
        else -> 0
    }

/** A date typed as day, month, year: days since 1 January 1970, or null for what is no date. */
private fun readDate(text: String): Long? {
    val parts = text.trim().split('.', '-', '/', ' ').map { it.toIntOrNull() ?: return null }
    if (parts.size != 3) return null
    val (day, month, year) = if (parts.first() > CENTURY) parts.asReversed() else parts
    val days = daysOf(year, month, day)
    return days.takeIf { year in CENTURY..9_999 && civil(it) == Triple(year, month, day) }
}

private fun writtenDate(days: Long): String {
    val (year, month, day) = civil(days)
    return "${day.toString().padStart(2, '0')}.${month.toString().padStart(2, '0')}.$year"
}

/** Days since 1 January 1970 in the calendar of everyday; years begin with March, so that leap days stand last. */
private fun daysOf(year: Int, month: Int, day: Int): Long {
    val from = if (month <= 2) year - 1L else year.toLong()
    val era = Math.floorDiv(from, ERA_YEARS.toLong())
    val ofEra = from - era * ERA_YEARS
    val ofYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return era * ERA_DAYS + ofEra * YEAR_DAYS + ofEra / FOUR_YEARS - ofEra / CENTURY + ofYear - EPOCH_DAYS
}

private fun civil(days: Long): Triple<Int, Int, Int> {
    val shifted = days + EPOCH_DAYS
    val era = Math.floorDiv(shifted, ERA_DAYS)
    val ofEra = shifted - era * ERA_DAYS
    val years = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / YEAR_DAYS
    val ofYear = ofEra - (YEAR_DAYS * years + years / FOUR_YEARS - years / CENTURY)
    val march = (5 * ofYear + 2) / 153
    val day = ofYear - (153 * march + 2) / 5 + 1
    val month = if (march < 10) march + 3 else march - 9
    val year = years + era * ERA_YEARS + if (month <= 2) 1 else 0
    return Triple(year.toInt(), month.toInt(), day.toInt())
}
