package kartka.desktop

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.junit4.createComposeRule
import kartka.corebridge.RandomRequestIds
import kartka.presentation.scan.Camera
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** The taps that the design counts, over the real core and a server process: each flow costs what it says there. */
@OptIn(ExperimentalTestApi::class)
class CountedTapsTest {
    @get:Rule
    val rule = createComposeRule()

    private val shop = TestShop()

    @AfterTest
    fun close(): Unit = shop.close()

    @Test
    fun `a stamp is the scan and one tap, an amount its digits more, a new customer a card and a phone`() {
        shop.server.start()
        val phone = shop.paired("one")
        val card = runBlocking { phone.core.blankCards(RandomRequestIds().next(), 1) }.single()
        val hand = Hand(rule, phone)
        rule.setContent { AppOf(phone) }
        phone.screens.cameraIs(Camera.Searching)

        hand.shows(card, "New customer")
        hand.types("Phone", "0671234567")
        assertEquals(1, hand.taps { tap("Register") })
        assertEquals(1, hand.taps { tap("Stamp the card") })
        hand.tap("Next customer")

        hand.shows(card, "Customer")
        assertEquals(1, hand.taps { tap("Stamp the card") })
        hand.tap("Next customer")

        hand.shows(card, "Customer")
        hand.keys("45,00")
        assertEquals(1, hand.taps { tapWith("Sell · ") })
        hand.sees("Next customer")
        val customer = runBlocking { phone.core.find("0671234567", 1) }.single()
        assertEquals(3L, customer.stamps.single().stamps)
    }

    @Test
    fun `the owner's phone shows a code by four taps and the next phone's camera reads it after one`() {
        shop.server.start()
        val (owner, next) = shop.paired("owner") to shop.unpaired("next")
        var shown by mutableStateOf(owner)
        rule.setContent { AppOf(shown) }
        val hand = Hand(rule, owner)
        val taps =
            hand.taps {
                tap("Today")
                tap("Staff and devices")
                tap("Pair a phone")
                tapWith("Марта")
            }
        assertEquals(4, taps)
        val code = hand.reads("KARTKA1:")
        shown = next
        next.screens.cameraIs(Camera.Searching)
        with(Hand(rule, next)) {
            assertEquals(1, taps { tap("Join a shop") })
            sees("Scan the code on the owner's phone")
            shows(code, "Sale without a card")
        }
        assertTrue(runBlocking { next.core.isEnrolled() })
    }
}
