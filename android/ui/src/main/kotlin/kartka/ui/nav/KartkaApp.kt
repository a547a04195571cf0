package kartka.ui.nav

import androidx.compose.animation.Crossfade
import androidx.compose.animation.core.snap
import androidx.compose.animation.core.tween
import androidx.compose.foundation.layout.Column
import androidx.compose.material3.NavigationBar
import androidx.compose.material3.NavigationBarItem
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.font.FontFamily
import kartka.presentation.Route
import kartka.presentation.ShopFacts
import kartka.presentation.open.OpenState
import kartka.presentation.words.Language
import kartka.ui.component.Glyph
import kartka.ui.component.Sign
import kartka.ui.design.DarkColours
import kartka.ui.design.Kartka
import kartka.ui.design.KartkaTheme
import kartka.ui.design.LightColours
import kartka.ui.design.Motion
import kartka.ui.screen.Host
import kartka.ui.screen.OpenScreen
import kartka.ui.text.Speaking
import kartka.ui.text.Speech
import kartka.ui.text.speech

private const val QUICK = 120

/** How the app looks and speaks here: what the platform and the person have chosen. */
class Taste(val family: FontFamily, val language: Language, val dark: Boolean, val motion: Motion)

/** The whole app: the screen in front, in the person's language and theme. */
@Composable
fun KartkaApp(screens: OpenScreens, facts: ShopFacts?, taste: Taste, stage: Stage) {
    val place by screens.place.collectAsState()
    val guided = remember(screens, stage) { Stage(Guide(screens, stage.host), stage.preview) }
    Dressed(taste, facts) {
        Column {
            Crossfade(
                place,
                Modifier.weight(1f),
                animationSpec = if (Kartka.motion == Motion.Full) tween(QUICK) else snap(),
            ) { it.Draw(guided) }
            if (screens.staffed && place.route in modes) ModeBar(place.route, screens::go)
        }
    }
}

/** What is seen before there are screens: the data on this phone are looked at. */
@Composable
fun Opening(taste: Taste, host: Host) {
    Dressed(taste, facts = null) { OpenScreen(OpenState(opening = true), host, {}) }
}

@Composable
private fun Dressed(taste: Taste, facts: ShopFacts?, content: @Composable () -> Unit) {
    val speech = remember(taste.language, facts) { Speech(taste.language, facts) }
    KartkaTheme(taste.family, if (taste.dark) DarkColours else LightColours, taste.motion) {
        Speaking(speech, content)
    }
}

/** The first screen of each mode, in the order of the bar. */
private val modes = listOf(Route.Scan(), Route.Today, Route.Cards)

/** The modes of staff, owner and holder; whether a person may see the second one's figures, the core says. */
@Composable
private fun ModeBar(front: Route, go: (Route) -> Unit) {
    NavigationBar(containerColor = Kartka.colours.card.ground) {
        listOf(
            Triple(Route.Scan(), "scan.title", Glyph.Camera),
            Triple(Route.Today, "today.title", Glyph.Star),
            Triple(Route.Cards, "cards.title", Glyph.Card),
        ).forEach { (route, word, glyph) ->
            NavigationBarItem(
                selected = route == front,
                onClick = { go(route) },
                icon = { Sign(glyph) },
                label = { Text(speech(word), style = Kartka.type.small) },
            )
        }
    }
}
