package kartka.ui.nav

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.test.hasClickAction
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.junit4.createComposeRule
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import kartka.presentation.CountingIds
import kartka.presentation.NextStep
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.Words
import kartka.presentation.shift.ShiftFace
import kartka.presentation.shift.ShiftPresenter
import kartka.presentation.stocked
import kartka.presentation.words.Language
import kartka.ui.design.Motion
import kartka.ui.picture.StillHost
import kartka.ui.picture.bundled
import kartka.ui.screen.Host
import kartka.ui.screen.inKeys
import kartka.ui.text.Speech
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import org.junit.Rule
import kotlin.test.Test
import kotlin.test.assertTrue

/** What the core refuses, as a person meets it: in words, and with a way on that leads somewhere. */
class TroubleTest {
    @get:Rule
    val rule = createComposeRule()

    private val speech = Speech(Language.English, null)
    private val said = "error.storage_full"
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Unconfined)
    private val host = NotingHost()
    private val shop = stocked()
    private var screens by mutableStateOf(opened())

    @Test
    fun `a core error of each kind shows its words and a next step that is no dead button`() {
        val taste = Taste(bundled, Language.English, dark = false, Motion.Reduced)
        rule.setContent { KartkaApp(screens, null, taste, Stage(host) {}) }
        TroubleKind.entries.forEach { kind ->
            shop.desk.refuse(Trouble(kind, Words(said)))
            screens = opened().also { it.go(Route.Shift) }
            rule.onNodeWithText(speech(said)).assertExists("no words for $kind")
            shop.desk.refuse(null)
            host.done = null
            if (kind.next == NextStep.Correct) {
                rule.onNodeWithContentDescription(speech("common.back")).performClick()
            } else {
                val step = speech("next." + kind.next.name.inKeys())
                rule.onAllNodes(hasText(step) and hasClickAction()).onFirst().performClick()
            }
            rule.waitForIdle()
            assertTrue(host.done != null || screens.place.value.route != Route.Shift || isWell(), "$kind leads nowhere")
        }
    }

    /** The screen has asked again, and there is no trouble any more. */
    private fun isWell(): Boolean =
        (screens.place.value.presenter as? ShiftPresenter)?.run { state.value.face != ShiftFace.Trouble } == true

    private fun opened(): OpenScreens =
        OpenScreens(
            Counter(shop, CountingIds(), Dispatchers.Unconfined, Here("UA", "Каса", enrolled = true)),
            scope,
        )
}

/** Remembers what the platform was asked for. */
private class NotingHost : Host by StillHost {
    var done: Any? = null

    override fun help(step: NextStep) {
        done = step
    }

    override fun share(text: String) {
        done = text
    }
}
