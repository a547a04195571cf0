package kartka.app

import android.content.Intent
import android.graphics.SurfaceTexture
import android.os.Build
import android.os.Bundle
import android.provider.Settings
import android.view.TextureView
import androidx.activity.ComponentActivity
import androidx.activity.OnBackPressedCallback
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
import kartka.corebridge.RandomRequestIds
import kartka.presentation.CoreFault
import kartka.presentation.ShopFacts
import kartka.presentation.words.Language
import kartka.ui.design.Motion
import kartka.ui.nav.Counter
import kartka.ui.nav.Here
import kartka.ui.nav.KartkaApp
import kartka.ui.nav.Stage
import kartka.ui.nav.Taste
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import java.util.Locale

/** The one Activity: it opens the core, and draws what [CounterShell] has open. */
class MainActivity : ComponentActivity() {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Main.immediate)
    private var shell: CounterShell? = null
    private var saved: Bundle? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        saved = savedInstanceState
        onBackPressedDispatcher.addCallback(this, wayBack)
        SyncWorker.nowAndThen(this)
        scope.launch {
            val core = (application as KartkaApplication).core()
            open(core, core.isEnrolled())
        }
    }

    private fun open(core: KartkaGateway, enrolled: Boolean) {
        val here = Here(Locale.getDefault().country, Build.MODEL, enrolled)
        val opened = CounterShell(this, Counter(core, RandomRequestIds(), Dispatchers.Default, here), saved)
        shell = opened
        val stage = Stage(PhoneHost(this, core, opened)) { CameraPicture(it, opened) }
        setContent {
            val place by opened.screens.place.collectAsState()
            // Before the shop is founded or paired there are no facts; numbers are written without them.
            val facts by produceState<ShopFacts?>(null, place) { value = factsOf(core) }
            KartkaApp(opened.screens, facts, taste(isSystemInDarkTheme()), stage)
        }
        opened.opened(intent)
        opened.start()
    }

    private suspend fun factsOf(core: KartkaGateway): ShopFacts? =
        try {
            core.facts()
        } catch (_: CoreFault) {
            null
        }

    override fun onStart() {
        super.onStart()
        shell?.start()
    }

    override fun onStop() {
        shell?.stop()
        SyncWorker.soon(this)
        super.onStop()
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        // Before the core has answered there is nothing newer than what was kept.
        shell?.save(outState) ?: saved?.let(outState::putAll)
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        shell?.opened(intent)
    }

    @Deprecated("the form without a contract is the one that API 24 has")
    override fun onRequestPermissionsResult(requestCode: Int, permissions: Array<String>, grantResults: IntArray) {
        @Suppress("DEPRECATION")
        super.onRequestPermissionsResult(requestCode, permissions, grantResults)
        shell?.answered(requestCode)
    }

    override fun onDestroy() {
        shell?.end()
        scope.cancel()
        super.onDestroy()
    }

    private val wayBack =
        object : OnBackPressedCallback(true) {
            override fun handleOnBackPressed() {
                if (shell?.screens?.back() != true) moveTaskToBack(true)
            }
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
        factory = { context ->
            TextureView(context).apply {
                surfaceTextureListener =
                    object : TextureView.SurfaceTextureListener {
                        override fun onSurfaceTextureAvailable(surface: SurfaceTexture, width: Int, height: Int) {
                            shell.drawOn(surface)
                        }

                        override fun onSurfaceTextureDestroyed(surface: SurfaceTexture): Boolean {
                            shell.drawOn(null)
                            return true
                        }

                        override fun onSurfaceTextureSizeChanged(surface: SurfaceTexture, width: Int, height: Int) {
                            // The picture fills whatever it gets.
                        }

                        override fun onSurfaceTextureUpdated(surface: SurfaceTexture) = Unit
                    }
            }
        },
        modifier = modifier,
    )
}
