package kartka.ui.component

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.BoxWithConstraints
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.ColumnScope
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxHeight
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.sizeIn
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.IconButton
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.isTraversalGroup
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.semantics.traversalIndex
import kartka.ui.design.Kartka
import kartka.ui.design.Space

private const val READ_LAST = 1f

/** From this size of letters on, a row of choices becomes two. */
private const val LARGE_LETTERS = 1.3f

/**
 * How every screen stands: a title with the way back, what it shows, and the way on lowest on the screen.
 *
 * What is shown scrolls, what is done never leaves the thumb. A screen reader meets title, content, action in this order.
 * On a wide window [low] stands in a second pane at the right.
 */
@Composable
fun Frame(
    title: String,
    back: String?,
    onBack: () -> Unit,
    modifier: Modifier = Modifier,
    corner: @Composable () -> Unit = {},
    low: (@Composable ColumnScope.() -> Unit)? = null,
    content: @Composable ColumnScope.() -> Unit,
) {
    BoxWithConstraints(modifier.fillMaxSize().background(Kartka.colours.page.ground)) {
        val panes = if (maxWidth >= Space.wide && low != null) 2 else 1
        val room = Room.within(maxHeight, panes)
        val crowded = room == Room.Tight && panes == 1 && LocalDensity.current.fontScale > LARGE_LETTERS
        CompositionLocalProvider(LocalPanes provides panes, LocalCrowded provides crowded) {
            Column(Modifier.fillMaxSize()) {
                Head(title, back, onBack, corner)
                if (panes > 1 && low != null) {
                    Row(Modifier.fillMaxSize()) {
                        Shown(Modifier.weight(1f).fillMaxHeight(), content)
                        val scrolls = Modifier.verticalScroll(rememberScrollState())
                        WithRoom(room) { Low(Modifier.weight(1f).fillMaxHeight().then(scrolls), low) }
                    }
                } else {
                    Shown(Modifier.weight(1f).fillMaxWidth(), content)
                    WithRoom(room) { if (low != null) Low(Modifier.fillMaxWidth(), low) }
                }
            }
        }
    }
}

@Composable
private fun WithRoom(room: Room, content: @Composable () -> Unit) {
    CompositionLocalProvider(LocalRoom provides room, content = content)
}

@Composable
internal fun Head(title: String, back: String?, onBack: () -> Unit, corner: @Composable () -> Unit) {
    Row(
        Modifier
            .fillMaxWidth()
            .heightIn(min = Space.action)
            .padding(horizontal = if (back == null) Space.large else Space.tiny, vertical = Space.tiny),
        horizontalArrangement = Arrangement.spacedBy(Space.small),
        verticalAlignment = Alignment.CenterVertically,
    ) {
        if (back != null) {
            IconButton(onBack, Modifier.sizeIn(minWidth = Space.target, minHeight = Space.target)) {
                Sign(Glyph.Back, label = back)
            }
        }
        Text(title, Modifier.weight(1f).semantics { heading() }, style = Kartka.type.title)
        corner()
    }
}

@Composable
private fun Shown(modifier: Modifier, content: @Composable ColumnScope.() -> Unit) {
    Box(modifier.verticalScroll(rememberScrollState()), contentAlignment = Alignment.TopCenter) {
        Column(
            Modifier
                .widthIn(max = Space.column)
                .fillMaxWidth()
                .padding(horizontal = Space.large, vertical = Space.small),
            verticalArrangement = Arrangement.spacedBy(Space.medium),
            content = content,
        )
    }
}

@Composable
internal fun Low(modifier: Modifier, low: @Composable ColumnScope.() -> Unit) {
    Box(
        modifier.semantics {
            isTraversalGroup = true
            traversalIndex = READ_LAST
        },
        contentAlignment = Alignment.BottomCenter,
    ) {
        Column(
            Modifier
                .widthIn(max = Space.column)
                .fillMaxWidth()
                .padding(horizontal = Space.large, vertical = LocalRoom.current.around),
            verticalArrangement = Arrangement.spacedBy(LocalRoom.current.between),
            content = low,
        )
    }
}
