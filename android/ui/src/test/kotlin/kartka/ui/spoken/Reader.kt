package kartka.ui.spoken

import androidx.compose.ui.geometry.Rect
import androidx.compose.ui.semantics.Role
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.unit.toSize

/**
 * What a screen reader says of a screen, line by line, in the order in which it goes through it.
 *
 * It follows the rules of Compose for Android: a group is read to its end before what stands beside it, a lower traversal
 * index comes first, and else what stands higher, then what stands more to the left.
 */
internal fun spoken(root: SemanticsNode): List<String> = keysTogether(within(root).map { lineOf(it) })

/** The keys of a keypad in one line. */
private fun keysTogether(lines: List<String>): List<String> =
    lines.fold(emptyList()) { said, line ->
        val key = line.removePrefix(KEY).takeIf { line.startsWith(KEY) && it.length == 1 }
        val last = said.lastOrNull()
        when {
            key == null -> said + line
            last?.startsWith(KEYS) == true -> said.dropLast(1) + "$last $key"
            else -> said + "$KEYS $key"
        }
    }

/** How a reader names [node]; empty for what nobody named. */
internal fun nameOf(node: SemanticsNode): String {
    val label = node.config.getOrNull(SemanticsProperties.ContentDescription)?.joinToString()
    val text = node.config.getOrNull(SemanticsProperties.Text)?.joinToString()
    val typed = node.config.getOrNull(SemanticsProperties.EditableText)?.text
    return listOfNotNull(label ?: text, typed).filter { it.isNotBlank() }.joinToString(": ")
}

private const val KEY = "button: "
private const val KEYS = "keys:"

/** What is read as one: a node by itself, or a whole group. */
private class Stop(val bounds: Rect, val index: Float, val nodes: List<SemanticsNode>)

private fun within(group: SemanticsNode): List<SemanticsNode> {
    val stops = mutableListOf<Stop>()

    fun collect(node: SemanticsNode) {
        val index = node.config.getOrNull(SemanticsProperties.TraversalIndex) ?: 0f
        val bounds = Rect(node.positionInRoot, node.size.toSize())
        val own = if (speaks(node)) listOf(node) else emptyList()
        if (node.config.getOrNull(SemanticsProperties.IsTraversalGroup) == true) {
            stops += Stop(bounds, index, own + within(node))
        } else {
            if (own.isNotEmpty()) stops += Stop(bounds, index, own)
            node.children.forEach(::collect)
        }
    }

    group.children.forEach(::collect)
    return stops
        .groupBy { it.index }
        .toSortedMap()
        .values
        .flatMap { rows(it) }
        .flatMap { it.nodes }
}

/** From above to below, and from left to right where heights overlap. */
private fun rows(stops: List<Stop>): List<Stop> {
    val rows = mutableListOf<MutableList<Stop>>()
    stops.sortedWith(compareBy({ it.bounds.top }, { it.bounds.left })).forEach { stop ->
        val row = rows.lastOrNull()?.takeIf { row -> stop.bounds.top < row.maxOf { it.bounds.bottom } }
        if (row == null) rows += mutableListOf(stop) else row += stop
    }
    return rows.flatMap { row -> row.sortedBy { it.bounds.left } }
}

private fun speaks(node: SemanticsNode): Boolean =
    nameOf(node).isNotEmpty() || node.config.contains(SemanticsActions.OnClick)

private val SemanticsNode.isLive get() = config.contains(SemanticsProperties.LiveRegion)

private fun lineOf(node: SemanticsNode): String {
    val config = node.config
    val role = config.getOrNull(SemanticsProperties.Role)
    val what =
        when {
            config.contains(SemanticsProperties.Heading) -> "heading"
            config.contains(SemanticsActions.SetText) -> "field"
            role == Role.Image -> "picture"
            role != null && role != Role.Button -> "$role".lowercase()
            config.contains(SemanticsActions.OnClick) -> "button"
            else -> "text"
        }
    val how =
        listOfNotNull(
            config.getOrNull(SemanticsProperties.StateDescription),
            "chosen".takeIf { config.getOrNull(SemanticsProperties.Selected) == true },
            config.getOrNull(SemanticsProperties.ToggleableState)?.let { "is $it".lowercase() },
            "not yet".takeIf { config.contains(SemanticsProperties.Disabled) },
            "told at once".takeIf { generateSequence(node) { it.parent }.any { it.isLive } },
        )
    val more = if (how.isEmpty()) "" else how.joinToString(prefix = " (", postfix = ")")
    return "$what$more: ${nameOf(node)}".replace('\n', ' ').trim()
}
