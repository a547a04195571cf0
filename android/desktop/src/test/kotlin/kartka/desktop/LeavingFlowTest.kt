package kartka.desktop

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.junit4.createComposeRule
import kartka.presentation.Route
import kartka.presentation.scan.Camera
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse

/** A phone leaves its shop without a network, and another one brings what it had sold: by taps, over the real core. */
@OptIn(ExperimentalTestApi::class)
class LeavingFlowTest {
    @get:Rule
    val rule = createComposeRule()

    private val shop = TestShop()

    @AfterTest
    fun close(): Unit = shop.close()

    @Test
    fun `what a phone without a network sold leaves by a file and arrives by another phone and the sheet`() {
        shop.server.start()
        val (owner, till) = shop.paired("owner") to shop.paired("till")
        val sheet =
            runBlocking {
                val made = owner.core.newSheet()
                owner.core.confirmSheet(made.letters)
                owner.core.exchange()
                till.core.exchange()
                made
            }
        var shown by mutableStateOf(till)
        rule.setContent { AppOf(shown) }
        shop.server.stop()
        with(Hand(rule, till)) {
            tap("Sale without a card")
            keys("50,00")
            tapWith("Sell · ")
            tap("Next customer")
            till.screens.go(Route.Standing)
            tap("Leave the shop")
            sees("1 entry is not sent yet")
            tap("Write them to a file")
            tap("Save the file")
            sees("The file is saved")
            tap("Leave and delete everything")
            sees("Join a shop")
        }
        assertFalse(runBlocking { till.core.isEnrolled() })

        shop.server.start()
        shown = owner
        owner.screens.cameraIs(Camera.Searching)
        with(Hand(rule, owner)) {
            owner.screens.go(Route.Standing)
            tap("Bring another phone's file")
            tap("Pick the file")
            sees("The file is picked")
            shows(sheet.qr, "Everything of phone")
        }
        val today =
            runBlocking {
                owner.core.exchange()
                owner.core.today()
            }
        assertEquals(1L to 5_000L, today.day.receipts to today.day.sales.minor)
    }
}
