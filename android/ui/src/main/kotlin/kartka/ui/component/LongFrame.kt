package kartka.ui.component

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.PaddingValues
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.items
import androidx.compose.foundation.lazy.rememberLazyListState
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.derivedStateOf
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.testTag
import kartka.ui.design.Kartka
import kartka.ui.design.Space

/** How far from its end a list asks for more. */
private const val AHEAD = 8

/** A screen that is a long list: only the rows in sight are drawn, and the next page comes before its end is reached. */
@Composable
fun <T> LongFrame(
    title: String,
    back: String,
    onBack: () -> Unit,
    rows: List<T>,
    key: (T) -> Any,
    onEnd: () -> Unit,
    head: @Composable () -> Unit,
    low: (@Composable () -> Unit)? = null,
    row: @Composable (T) -> Unit,
) {
    val list = rememberLazyListState()
    val nearEnd by remember(rows.size) {
        derivedStateOf {
            (
                list.layoutInfo.visibleItemsInfo
                    .lastOrNull()
                    ?.index ?: 0
            ) >= rows.size - AHEAD
        }
    }
    LaunchedEffect(nearEnd, rows.size) { if (nearEnd && rows.isNotEmpty()) onEnd() }
    Column(Modifier.fillMaxSize().background(Kartka.colours.page.ground)) {
        Head(title, back, onBack) {}
        Box(Modifier.weight(1f).fillMaxWidth(), contentAlignment = Alignment.TopCenter) {
            LazyColumn(
                Modifier.widthIn(max = Space.column).fillMaxSize().testTag("rows"),
                state = list,
                contentPadding = PaddingValues(Space.large, Space.small),
                verticalArrangement = Arrangement.spacedBy(Space.small),
            ) {
                item(key = "head") { Column(verticalArrangement = Arrangement.spacedBy(Space.medium)) { head() } }
                items(rows, key = key) { row(it) }
            }
        }
        if (low != null) Low(Modifier.fillMaxWidth()) { low() }
    }
}
