package kartka.ui.nav

import androidx.compose.ui.test.junit4.createComposeRule
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import kartka.presentation.CountingIds
import kartka.presentation.Route
import kartka.presentation.join.JoinPresenter
import kartka.presentation.stocked
import kartka.presentation.words.Language
import kartka.ui.design.Motion
import kartka.ui.picture.StillHost
import kartka.ui.picture.bundled
import kartka.ui.screen.Host
import kartka.ui.text.Speech
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import org.junit.Rule
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertTrue

/** A customer's screens as they hang together: the light, the ways, both modes on one phone. */
class HolderTest {
    @get:Rule
    val rule = createComposeRule()

    private val speech = Speech(Language.English, null)
    private val host = Lamp()
    private val shop = stocked().apply { wallet.holds() }

    @Test
    fun `the screen shines while the card is on it and no longer`() {
        val screens = drawn(enrolled = false, has = true)
        assertEquals(Route.Cards, screens.place.value.route)
        assertFalse(host.lit)
        rule.onNodeWithText("Кав'ярня").performClick()
        rule.waitForIdle()
        assertTrue(host.lit)
        rule.onNodeWithContentDescription(speech.named("card.show", "shop", "Кав'ярня")).assertExists()
        rule.onNodeWithText(speech("card.profile")).performClick()
        rule.waitForIdle()
        assertFalse(host.lit, "what was raised is given back")
    }

    @Test
    fun `a phone of a shop has its person's cards beside the counter`() {
        val screens = drawn(enrolled = true, has = true)
        rule.onNodeWithText(speech("cards.title")).performClick()
        rule.waitForIdle()
        assertEquals(Route.Cards, screens.place.value.route)
        rule.onNodeWithText(speech("scan.title")).performClick()
        rule.waitForIdle()
        assertEquals(Route.Scan(), screens.place.value.route)
    }

    @Test
    fun `a link that another app opened comes to the cards on every phone and takes nothing by itself`() {
        listOf(true, false).forEach { enrolled ->
            val screens = opened(enrolled, has = false)
            screens.read("L1-9-Пекарня")
            val join = assertIs<JoinPresenter>(screens.place.value.presenter)
            assertEquals(
                "Пекарня",
                join.state.value.linked
                    ?.shop,
            )
            assertEquals(1, shop.wallet.count)
        }
        val screens = opened(enrolled = false, has = true)
        screens.read("K1-7")
        assertIs<JoinPresenter>(screens.place.value.presenter, "a card's code alone is told from a link there")
        screens.read("KP1-good")
        assertEquals(Route.Pair, screens.place.value.route, "a pairing code leads into a shop also from there")
    }

    private fun opened(enrolled: Boolean, has: Boolean): OpenScreens {
        shop.house.enrolled = enrolled
        val here = Here("UA", "Телефон", enrolled, has)
        val scope = CoroutineScope(SupervisorJob() + Dispatchers.Unconfined)
        return OpenScreens(Counter(shop, CountingIds(), Dispatchers.Unconfined, here), scope)
    }

    private fun drawn(enrolled: Boolean, has: Boolean): OpenScreens {
        val screens = opened(enrolled, has)
        val taste = Taste(bundled, Language.English, dark = false, Motion.Reduced)
        rule.setContent { KartkaApp(screens, null, taste, Stage(host) {}) }
        return screens
    }
}

/** Remembers whether the screen shines. */
private class Lamp : Host by StillHost {
    var lit = false

    override fun bright(on: Boolean) {
        lit = on
    }
}
