package kartka.desktop

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.junit4.createComposeRule
import kartka.corebridge.RandomRequestIds
import kartka.presentation.Route
import kartka.presentation.SaleDraft
import kartka.presentation.link.LinkPresenter
import kartka.presentation.scan.Camera
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import java.text.NumberFormat
import java.util.Locale
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNotEquals
import kotlin.test.assertNotNull

/** A customer's phone beside a till, by taps, over the real core and a server process: from the first run to an erasure. */
@OptIn(ExperimentalTestApi::class)
class HolderFlowTest {
    @get:Rule
    val rule = createComposeRule()

    private val shop = TestShop()

    @AfterTest
    fun close(): Unit = shop.close()

    @Test
    fun `a card comes to its holder's phone, shows what the shop says, and its wishes arrive`() {
        shop.server.start()
        val (till, mine) = shop.paired("till") to shop.unpaired("mine")
        var shown by mutableStateOf(till)
        rule.setContent { AppOf(shown) }
        val counter = Hand(rule, till)
        val hand = Hand(rule, mine)

        // The till registers a customer, sells, and hands the card over from the customer's sheet.
        till.screens.go(Route.Register())
        counter.types("Phone", "0671234567")
        counter.types("First name", "Оксана")
        counter.tapWith("I agree to receive news")
        counter.tapWith("A card for the customer's phone")
        counter.tap("Register")
        counter.tap("To the sale")
        counter.keys("100,00")
        counter.tapWith("Sell · ")
        counter.sees("Next customer")
        val customer = customer(till)
        till.screens.go(Route.Customer(customer))
        counter.tap("Card to their phone")
        counter.sees("Whoever has this code sees the card")
        val handing = assertIs<LinkPresenter>(till.screens.place.value.presenter)
        val link = assertNotNull(handing.state.value.link)
        runBlocking { till.core.exchange() }

        // The customer's phone comes out of its box and takes the card by its camera.
        shown = mine
        hand.tap("I am a customer: my cards")
        assertEquals(1, hand.taps { tap("Add a card") })
        mine.screens.cameraIs(Camera.Searching)
        hand.shows(link, "Just heard from the shop")
        hand.sees(balance(till))

        // The shop sells once more, and the card says so when it is asked again.
        val before = balance(till)
        sell(till, customer)
        assertNotEquals(before, balance(till), "the second sale earns too")
        mine.screens.again()
        hand.sees(balance(till))

        // Without the shop's server the card is there, and as old as it is.
        shop.server.stop()
        mine.screens.again()
        hand.sees("As of ")
        hand.sees(balance(till))

        // What is wished meanwhile waits, and arrives.
        hand.tap("My data here")
        hand.tapWith("I agree to receive news")
        hand.sees("Waiting to reach the shop")
        shop.server.start()
        mine.screens.again()
        hand.sees("The shop has everything")
        runBlocking { till.core.exchange() }
        assertEquals(false, runBlocking { till.core.customer(customer) }.marketing)

        // Two questions later nothing is left, here and there.
        hand.scrollsTo("Erase me at this shop")
        hand.tap("Erase me at this shop")
        hand.tap("Yes, erase")
        hand.tap("Erase for ever")
        hand.sees("Your data at this shop were erased")
        runBlocking { till.core.exchange() }
        assertEquals(emptyList(), runBlocking { till.core.find("0671234567", 2) })
    }

    private fun customer(till: DeskPhone): Long =
        runBlocking {
            till.core
                .find("0671234567", 1)
                .single()
                .id
        }

    /** The points as the till sees them, in words. */
    private fun balance(till: DeskPhone): String {
        val points = runBlocking { till.core.find("0671234567", 1).single() }.points.single().balance
        return NumberFormat.getNumberInstance(Locale.ENGLISH).format(points) + " points"
    }

    private fun sell(till: DeskPhone, customer: Long): Unit =
        runBlocking {
            val draft = SaleDraft(RandomRequestIds().next(), customerId = customer, amount = 20_000)
            till.core.commit(draft.request, till.core.quote(draft).id)
            till.core.exchange()
        }
}
