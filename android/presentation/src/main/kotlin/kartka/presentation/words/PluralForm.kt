package kartka.presentation.words

/** The forms of a word beside a number, as CLDR names them. */
public enum class PluralForm {
    One,
    Few,
    Many,
    Other,
    ;

    /** Its place among the forms that the table has for [language]. */
    internal fun place(language: Language): Int =
        when (language) {
            Language.English -> if (this == One) 0 else 1
            Language.Ukrainian, Language.Russian -> ordinal
        }

    public companion object {
        /** The form beside [number]; null is a number with a fraction. */
        public fun of(language: Language, number: Long?): PluralForm {
            if (number == null) return Other
            val magnitude = if (number == Long.MIN_VALUE) Long.MAX_VALUE else kotlin.math.abs(number)
            return when (language) {
                Language.English -> if (magnitude == 1L) One else Other
                Language.Ukrainian, Language.Russian -> slavic(magnitude)
            }
        }

        private fun slavic(number: Long): PluralForm {
            val last = number % 10
            val lastTwo = number % 100
            return when {
                last == 1L && lastTwo != 11L -> One
                last in 2L..4L && lastTwo !in 12L..14L -> Few
                else -> Many
            }
        }
    }
}
