package kartka.ui.nav

import androidx.compose.animation.Crossfade
import androidx.compose.animation.core.snap
import androidx.compose.animation.core.tween
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.ui.text.font.FontFamily
import kartka.presentation.ShopFacts
import kartka.presentation.words.Language
import kartka.ui.design.DarkColours
import kartka.ui.design.Kartka
import kartka.ui.design.KartkaTheme
import kartka.ui.design.LightColours
import kartka.ui.design.Motion
import kartka.ui.text.Speaking
import kartka.ui.text.Speech

private const val QUICK = 120

/** How the app looks and speaks here: what the platform and the person have chosen. */
class Taste(val family: FontFamily, val language: Language, val dark: Boolean, val motion: Motion)

/** The whole app: the screen in front, in the person's language and theme. */
@Composable
fun KartkaApp(screens: OpenScreens, facts: ShopFacts?, taste: Taste, stage: Stage) {
    val place by screens.place.collectAsState()
    val speech = remember(taste.language, facts) { Speech(taste.language, facts) }
    KartkaTheme(taste.family, if (taste.dark) DarkColours else LightColours, taste.motion) {
        Speaking(speech) {
            Crossfade(place, animationSpec = if (Kartka.motion == Motion.Full) tween(QUICK) else snap()) {
                it.Draw(stage)
            }
        }
    }
}
