package kartka.presentation

/** What becomes of a file that a person picks; whoever turns back has picked none, and nothing is told. */
public sealed interface Picked {
    /** It is being copied to where this phone may read it. */
    public data object Coming : Picked

    /** This phone reads it at [file]. */
    public data class There(val file: String) : Picked

    /** It could not be copied: too large, no room, or taken away meanwhile. */
    public data object Not : Picked
}
