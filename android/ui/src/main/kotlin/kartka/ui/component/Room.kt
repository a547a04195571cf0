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
        private val LEAST = 480.dp

        /** Lower than this in one pane, they leave too little of what is shown above them. */
        private val LEAST_IN_ONE = 700.dp

        /** What there is in a window of this [height]; [panes] stand side by side. */
        fun within(height: Dp, panes: Int): Room {
            val least = if (panes > 1) LEAST else LEAST_IN_ONE
            return if (height < least) Tight else Enough
        }
    }
}

internal val LocalRoom = staticCompositionLocalOf { Room.Enough }

/**
 * Letters so large on a screen so low that only what is typed and the one action stand lowest: whatever else stands
 * beside the keypad goes up to what scrolls.
 */
internal val LocalCrowded = staticCompositionLocalOf { false }

/** How many panes of a screen stand side by side: in two, what is done has all the height for itself. */
internal val LocalPanes = staticCompositionLocalOf { 1 }
