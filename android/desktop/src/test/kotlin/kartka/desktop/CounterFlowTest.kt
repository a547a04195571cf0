package kartka.desktop

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.junit4.createComposeRule
import kartka.corebridge.RandomRequestIds
import kartka.presentation.CoreFault
import kartka.presentation.Route
import kartka.presentation.SyncDot
import kartka.presentation.TroubleKind
import kartka.presentation.scan.Camera
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith

/** One shop, two phones, a server process: the whole counter by taps, over the real core. */
@OptIn(ExperimentalTestApi::class)
class CounterFlowTest {
    @get:Rule
    val rule = createComposeRule()

    private val shop = TestShop()

    @AfterTest
    fun close(): Unit = shop.close()

    @Test
    fun `a card is given sold to spent from returned and everything reaches the other phone`() {
        shop.server.start()
        val (one, two) = shop.paired("one") to shop.paired("two")
        val cards = runBlocking { one.core.blankCards(RandomRequestIds().next(), 2) }
        val hand = Hand(rule, one)
        rule.setContent { AppOf(one) }
        one.screens.cameraIs(Camera.Searching)

        // A new customer is a blank card, the digits of a phone, and one tap.
        hand.shows(cards[0], "New customer")
        hand.types("Phone", "0671234567")
        assertEquals(1, hand.taps { tap("Register") })
        hand.sees("Stamp the card")

        // A sale is the scan, the amount's digits, and one tap.
        hand.keys("100,00")
        assertEquals(1, hand.taps { tapWith("Sell · ") })
        hand.sees("Next customer")
        hand.tap("Next customer")

        // What was earned may be spent once the server has confirmed it.
        runBlocking { one.core.exchange() }

        // The next sale spends what the first one earned.
        hand.shows(cards[0], "Customer")
        hand.keys("50,00")
        hand.tap("Spend points")
        hand.sees("Spend and sell")
        hand.tapWith(" point")
        hand.tapWith("Spend and sell · ")
        hand.sees("Next customer")

        // Everything comes back.
        hand.tap("Receipt")
        hand.tap("Return goods")
        hand.tap("Everything")
        hand.tapWith("Give back ")
        hand.sees("The goods were taken back")
        hand.tap("Close")

        // Without the server a sale is made as fast, and waits.
        shop.server.stop()
        val unreached = assertFailsWith<CoreFault> { runBlocking { one.core.exchange() } }
        assertEquals(TroubleKind.Offline, unreached.trouble.kind)
        one.screens.go(Route.Scan())
        hand.sees("Scan")
        hand.shows(cards[0], "Customer")
        hand.keys("70,00")
        hand.tapWith("Sell · ")
        hand.sees("Next customer")
        assertEquals(SyncDot.Waiting, runBlocking { one.core.syncMark() }.dot)

        // The network is back: the other phone knows the customer and the balance.
        shop.server.start()
        runBlocking {
            one.core.exchange()
            two.core.exchange()
        }
        assertEquals(SyncDot.InSync, runBlocking { one.core.syncMark() }.dot)
        val (here, there) = listOf(one, two).map { runBlocking { it.core.find("0671234567", 2).single() } }
        assertEquals(here.points, there.points)
        assertEquals(2, there.visits)
    }
}
