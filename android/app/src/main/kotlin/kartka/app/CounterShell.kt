package kartka.app

import android.Manifest.permission.CAMERA
import android.app.Activity
import android.content.Intent
import android.content.pm.PackageManager.PERMISSION_GRANTED
import android.graphics.SurfaceTexture
import android.net.Uri
import android.os.Bundle
import kartka.presentation.LumaFrame
import kartka.presentation.scan.Camera
import kartka.ui.nav.Counter
import kartka.ui.nav.OpenScreens
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/**
 * What an Activity of the counter does besides drawing: the camera and its permission, the screens that go on after
 * the process died, links that were opened from outside.
 */
class CounterShell(private val activity: Activity, counter: Counter, saved: Bundle?) {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Main.immediate)
    private var texture: SurfaceTexture? = null
    private var asked = saved?.getBoolean(ASKED) ?: false

    /** What is open; after a rotation or a death it goes on where it was. */
    val screens = OpenScreens(counter, scope, saved?.getStringArrayList(KEPT).orEmpty())

    private val feed =
        CameraFeed(
            activity,
            object : CameraEar {
                override fun frame(frame: LumaFrame): Unit = activity.runOnUiThread { screens.frame(frame) }

                override fun searching(): Unit = activity.runOnUiThread { screens.cameraIs(Camera.Searching) }

                override fun busy(): Unit = activity.runOnUiThread { screens.cameraIs(Camera.Busy) }
            },
        )

    private var seen = false

    init {
        scope.launch { screens.place.collect { if (screens.camera != Camera.Searching) look() } }
    }

    /** The Activity is seen: the camera may run. */
    fun start() {
        seen = true
        when {
            isGranted() -> look()
            asked -> screens.cameraIs(refused())
            else -> screens.cameraIs(Camera.NotAsked)
        }
    }

    /** The camera runs for a screen that looks through it, and for no other. */
    private fun look() {
        if (seen && screens.looks && isGranted()) feed.open(texture)
    }

    /** The Activity is seen no longer. */
    fun stop() {
        seen = false
        feed.close()
    }

    /** The Activity is gone; the screens go on in the next one from what [save] kept. */
    fun end() {
        feed.end()
        screens.end()
        scope.cancel()
    }

    /** Writes down what goes on after the process died. */
    fun save(out: Bundle) {
        out.putStringArrayList(KEPT, ArrayList(screens.keep()))
        out.putBoolean(ASKED, asked)
    }

    /** The camera's picture has a place on the screen. */
    fun drawOn(surface: SurfaceTexture?) {
        texture = surface
        feed.close()
        if (surface != null && isGranted()) feed.open(surface)
    }

    /** Asks the person for the camera. */
    fun askForCamera() {
        asked = true
        activity.requestPermissions(arrayOf(CAMERA), REQUEST)
    }

    /** The person has answered. */
    fun answered(request: Int) {
        if (request != REQUEST) return
        if (isGranted()) feed.open(texture) else screens.cameraIs(refused())
    }

    /** Turns the light on, or off again. */
    fun turnTorch(): Unit = feed.turnTorch()

    /** Another app has read a code and opened it here; what the list of last apps opens again was followed long ago. */
    fun opened(intent: Intent?) {
        if (intent == null || intent.action != Intent.ACTION_VIEW) return
        if (intent.flags and Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY != 0) return
        val link = intent.dataString?.takeIf { it.length <= LONGEST_LINK } ?: return
        screens.read(
            when {
                // An address is read as it stands: decoding would make its parts equal.
                link.startsWith(SCHEME + "http") -> link.removePrefix(SCHEME)
                '/' in link -> link
                else -> Uri.decode(link.removePrefix(SCHEME))
            },
        )
    }

    private fun isGranted(): Boolean = activity.checkSelfPermission(CAMERA) == PERMISSION_GRANTED

    /** Once refused the system may be asked again; refused for good it only opens its settings. */
    private fun refused(): Camera =
        if (activity.shouldShowRequestPermissionRationale(CAMERA)) Camera.Denied else Camera.Blocked

    companion object {
        private const val REQUEST = 1
        private const val KEPT = "kartka.screens"
        private const val ASKED = "kartka.asked"
        private const val SCHEME = "kartka:"

        /** Twice the longest pairing code, with spaces in it. */
        private const val LONGEST_LINK = 4_096

        /** Whether screens were written down in [saved]. */
        internal fun isIn(saved: Bundle?): Boolean = saved?.containsKey(KEPT) == true

        /** What was written down in [saved] goes on to [out] as it is. */
        internal fun carry(saved: Bundle, out: Bundle) {
            saved.getStringArrayList(KEPT)?.let { out.putStringArrayList(KEPT, it) }
            out.putBoolean(ASKED, saved.getBoolean(ASKED))
        }
    }
}
