package kartka.presentation.search

import kartka.presentation.CardRead
import kartka.presentation.Route
import kartka.presentation.history.HistoryAction
import kartka.presentation.history.HistoryPresenter
import kartka.presentation.play
import kartka.presentation.stocked
import kotlin.test.Test
import kotlin.test.assertEquals

class SearchAndHistoryTest {
    private val shop = stocked()

    @Test
    fun `a key asks anew and an overtaken answer is never shown`() {
        play(shop, { SearchPresenter(shop, it, Route.Search("О")) }) {
            hold()
            act(SearchAction.Shown, SearchAction.Type("Ольга"))
            release()
            assertEquals(listOf(8L), state.found?.map { it.id })
            act(SearchAction.Type(""))
            assertEquals(SearchFace.Empty, state.face)
        }
    }

    @Test
    fun `somebody found is served, attached, or registered`() {
        play(shop, { SearchPresenter(shop, it, Route.Search("2233")) }) {
            act(SearchAction.Shown, SearchAction.Tap(8))
            assertEquals(Route.Customer(8, CardRead.Found), state.open)
            act(SearchAction.Opened, SearchAction.Register)
            assertEquals(Route.Register(typed = "2233"), state.open)
            act(SearchAction.Opened, SearchAction.Leave)
            assertEquals(Route.Back, state.open)
        }
        play(shop, { SearchPresenter(shop, it, Route.Search("2233", attachTo = 2)) }) {
            act(SearchAction.Shown, SearchAction.Tap(8))
            assertEquals(Route.Attach(2, 8, CardRead.Found), state.open)
        }
    }

    @Test
    fun `history comes page by page, newest first, each purchase once`() {
        repeat(6) { shop.till.sold(1_000L * it, customerId = 7) }
        play(shop, { HistoryPresenter(shop, it, Route.History(7)) }) {
            act(HistoryAction.Shown)
            assertEquals(3, state.sales?.size)
            tap(5, HistoryAction.More)
            act(HistoryAction.More, HistoryAction.More)
            assertEquals(listOf(8L, 7, 6, 5, 4, 3, 1), state.sales?.map { it.id })
            act(HistoryAction.Tap(4))
            assertEquals(Route.Receipt(4), state.open)
            act(HistoryAction.Opened, HistoryAction.Leave)
            assertEquals(Route.Back, state.open)
        }
    }
}
