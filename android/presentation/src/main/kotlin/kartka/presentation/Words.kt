package kartka.presentation

/**
 * A text of the table of strings under [key], with the numbers that stand in its places.
 *
 * What a number is (points, minor units, an instrument) the text itself says; the ui puts it into the form of the
 * platform. [names] fills places that are words already, as a person's or a device's name.
 */
public data class Words(
    val key: String,
    val numbers: Map<String, Long> = emptyMap(),
    val names: Map<String, String> = emptyMap(),
)

/**
 * An amount of money.
 *
 * @property minor in the currency's minor units
 * @property currency ISO 4217 code
 */
public data class Money(val minor: Long, val currency: String)

/**
 * What every screen of a shop needs to put numbers into words.
 *
 * @property currencyDigits decimal digits of the currency: 2 where 100 minor units are one
 * @property pointDigits decimal digits of points
 * @property instruments names of the programme's instruments by their number
 */
public data class ShopFacts(
    val name: String,
    val country: String,
    val currency: String,
    val currencyDigits: Int,
    val pointDigits: Int,
    val instruments: Map<Long, String>,
)

/** How a card was read: the owner may treat a typed number otherwise than a scanned one. */
public enum class CardRead { Scanned, Typed, Found }

/** With what the money part of a receipt is paid. */
public enum class Tender { Cash, Card, Other }
