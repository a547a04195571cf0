package kartka.presentation

import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.withContext
import kotlin.coroutines.CoroutineContext

/**
 * What a screen's camera sees: of the frames that arrive only the newest waits, and it is read on [reading].
 *
 * @property wanted whether the screen looks at the moment; frames it does not want are dropped
 */
internal class Sight(private val reading: CoroutineContext, private val wanted: () -> Boolean) {
    private val frames = Channel<LumaFrame>(Channel.CONFLATED)

    /** A picture from the camera. */
    fun offer(frame: LumaFrame) {
        if (wanted()) frames.trySend(frame)
    }

    /** Hands what [session] finds to [take] for as long as the screen lives, then ends the session. */
    suspend fun watch(session: ScanSession, take: suspend (ScanEvent) -> Unit) {
        try {
            for (frame in frames) {
                val events = if (wanted()) withContext(reading) { session.offer(frame) } else emptyList()
                events.filter { wanted() }.forEach { take(it) }
            }
        } finally {
            session.end()
        }
    }
}
