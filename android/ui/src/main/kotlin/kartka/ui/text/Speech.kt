package kartka.ui.text

import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.ReadOnlyComposable
import androidx.compose.runtime.staticCompositionLocalOf
import kartka.presentation.Birthday
import kartka.presentation.Money
import kartka.presentation.ShopFacts
import kartka.presentation.Words
import kartka.presentation.words.Language
import kartka.presentation.words.WordBook
import java.util.Locale
import java.util.TimeZone

/** What a composable says: the table's words with the platform's numbers in them. */
class Speech(
    private val language: Language,
    private val facts: ShopFacts?,
    private val zone: TimeZone = TimeZone.getDefault(),
) {
    /** Whose names of countries and numbers are used. */
    val locale: Locale = Locale.forLanguageTag(language.tag)
    private val formats = PlatformFormats(locale, zone, facts)
    private val book = WordBook(language, facts, formats)

    /** The same words with the numbers of another shop, one of many on a customer's phone. */
    fun of(shop: ShopFacts): Speech = Speech(language, shop, zone)

    /** The text of [words]. */
    operator fun invoke(words: Words): String = book.text(words)

    /** The text under [key] with [numbers] in its places. */
    operator fun invoke(key: String, vararg numbers: Pair<String, Long>): String =
        book.text(Words(key, numbers = numbers.toMap()))

    /** The text under [key] with a name in its [place]. */
    fun named(key: String, place: String, name: String): String = book.text(Words(key, names = mapOf(place to name)))

    /** An amount with its currency. */
    fun money(amount: Money): String = formats.money(amount.minor, amount.currency)

    /** A number of things. */
    fun count(number: Long): String = formats.number(number, 0)

    /** Points with their word. */
    fun points(points: Long): String = invoke("common.points", "points" to points)

    /** Points with their word and sign. */
    fun signed(points: Long): String = (if (points > 0) "+" else "") + points(points)

    /** What the programme calls an instrument. */
    fun instrument(id: Long): String = facts?.instruments?.get(id) ?: "№ $id"

    /** The sign of the shop's currency. */
    val currency: String get() = facts?.currency?.let { formats.sign(it) }.orEmpty()

    /** What the shop is called. */
    val shop: String get() = facts?.name.orEmpty()

    /** A business date. */
    fun day(iso: String): String = formats.date(iso)

    /** A day that comes every year. */
    fun dayOfYear(day: Birthday): String = formats.dayOfYear(day.month, day.day)

    /** Hour and minute of an instant. */
    fun clock(atMillis: Long): String = formats.clock(atMillis)
}

private val LocalSpeech = staticCompositionLocalOf<Speech> { error("nobody said which language") }

/** The language that a composable speaks. */
val speech: Speech
    @Composable @ReadOnlyComposable
    get() = LocalSpeech.current

/** Lets [content] speak by [speech]. */
@Composable
fun Speaking(speech: Speech, content: @Composable () -> Unit) {
    CompositionLocalProvider(LocalSpeech provides speech, content = content)
}
