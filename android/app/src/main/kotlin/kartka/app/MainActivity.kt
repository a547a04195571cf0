package kartka.app

import android.graphics.SurfaceTexture
import android.provider.Settings
import android.view.TextureView
import androidx.activity.compose.setContent
import androidx.compose.foundation.isSystemInDarkTheme
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.runtime.produceState
import androidx.compose.ui.Modifier
import androidx.compose.ui.text.font.Font
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.viewinterop.AndroidView
import kartka.corebridge.KartkaGateway
import kartka.presentation.CoreFault
import kartka.presentation.ShopFacts
import kartka.presentation.words.Language
import kartka.ui.design.Motion
import kartka.ui.nav.KartkaApp
import kartka.ui.nav.Opening
import kartka.ui.nav.Stage
import kartka.ui.nav.Taste
import java.util.Locale

/** The one Activity that the launcher shows: it draws what [CounterActivity] has open. */
class MainActivity : CounterActivity() {
    override fun drawOpening(host: PhoneHost) {
        setContent { Opening(taste(isSystemInDarkTheme()), host) }
    }

    override fun drawCounter(shell: CounterShell, core: KartkaGateway, host: PhoneHost) {
        val stage = Stage(host) { CameraPicture(it, shell) }
        setContent {
            val place by shell.screens.place.collectAsState()
            // Before the shop is founded or paired there are no facts; numbers are written without them.
            val facts by produceState<ShopFacts?>(null, place) { value = factsOf(core) }
            KartkaApp(shell.screens, facts, taste(isSystemInDarkTheme()), stage)
        }
    }

    private suspend fun factsOf(core: KartkaGateway): ShopFacts? =
        try {
            core.facts()
        } catch (_: CoreFault) {
            null
        }

    private fun taste(dark: Boolean): Taste {
        val scale = Settings.Global.getFloat(contentResolver, Settings.Global.ANIMATOR_DURATION_SCALE, 1f)
        val motion = if (scale == 0f) Motion.Reduced else Motion.Full
        return Taste(letters, Language.of(Locale.getDefault().language), dark, motion)
    }

    private val letters by lazy {
        FontFamily(
            Font("font/manrope_medium.ttf", assets, FontWeight.Normal),
            Font("font/manrope_bold.ttf", assets, FontWeight.Bold),
        )
    }
}

/** Where the camera draws. */
@Composable
private fun CameraPicture(modifier: Modifier, shell: CounterShell) {
    AndroidView(
        factory = { context -> TextureView(context).apply { surfaceTextureListener = CameraGlass(shell) } },
        modifier = modifier,
    )
}

/** Lends the picture's place to the camera while it is there. */
private class CameraGlass(private val shell: CounterShell) : TextureView.SurfaceTextureListener {
    override fun onSurfaceTextureAvailable(surface: SurfaceTexture, width: Int, height: Int) {
        shell.drawOn(surface)
    }

    override fun onSurfaceTextureDestroyed(surface: SurfaceTexture): Boolean {
        shell.drawOn(null)
        return true
    }

    /** The picture fills whatever it gets. */
    override fun onSurfaceTextureSizeChanged(surface: SurfaceTexture, width: Int, height: Int) = Unit

    override fun onSurfaceTextureUpdated(surface: SurfaceTexture) = Unit
}
