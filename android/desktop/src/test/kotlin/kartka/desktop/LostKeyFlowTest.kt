package kartka.desktop

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.junit4.createComposeRule
import kartka.presentation.RecoverySheet
import kartka.presentation.Route
import kartka.presentation.scan.Camera
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull

/** A phone whose key store forgets, with sales that nobody else has: by taps, over the real core and a real server. */
@OptIn(ExperimentalTestApi::class)
class LostKeyFlowTest {
    @get:Rule
    val rule = createComposeRule()

    private val shop = TestShop()

    @AfterTest
    fun close(): Unit = shop.close()

    @Test
    fun `a till that lost its key joins anew, sells on, and the sheet brings what it had sold before`() {
        shop.server.start()
        val (owner, till) = shop.paired("owner") to shop.paired("till")
        val sheet = sheetOf(owner, till)
        var shown by mutableStateOf(till)
        rule.setContent { AppOf(shown) }
        shop.server.stop()
        Hand(rule, till).sells("50,00")

        val forgetful = Forgetful(shop.keysOf("till"), setOf("database-key", "device-secret", "highest-epoch"))
        val lost = shop.restarted("till", till, forgetful).also { shown = it }
        shop.server.start()
        with(Hand(rule, lost)) {
            sees("The phone lost the key to its data")
            tap("My own cards as a customer")
            sees("Your cards from every shop will be here. They work without internet too.")
            lost.screens.back()
            tap("The sheet is not at hand")
            sees("Join the shop anew?")
            tap("Join anew")
            types("Pairing code", shop.server.pairingCode())
            tap("Join")
            sees("Unsent entries wait for the sheet")
            tap("Later")
            sells("30,00")
        }
        assertEquals(1, runBlocking { lost.core.aside() }.size)

        lost.screens.cameraIs(Camera.Searching)
        with(Hand(rule, lost)) {
            lost.screens.go(Route.Standing)
            tap("Show the sheet")
            shows(sheet.qr, "1 entry that waited is at the server")
            tap("Close")
        }
        val today =
            runBlocking {
                lost.core.exchange()
                owner.core.exchange()
                owner.core.today()
            }
        assertEquals(2L to 8_000L, today.day.receipts to today.day.sales.minor)
        assertEquals(emptyList(), runBlocking { lost.core.aside() })
    }

    @Test
    fun `with the sheet at hand the same till goes on where it was`() {
        shop.server.start()
        val (owner, till) = shop.paired("owner") to shop.paired("till")
        val sheet = sheetOf(owner, till)
        var shown by mutableStateOf(till)
        rule.setContent { AppOf(shown) }
        shop.server.stop()
        Hand(rule, till).sells("50,00")
        val forgetful = Forgetful(shop.keysOf("till"), setOf("database-key", "device-secret", "highest-epoch"))
        val lost = shop.restarted("till", till, forgetful).also { shown = it }
        lost.screens.cameraIs(Camera.Searching)
        with(Hand(rule, lost)) {
            tap("I have the recovery sheet")
            shows(sheet.qr, "Sale without a card")
        }
        assertNull(runBlocking { lost.core.aside() }.firstOrNull())
        shop.server.start()
        val today =
            runBlocking {
                lost.core.exchange()
                owner.core.exchange()
                owner.core.today()
            }
        assertEquals(1L to 5_000L, today.day.receipts to today.day.sales.minor)
    }

    /** The owner's sheet, to which the till has sealed its keys. */
    private fun sheetOf(owner: DeskPhone, till: DeskPhone): RecoverySheet =
        runBlocking {
            val made = owner.core.newSheet()
            owner.core.confirmSheet(made.letters)
            owner.core.exchange()
            till.core.exchange()
            till.core.rest()
            made
        }

    private fun Hand.sells(amount: String) {
        tap("Sale without a card")
        keys(amount)
        tapWith("Sell · ")
        tap("Next customer")
    }
}
