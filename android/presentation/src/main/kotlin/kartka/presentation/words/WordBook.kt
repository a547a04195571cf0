package kartka.presentation.words

import kartka.presentation.ShopFacts
import kartka.presentation.Words

/** A text of the table; [forms] are one, or one for each form of the number [plural]. */
internal class Text(val plural: String?, val forms: List<String>)

/** A language of the table. */
public enum class Language(public val tag: String) {
    Ukrainian("uk"),
    Russian("ru"),
    English("en"),
    ;

    internal val texts: Map<String, Text>
        get() =
            when (this) {
                Ukrainian -> UkrainianTexts.all
                Russian -> RussianTexts.all
                English -> EnglishTexts.all
            }

    public companion object {
        /** The language of a BCP 47 [tag], or English where the table has none. */
        public fun of(tag: String): Language =
            entries.find { it.tag == tag.substringBefore('-').lowercase() } ?: English
    }
}

/** How the platform writes numbers, money and time in its language. */
public interface Formats {
    /** [value] with its last [digits] digits behind the point, without zeros that say nothing. */
    public fun number(value: Long, digits: Int): String

    /** [minor] units of the currency with ISO code [currency]. */
    public fun money(minor: Long, currency: String): String

    /** A business date in ISO form. */
    public fun date(iso: String): String

    /** The time of day of [epochMillis]. */
    public fun clock(epochMillis: Long): String

    /** Date and time of [epochMillis], as short as it can be said. */
    public fun moment(epochMillis: Long): String

    /** A stretch of time. */
    public fun stretch(millis: Long): String
}

/**
 * Finds the texts of the table in one [language] and puts the platform's numbers into them.
 *
 * A key without a text shows itself, so that a hole is seen; a test finds it first.
 */
public class WordBook(public val language: Language, private val facts: ShopFacts?, private val formats: Formats) {
    /** Whether the table has a text under [key]. */
    public fun has(key: String): Boolean = key in language.texts

    /** The text under [key], which has no places. */
    public fun text(key: String): String = text(Words(key))

    /** The text of [words]. */
    public fun text(words: Words): String {
        val text = language.texts[words.key] ?: return words.key
        val form = text.plural?.let { form(words.numbers[it] ?: 0, isPoints(text.forms.first(), it)) } ?: 0
        return filled(text.forms[form.coerceAtMost(text.forms.lastIndex)], words)
    }

    private fun form(number: Long, points: Boolean): Int {
        val scale = if (points) tenTo(facts?.pointDigits ?: 0) else 1
        val whole = if (number % scale == 0L) number / scale else null
        return PluralForm.of(language, whole).place(language)
    }

    private fun isPoints(text: String, argument: String): Boolean = "{$argument|points}" in text

    private fun filled(text: String, words: Words): String {
        val out = StringBuilder()
        var rest = text
        while (true) {
            val open = rest.indexOf('{')
            val end = rest.indexOf('}', open)
            if (open < 0 || end < 0) return out.append(rest).toString()
            out.append(rest, 0, open).append(place(rest.substring(open + 1, end), words))
            rest = rest.substring(end + 1)
        }
    }

    private fun place(inside: String, words: Words): String {
        val name = inside.substringBefore('|')
        val form = inside.substringAfter('|', "")
        val word = words.names[name]
        if (word != null) return if (form == "date") formats.date(word) else word
        val value = words.numbers[name] ?: return name
        return when (form) {
            "money" -> formats.money(value, facts?.currency.orEmpty())
            "points" -> formats.number(value, facts?.pointDigits ?: 0)
            "share" -> formats.number(value, 2) + NO_BREAK + "%"
            "times" -> formats.number(value, 4)
            "quantity" -> formats.number(value, 3)
            "place" -> formats.number(value + 1, 0)
            "time" -> formats.stretch(value)
            "clock" -> formats.clock(value)
            "moment" -> formats.moment(value)
            "instrument" -> facts?.instruments?.get(value) ?: value.toString()
            "permission" -> text("permission.$value")
            else -> formats.number(value, 0)
        }
    }

    private companion object {
        const val NO_BREAK = "\u00a0"

        fun tenTo(digits: Int): Long = generateSequence(1L) { it * 10 }.elementAt(digits.coerceIn(0, 6))
    }
}
