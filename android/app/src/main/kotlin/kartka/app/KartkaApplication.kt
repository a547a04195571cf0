package kartka.app

import android.app.Application
import android.util.Log
import kartka.corebridge.KartkaGateway
import kartka.corebridge.LogLines
import kartka.corebridge.Severity
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** The process: it opens the shop's data once, for the screens and for the exchange in the background alike. */
class KartkaApplication : Application() {
    private val opening = Mutex()
    private var opened: KartkaGateway? = null

    /** The core over this phone's data; only one is ever open. */
    suspend fun core(): KartkaGateway =
        opening.withLock {
            opened ?: KartkaGateway.open(data().path, KeystoreSecrets(this), Logcat).also { opened = it }
        }

    /** Outside of what the platform may copy anywhere. */
    private fun data() = noBackupFilesDir.resolve("shop").also { it.mkdirs() }
}

/** Ids and places only, so that a log can be sent to somebody. */
private object Logcat : LogLines {
    private const val TAG = "kartka"

    override fun write(severity: Severity, what: String, reportId: String?) {
        val priority =
            when (severity) {
                Severity.Info -> Log.INFO
                Severity.Warning -> Log.WARN
                Severity.Error -> Log.ERROR
            }
        Log.println(priority, TAG, if (reportId == null) what else "$reportId $what")
    }
}
