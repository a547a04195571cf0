package kartka.presentation

/**
 * What must never lie on a disk, for as long as the process lives: a screen that is made anew finds it here by a number
 * that it wrote down instead.
 */
public class Pocket {
    private val things = mutableMapOf<String, String>()

    /** Keeps [thing]; answers with what it is found by. The same thing has one place. */
    public fun put(thing: String): String =
        things.entries.firstOrNull { it.value == thing }?.key
            ?: (things.size + 1).toString().also { things[it] = thing }

    /** What lies at [place]; null in a process that never had it. */
    public fun take(place: String): String? = things[place]
}
