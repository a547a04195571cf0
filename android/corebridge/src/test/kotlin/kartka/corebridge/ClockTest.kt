package kartka.corebridge

import kartka.generated.Rehearsal
import kartka.presentation.CardChoice
import kartka.presentation.CardRead
import kartka.presentation.Consent
import kartka.presentation.Registration
import kartka.presentation.Route
import kartka.presentation.customer.CustomerAction
import kartka.presentation.customer.CustomerPresenter
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNotEquals

/** Somebody sets the phone's clock while a sale is being made, over the real core and a server process. */
class ClockTest {
    private val ids = RandomRequestIds()
    private val hand = Rehearsal(Log())

    @Test
    fun `a clock moved during a sale leaves one sale on the right day`() =
        Stage().use { stage ->
            val scope = CoroutineScope(SupervisorJob() + Dispatchers.Unconfined)
            try {
                runBlocking {
                    val phone = stage.paired(stage.server())
                    val data = phone.folder.path
                    val gateway = KartkaGateway(phone.core, placeIn(data), cardsIn(data), ChangeFeed())
                    val form = Registration("067 123-45-67", "Олена", "", Consent.NotGiven, CardChoice.Issue)
                    val olena = gateway.register(ids.next(), form)
                    gateway.exchange()
                    val today = gateway.shift().date

                    val screen = CustomerPresenter(gateway, ids, scope, Route.Customer(olena, CardRead.Scanned))
                    screen.act(CustomerAction.Shown)
                    screen.act(CustomerAction.Type("200,00"))
                    withTimeout(PATIENCE) { screen.state.first { it.canCommit } }
                    hand.moveClock(THREE_DAYS)
                    repeat(30) { screen.act(CustomerAction.Commit) }
                    val done = withTimeout(PATIENCE) { screen.state.first { it.open is Route.Done } }.open as Route.Done
                    assertNotEquals(today, gateway.receipt(done.saleId).date, "the phone believes its clock")
                    gateway.exchange()

                    val history = gateway.history(olena, null).sales
                    assertEquals(listOf(done.saleId), history.map { it.id }, "one sale")
                    assertEquals(today, gateway.receipt(done.saleId).date, "the authority knows better")
                    assertEquals(1L, gateway.customer(olena).visits)
                }
            } finally {
                hand.moveClock(0)
                scope.cancel()
            }
        }

    private companion object {
        const val THREE_DAYS = 3 * 24 * 3_600_000L
        const val PATIENCE = 60_000L
    }
}
