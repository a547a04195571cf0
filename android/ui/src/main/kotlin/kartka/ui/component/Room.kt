package kartka.ui.component

import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import kartka.ui.design.Space

/**
 * How much height a screen has for what is done on it: on a phone that lies at the till everything a thumb hits stays in
 * sight, at the least height that it may have.
 *
 * @property key the least height of a key
 * @property action the least height of the one action
 * @property between what stands between two things
 * @property around what stands above and below them
 */
internal enum class Room(val key: Dp, val action: Dp, val between: Dp, val around: Dp) {
    Enough(key = 52.dp, action = Space.action, between = Space.medium, around = Space.large),
    Tight(key = Space.target, action = Space.target, between = Space.tiny, around = Space.tiny),
    ;

    internal companion object {
        /** Lower than this, a keypad of usual keys and the action do not stand together. */
        val LEAST = 480.dp
    }
}

internal val LocalRoom = staticCompositionLocalOf { Room.Enough }
