package kartka.presentation.signout

import kartka.presentation.OutboxFile
import kartka.presentation.Pictured
import kartka.presentation.Route
import kartka.presentation.Standing
import kartka.presentation.SyncDot
import kartka.presentation.Trouble

/**
 * A phone that leaves its shop: nothing that only it knows may go with it.
 *
 * @property standing null while loading
 * @property file what waits, as a file of this phone
 * @property kept a person has put the file elsewhere
 * @property work what is under way
 */
public data class SignoutState(
    val standing: Standing? = null,
    val file: OutboxFile? = null,
    val kept: Boolean = false,
    val work: Work? = null,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: SignoutFace
        get() =
            when {
                work != null -> work.face
                trouble != null -> SignoutFace.Trouble
                standing == null -> SignoutFace.Loading
                standing.mark.dot == SyncDot.Alone -> SignoutFace.OnlyCopy
                canSignOut -> SignoutFace.Ready
                file != null -> SignoutFace.Written
                else -> SignoutFace.Unsent
            }

    /** What is neither at the server nor in a file that a person has. */
    public val unsent: Long get() = if (kept) 0 else standing?.mark?.pending ?: 0

    /** Whether the button does something; the core has the last word. */
    val canSignOut: Boolean get() = standing != null && standing.mark.dot != SyncDot.Alone && unsent == 0L
}

/** What a tap has begun and the core has not ended. */
public enum class Work(internal val face: SignoutFace) {
    Send(SignoutFace.Sending),
    Write(SignoutFace.Writing),
    SignOut(SignoutFace.SigningOut),
}

/** The lines of the table. */
public enum class SignoutFace { Loading, OnlyCopy, Unsent, Sending, Writing, Written, Ready, SigningOut, Trouble }
