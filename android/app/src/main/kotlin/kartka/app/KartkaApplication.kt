package kartka.app

import android.app.Application
import android.util.Log
import kartka.corebridge.LogLines
import kartka.corebridge.Severity

/** The process, and what lives as long as it. */
open class KartkaApplication : Application() {
    /** The shop's data and its person's cards, outside of what the platform may copy anywhere. */
    open val house: House by lazy {
        val folder = noBackupFilesDir.resolve("shop").also { it.mkdirs() }
        House(folder, KeystoreSecrets(this, "kartka"), KeystoreSecrets(this, "kartka-cards"), Logcat, copies)
    }

    /** Where the shop's encrypted copy lies. */
    val copies: CopyPlace by lazy { CopyPlace(this) }

    /** When the exchange runs without anybody looking. */
    open val errands: Errands by lazy { WorkErrands(this) }
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
