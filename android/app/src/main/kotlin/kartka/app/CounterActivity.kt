package kartka.app

import android.app.LocaleManager
import android.content.Context
import android.content.Intent
import android.os.Build
import android.os.Bundle
import androidx.activity.ComponentActivity
import androidx.activity.OnBackPressedCallback
import androidx.lifecycle.Lifecycle
import kartka.corebridge.KartkaGateway
import kartka.corebridge.RandomRequestIds
import kartka.presentation.Trouble
import kartka.ui.nav.Counter
import kartka.ui.nav.Here
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch
import java.util.Locale

/**
 * What an Activity of Kartka does from its birth to its death, without drawing: it opens the shop's data, has the screens
 * of [CounterShell] open, and writes them down for the case that the process dies.
 */
abstract class CounterActivity : ComponentActivity() {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Main.immediate)
    private val house get() = (application as KartkaApplication).house
    private val errands get() = (application as KartkaApplication).errands
    private val files by lazy { PhoneFiles(this, (application as KartkaApplication).copies) }
    private val notices by lazy { NoticeLeave(this) }
    private var saved: Bundle? = null

    /** The screens; null before the data is open. */
    var shell: CounterShell? = null
        private set

    /** Draws that the data are being opened. */
    protected abstract fun drawOpening(host: PhoneHost)

    /** Draws the screens. */
    protected abstract fun drawCounter(shell: CounterShell, core: KartkaGateway, host: PhoneHost)

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        saved = savedInstanceState
        onBackPressedDispatcher.addCallback(this, wayBack)
        errands.nowAndThen()
        files.sweep()
        if (house.open) begin(closed = null) else open()
    }

    private fun open() {
        drawOpening(PhoneHost(this, files = files, notices = notices))
        scope.launch { begin(house.look()) }
    }

    private fun begin(closed: Trouble?) {
        val core = house.core
        val here = Here(country(this), Build.MODEL, house.enrolled, house.holder, closed)
        val counter = Counter(core, RandomRequestIds(), Dispatchers.Default, here, house.pocket)
        val begun = CounterShell(this, counter, saved)
        shell = begun
        drawCounter(begun, core, PhoneHost(this, begun, core, files, notices))
        // What goes on from before has already followed the link that it was opened by.
        if (!CounterShell.isIn(saved)) begun.opened(intent)
        if (lifecycle.currentState.isAtLeast(Lifecycle.State.STARTED)) begun.start()
    }

    override fun onStart() {
        super.onStart()
        shell?.start()
        notices.look()
    }

    override fun onStop() {
        shell?.stop()
        scope.launch { house.rest() }
        errands.soon()
        super.onStop()
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        // Before the data is open there is nothing newer than what was kept.
        shell?.save(outState) ?: saved?.let { CounterShell.carry(it, outState) }
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        setIntent(intent)
        shell?.opened(intent)
    }

    @Deprecated("the form without a contract is the one that API 24 has")
    override fun onRequestPermissionsResult(requestCode: Int, permissions: Array<String>, grantResults: IntArray) {
        @Suppress("DEPRECATION")
        super.onRequestPermissionsResult(requestCode, permissions, grantResults)
        shell?.answered(requestCode)
        notices.look()
    }

    @Deprecated("the form without a contract is the one that API 24 has")
    override fun onActivityResult(requestCode: Int, resultCode: Int, data: Intent?) {
        @Suppress("DEPRECATION")
        super.onActivityResult(requestCode, resultCode, data)
        files.answered(requestCode, data)
    }

    override fun onDestroy() {
        shell?.end()
        files.end()
        scope.cancel()
        super.onDestroy()
    }

    private val wayBack =
        object : OnBackPressedCallback(true) {
            override fun handleOnBackPressed() {
                if (shell?.screens?.back() != true) moveTaskToBack(true)
            }
        }
}

/** Where the phone is at home; the language of this app alone says nothing of a country. */
private fun country(context: Context): String {
    val systems =
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            context.getSystemService(LocaleManager::class.java)?.systemLocales?.get(0)
        } else {
            null
        }
    return (systems ?: Locale.getDefault()).country
}
