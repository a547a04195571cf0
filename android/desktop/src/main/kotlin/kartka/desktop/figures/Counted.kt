package kartka.desktop.figures

import androidx.compose.ui.input.pointer.PointerEventType
import kartka.desktop.DeskPhone
import kartka.desktop.cameraPicture
import kartka.presentation.Route
import kartka.presentation.customer.CustomerAction
import kartka.presentation.customer.CustomerFace
import kartka.presentation.customer.CustomerPresenter
import kartka.presentation.customer.CustomerState
import kartka.presentation.done.DoneFace
import kartka.presentation.done.DoneState
import kartka.presentation.history.HistoryState
import kartka.presentation.scan.Camera
import kartka.presentation.scan.ScanState
import kartka.presentation.search.SearchAction
import kartka.presentation.search.SearchPresenter
import kartka.presentation.search.SearchState
import kotlinx.coroutines.yield

/** The figures of one running app: from what a person does to the frame that shows what came of it. */
internal class Counted(
    private val phone: DeskPhone,
    private val window: MemoryWindow,
    private val customers: List<Long>,
) {
    /** Everything, each after some tries that are not counted. */
    suspend fun all(): List<Pair<String, String>> {
        window.screens.cameraIs(Camera.Searching)
        sales(WARM)
        val (scanned, drawn, done) = sales(SALES)
        search()
        val keys = search()
        val frames = scrolled()
        return listOf(
            "a camera frame of 1280 × 720 to the Customer drawn" to scanned.words(),
            "scan event to the Customer drawn" to drawn.words(),
            "commit to Done drawn" to done.words(),
            "search keystroke to its results drawn" to keys.words(),
            "scrolling $PURCHASES rows, a frame" to frames.words(),
            "… frames dropped at 60 a second" to "${frames.dropped()}",
        )
    }

    /** A card before the camera, an amount, one tap: again and again, each time another customer. */
    private suspend fun sales(count: Int): Triple<Times, Times, Times> {
        val took = List(count) { sale(customers[(it + 1) * STRIDE % customers.size]) }
        return Triple(Times(took.map { it[0] }), Times(took.map { it[1] }), Times(took.map { it[2] }))
    }

    private suspend fun sale(customer: Long): List<Double> {
        window.screens.go(Route.Scan())
        window.untilState<ScanState> { it.open == null && !it.looking }
        val picture = phone.cameraPicture(checkNotNull(phone.core.cardCode(customer)))
        val shown = System.nanoTime()
        window.screens.frame(picture)
        window.untilState<CustomerState> { it.face in known && it.sync != null }
        val known = System.nanoTime()
        val event = window.readAt
        val till = window.front<CustomerPresenter>()
        till.act(CustomerAction.Type("45,00"))
        window.untilState<CustomerState> { it.face == CustomerFace.Quoted || it.face == CustomerFace.CardEarned }
        val tapped = System.nanoTime()
        till.act(CustomerAction.Commit)
        window.untilState<DoneState> { it.face == DoneFace.Committed && it.customer != null }
        return listOf(shown to known, event to known, tapped to System.nanoTime()).map { millis(it.first, it.second) }
    }

    /** Names and phones, letter by letter. */
    private suspend fun search(): Times {
        window.screens.go(Route.Scan())
        val took =
            ASKED.flatMap { asked ->
                window.screens.go(Route.Search())
                window.untilState<SearchState> { true }
                asked.indices.map { key(asked.take(it + 1)) }.also { window.screens.go(Route.Back) }
            }
        return Times(took)
    }

    private suspend fun key(typed: String): Double {
        val search = window.front<SearchPresenter>()
        val pressed = System.nanoTime()
        search.act(SearchAction.Type(typed))
        window.untilState<SearchState> { !it.searching && it.found != null }
        return millis(pressed, System.nanoTime())
    }

    /** The best customer's purchases under a thumb, to the first one: every frame's time, with what the pages cost. */
    private suspend fun scrolled(): Times {
        window.screens.go(Route.Scan())
        window.screens.go(Route.History(customers.first()))
        window.untilState<HistoryState> { it.sales != null && !it.loading }
        val frames = mutableListOf<Double>()
        while (more()) {
            check(frames.size < MOST_FRAMES) { "the list does not move under the thumb" }
            frames += stroke()
        }
        return Times(frames)
    }

    private fun more(): Boolean = (window.screens.place.value.presenter.state.value as HistoryState).next != null

    /** One stroke of a thumb over the list, a frame every sixtieth of a second: how long after its turn each was drawn. */
    private suspend fun stroke(): List<Double> {
        var turn = System.nanoTime()
        window.finger(PointerEventType.Press, LOW)
        val took =
            List(MOVES) { at ->
                while (System.nanoTime() < turn) yield()
                window.finger(PointerEventType.Move, LOW - (at + 1) * MOVE)
                window.frame()
                millis(turn, System.nanoTime()).also { turn = maxOf(turn + TURN, System.nanoTime()) }
            }
        window.finger(PointerEventType.Release, LOW - MOVES * MOVE)
        return took
    }

    private fun millis(from: Long, to: Long): Double = (to - from) / NANOS

    private companion object {
        const val WARM = 30
        const val SALES = 200
        const val STRIDE = 97
        const val NANOS = 1_000_000.0
        const val LOW = 780f
        const val MOVES = 6
        const val MOVE = 115f
        const val MOST_FRAMES = 20_000
        const val TURN = 1_000_000_000L / 60
        val known = setOf(CustomerFace.Known, CustomerFace.BalanceAsOf, CustomerFace.Held)
        val ASKED = listOf("Олена Коваленко", "Тарас Ткачук", "Ярина", "0671000", "067 123", "Шевченко Богдан", "зух")
    }
}
