package kartka.presentation.words

import kartka.presentation.ShopFacts
import kartka.presentation.Words
import kotlin.test.Test
import kotlin.test.assertEquals

class WordBookTest {
    private val facts = ShopFacts("Кав'ярня", "UA", "UAH", 2, 2, mapOf(3L to "Ранкова"))

    private val formats =
        object : Formats {
            override fun number(value: Long, digits: Int) =
                value
                    .toBigDecimal()
                    .movePointLeft(digits)
                    .stripTrailingZeros()
                    .toPlainString()
                    .replace('.', ',')

            override fun money(minor: Long, currency: String) = "${number(minor, 2)} $currency"

            override fun date(iso: String) = iso.split('-').reversed().joinToString(".")

            override fun clock(epochMillis: Long) = "$epochMillis"

            override fun moment(epochMillis: Long) = "$epochMillis"

            override fun stretch(millis: Long) = "${millis / 1_000} с"
        }

    private fun book(language: Language) = WordBook(language, facts, formats)

    @Test
    fun `a number chooses its form in each language`() {
        val cases =
            mapOf(
                1L to listOf("1 візит", "1 визит", "1 visit"),
                2L to listOf("2 візити", "2 визита", "2 visits"),
                5L to listOf("5 візитів", "5 визитов", "5 visits"),
                11L to listOf("11 візитів", "11 визитов", "11 visits"),
                21L to listOf("21 візит", "21 визит", "21 visits"),
                112L to listOf("112 візитів", "112 визитов", "112 visits"),
                0L to listOf("0 візитів", "0 визитов", "0 visits"),
            )
        cases.forEach { (count, expected) ->
            val words = Words("customer.visits", mapOf("visits" to count))
            assertEquals(expected, Language.entries.map { book(it).text(words) })
        }
    }

    @Test
    fun `points count in the programme's digits, and a fraction has its own form`() {
        val ukrainian = book(Language.Ukrainian)
        assertEquals("1 бал", ukrainian.text(Words("common.points", mapOf("points" to 100))))
        assertEquals("1,5 бала", ukrainian.text(Words("common.points", mapOf("points" to 150))))
        assertEquals("-2 бали", ukrainian.text(Words("common.points", mapOf("points" to -200))))
    }

    @Test
    fun `places take the platform's forms and the shop's names`() {
        val english = book(Language.English)
        assertEquals(
            "Ранкова: 5 UAH more, and the discount is 7\u00a0%.",
            english.text(Words("code.next_rate", mapOf("instrument" to 3, "missing" to 500, "rate" to 700))),
        )
        assertEquals(
            "Last visit 22.11.2026",
            english.text(
                Words(
                    "customer.last_visit",
                    names =
                        mapOf(
                            "day" to "2026-11-22",
                        ),
                ),
            ),
        )
        assertEquals("Line 1", english.text(Words("receipt.line", mapOf("line" to 0))))
        assertEquals("no.such_key", english.text("no.such_key"))
    }

    @Test
    fun `an unknown language reads English`() {
        assertEquals(
            listOf(Language.Ukrainian, Language.Russian, Language.English, Language.English),
            listOf("uk-UA", "ru", "en-GB", "de").map { Language.of(it) },
        )
    }

    @Test
    fun `all languages have the same texts`() {
        val keys = Language.entries.map { it.texts.keys }
        assertEquals(keys[0], keys[1])
        assertEquals(keys[0], keys[2])
    }
}
