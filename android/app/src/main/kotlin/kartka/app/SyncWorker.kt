package kartka.app

import android.content.Context
import androidx.work.BackoffPolicy
import androidx.work.Constraints
import androidx.work.CoroutineWorker
import androidx.work.ExistingPeriodicWorkPolicy
import androidx.work.ExistingWorkPolicy
import androidx.work.NetworkType
import androidx.work.OneTimeWorkRequestBuilder
import androidx.work.PeriodicWorkRequestBuilder
import androidx.work.WorkManager
import androidx.work.WorkerParameters
import kartka.presentation.CoreFault
import kartka.presentation.SyncDot
import kartka.presentation.TroubleKind
import java.util.concurrent.TimeUnit

/** The exchange while nobody looks: as soon as there is a network, and now and then. */
class SyncWorker(context: Context, parameters: WorkerParameters) : CoroutineWorker(context, parameters) {
    override suspend fun doWork(): Result {
        val core = (applicationContext as KartkaApplication).core()
        return try {
            core.exchange()
            if (core.syncMark().dot == SyncDot.Stuck) Notices(applicationContext).stuck()
            Result.success()
        } catch (fault: CoreFault) {
            when (fault.trouble.kind) {
                TroubleKind.Offline, TroubleKind.ServerUnavailable, TroubleKind.Busy -> Result.retry()
                else -> Result.failure()
            }
        }
    }

    companion object {
        private const val NOW = "exchange"
        private const val ALWAYS = "exchange-now-and-then"
        private const val HOURS = 6L
        private const val FIRST_WAIT_S = 30L
        private val network = Constraints.Builder().setRequiredNetworkType(NetworkType.CONNECTED).build()

        /** Exchanges when there is a network; one at a time. */
        fun soon(context: Context) {
            val request =
                OneTimeWorkRequestBuilder<SyncWorker>()
                    .setConstraints(network)
                    .setBackoffCriteria(BackoffPolicy.EXPONENTIAL, FIRST_WAIT_S, TimeUnit.SECONDS)
                    .build()
            WorkManager.getInstance(context).enqueueUniqueWork(NOW, ExistingWorkPolicy.KEEP, request)
        }

        /** Exchanges a few times a day also when the app is not opened. */
        fun nowAndThen(context: Context) {
            val request = PeriodicWorkRequestBuilder<SyncWorker>(HOURS, TimeUnit.HOURS).setConstraints(network).build()
            WorkManager.getInstance(context).enqueueUniquePeriodicWork(ALWAYS, ExistingPeriodicWorkPolicy.KEEP, request)
        }
    }
}
