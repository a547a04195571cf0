package kartka.presentation

/** A state that stands in the table of screens: [face] is the line of the table that it shows. */
public interface Pictured {
    /** Which of the screen's states this is; its name in the table is this name in small letters. */
    public val face: Enum<*>
}
