package kartka.app

import android.Manifest.permission.POST_NOTIFICATIONS
import android.app.Activity
import android.content.Context
import android.content.pm.PackageManager.PERMISSION_GRANTED
import android.os.Build
import kartka.ui.screen.Telling
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

/**
 * The person's leave to be told something while the app is closed. It is asked for once; refused, everything goes on and
 * only the screens tell.
 *
 * @property sdk before Android 13 nobody is asked
 */
class NoticeLeave(private val activity: Activity, private val sdk: Int = Build.VERSION.SDK_INT) {
    private val notes = activity.getSharedPreferences("notices", Context.MODE_PRIVATE)
    private val shown by lazy { MutableStateFlow(now()) }

    /** How it stands. */
    val telling: StateFlow<Telling> get() = shown.asStateFlow()

    /** Asks the person. */
    fun ask() {
        // Older systems ask nobody.
        if (sdk < Build.VERSION_CODES.TIRAMISU) return
        wasAsked()
        activity.requestPermissions(arrayOf(POST_NOTIFICATIONS), REQUEST)
    }

    /** The person does not want to be asked. */
    fun dont() {
        wasAsked()
        look()
    }

    /** The person has answered the system, or comes back from its settings. */
    fun look() {
        shown.value = now()
    }

    private fun wasAsked(): Unit = notes.edit().putBoolean(ASKED, true).apply()

    private fun now(): Telling =
        when {
            sdk < Build.VERSION_CODES.TIRAMISU -> Telling.Allowed
            activity.checkSelfPermission(POST_NOTIFICATIONS) == PERMISSION_GRANTED -> Telling.Allowed
            notes.getBoolean(ASKED, false) -> Telling.Refused
            else -> Telling.NotAsked
        }

    private companion object {
        const val REQUEST = 3
        const val ASKED = "asked"
    }
}
