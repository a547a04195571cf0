package kartka.ui.text

import kartka.presentation.ShopFacts
import kartka.presentation.words.Formats
import java.math.BigDecimal
import java.text.DateFormat
import java.text.NumberFormat
import java.text.SimpleDateFormat
import java.util.Currency
import java.util.Date
import java.util.GregorianCalendar
import java.util.Locale
import java.util.TimeZone

private const val SECOND = 1_000L
private const val MINUTE = 60 * SECOND
private const val HOUR = 60 * MINUTE
private const val DAY = 24 * HOUR
private const val NOON = 12
private const val LEAP_YEAR = 2000

/** Numbers, money and time as the platform writes them in one language. */
internal class PlatformFormats(private val locale: Locale, private val zone: TimeZone, private val facts: ShopFacts?) :
    Formats {
    override fun number(value: Long, digits: Int): String {
        val format = NumberFormat.getNumberInstance(locale)
        format.maximumFractionDigits = digits
        return format.format(BigDecimal.valueOf(value, digits))
    }

    override fun money(minor: Long, currency: String): String {
        val known = Currency.getAvailableCurrencies().firstOrNull { it.currencyCode == currency }
        val digits = if (currency == facts?.currency) facts.currencyDigits else known?.defaultFractionDigits ?: 0
        val format = NumberFormat.getCurrencyInstance(locale)
        if (known != null) format.currency = known
        format.minimumFractionDigits = digits
        format.maximumFractionDigits = digits
        return format.format(BigDecimal.valueOf(minor, digits))
    }

    /** The sign of a currency, or its code where the platform has none. */
    fun sign(currency: String): String =
        Currency.getAvailableCurrencies().firstOrNull { it.currencyCode == currency }?.getSymbol(locale) ?: currency

    override fun date(iso: String): String {
        val (year, month, day) = iso.split('-').mapNotNull(String::toIntOrNull).takeIf { it.size == 3 } ?: return iso
        val noon = GregorianCalendar(year, month - 1, day, NOON, 0).time
        return DateFormat.getDateInstance(DateFormat.MEDIUM, locale).format(noon)
    }

    /** A day that comes every year, without one; the pattern is right in all languages that the app speaks. */
    fun dayOfYear(month: Int, day: Int): String =
        SimpleDateFormat("d MMMM", locale).format(GregorianCalendar(LEAP_YEAR, month - 1, day, NOON, 0).time)

    override fun clock(epochMillis: Long): String =
        zoned(DateFormat.getTimeInstance(DateFormat.SHORT, locale)).format(Date(epochMillis))

    override fun moment(epochMillis: Long): String =
        zoned(DateFormat.getDateTimeInstance(DateFormat.SHORT, DateFormat.SHORT, locale)).format(Date(epochMillis))

    override fun stretch(millis: Long): String {
        val (unit, words) = UNITS.first { (unit, _) -> millis >= unit || unit == SECOND }
        val word =
            when (locale.language) {
                "uk" -> words.first
                "ru" -> words.second
                else -> words.third
            }
        return number(millis / unit, 0) + "\u00a0" + word
    }

    private fun zoned(format: DateFormat): DateFormat = format.also { it.timeZone = zone }

    private companion object {
        /** Abbreviations, which have one form for every number. */
        val UNITS =
            listOf(
                DAY to Triple("дн.", "дн.", "d"),
                HOUR to Triple("год", "ч", "h"),
                MINUTE to Triple("хв", "мин", "min"),
                SECOND to Triple("с", "с", "s"),
            )
    }
}
