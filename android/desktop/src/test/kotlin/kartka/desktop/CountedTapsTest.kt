package kartka.desktop

import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.junit4.createComposeRule
import kartka.corebridge.RandomRequestIds
import kartka.presentation.scan.Camera
import kartka.presentation.words.Language
import kartka.ui.design.Motion
import kartka.ui.nav.KartkaApp
import kartka.ui.nav.Stage
import kartka.ui.nav.Taste
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import java.io.File
import java.nio.file.Files
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** The taps that the design counts, over the real core and a server process: each flow costs what it says there. */
@OptIn(ExperimentalTestApi::class)
class CountedTapsTest {
    @get:Rule
    val rule = createComposeRule()

    private val folder: File = Files.createTempDirectory("kartka-taps-").toFile()
    private val server = DemoServer(checkNotNull(System.getenv("KARTKA_COMMAND")), folder.resolve("server"))
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Unconfined)
    private val phones = mutableListOf<DeskPhone>()

    @AfterTest
    fun close() {
        phones.forEach { it.close() }
        server.close()
        folder.deleteRecursively()
    }

    @Test
    fun `a stamp is the scan and one tap, an amount its digits more, a new customer a card and a phone`() {
        server.start()
        val phone = opened("one", server.pairingCode())
        val card = runBlocking { phone.core.blankCards(RandomRequestIds().next(), 1) }.single()
        val hand = Hand(rule, phone)
        rule.setContent { App(phone) }
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
    fun `the owner's phone shows a code by four taps and the next phone reads it with two`() {
        server.start()
        val (owner, next) = opened("owner", server.pairingCode()) to opened("next", null)
        var shown by mutableStateOf(owner)
        rule.setContent { App(shown) }
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
        assertEquals(1, hand.taps { tap("Join a shop") })
        hand.sees("Pairing code")
        hand.types("Pairing code", code)
        assertEquals(1, hand.taps { tap("Join") })
        hand.sees("Sale without a card")
        assertTrue(runBlocking { next.core.isEnrolled() })
    }

    @Composable
    private fun App(phone: DeskPhone) {
        val taste = Taste(letters, Language.English, dark = false, Motion.Reduced)
        KartkaApp(phone.screens, phone.facts, taste, Stage(phone.host) {})
    }

    private fun opened(name: String, code: String?): DeskPhone =
        runBlocking { DeskPhone.open(folder.resolve(name), scope, code) }.also(phones::add)
}
