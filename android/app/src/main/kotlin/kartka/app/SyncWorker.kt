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

/** When the exchange runs without anybody looking. */
interface Errands {
    /** As soon as there is a network; one at a time. */
    fun soon()

    /** A few times a day also when the app is not opened; what is due without a network, too. */
    fun nowAndThen()
}

/** The exchange while nobody looks. */
class SyncWorker(context: Context, parameters: WorkerParameters) : CoroutineWorker(context, parameters) {
    override suspend fun doWork(): Result {
        val application = applicationContext as KartkaApplication
        return when (exchanged(application.house) { Notices(application).stuck() }) {
            Exchanged.Done -> Result.success()
            Exchanged.Later -> Result.retry()
            Exchanged.InVain -> Result.failure()
        }
    }
}

/** What is due while nobody waits, the shop's copy above all: also for a phone that never has a network. */
class RestWorker(context: Context, parameters: WorkerParameters) : CoroutineWorker(context, parameters) {
    override suspend fun doWork(): Result =
        if (rested((applicationContext as KartkaApplication).house) ==
            Exchanged.Later
        ) {
            Result.retry()
        } else {
            Result.success()
        }
}

/** How an exchange ended; of two ends the later one says what is to be done next. */
internal enum class Exchanged {
    Done,

    /** A person must do something first, and the screens say what. */
    InVain,

    /** What stood in the way passes by itself. */
    Later,
}

/**
 * Exchanges once with the data of [house], and asks the shops of its person's cards; [stuck] is told when a person must
 * look. One of the two that fails keeps the other from nothing.
 */
internal suspend fun exchanged(house: House, stuck: () -> Unit): Exchanged {
    val shop =
        ended {
            val core = house.opened()
            if (house.enrolled) core.exchange()
            house.rest()
            if (house.enrolled && core.syncMark().dot == SyncDot.Stuck) stuck()
            Exchanged.Done
        }
    val cards =
        ended {
            val core = house.core
            val unreached = core.heldCards().isNotEmpty() && core.askShops().unreached > 0
            if (unreached) Exchanged.Later else Exchanged.Done
        }
    return maxOf(shop, cards)
}

/** Lets the data of [house] do what is due; it is opened if nobody has. */
internal suspend fun rested(house: House): Exchanged =
    ended {
        house.opened()
        house.rest()
        Exchanged.Done
    }

/** How [work] ended, or what its fault means for the next time. */
private suspend fun ended(work: suspend () -> Exchanged): Exchanged =
    try {
        work()
    } catch (fault: CoreFault) {
        when (fault.trouble.kind) {
            TroubleKind.Offline,
            TroubleKind.ServerUnavailable,
            TroubleKind.Busy,
            TroubleKind.KeysLocked,
            TroubleKind.KeysUnavailable,
            // Somebody left the cards while they were asked about: that stops this run's asking too.
            TroubleKind.Cancelled,
            -> Exchanged.Later
            else -> Exchanged.InVain
        }
    }

/** The system's own work list. */
internal class WorkErrands(private val context: Context) : Errands {
    private val network = Constraints.Builder().setRequiredNetworkType(NetworkType.CONNECTED).build()

    override fun soon() {
        val request =
            OneTimeWorkRequestBuilder<SyncWorker>()
                .setConstraints(network)
                .setBackoffCriteria(BackoffPolicy.EXPONENTIAL, FIRST_WAIT_S, TimeUnit.SECONDS)
                .build()
        WorkManager.getInstance(context).enqueueUniqueWork(NOW, ExistingWorkPolicy.KEEP, request)
    }

    override fun nowAndThen() {
        val request = PeriodicWorkRequestBuilder<SyncWorker>(HOURS, TimeUnit.HOURS).setConstraints(network).build()
        val rest = PeriodicWorkRequestBuilder<RestWorker>(REST_HOURS, TimeUnit.HOURS).build()
        WorkManager.getInstance(context).run {
            enqueueUniquePeriodicWork(ALWAYS, ExistingPeriodicWorkPolicy.KEEP, request)
            enqueueUniquePeriodicWork(REST, ExistingPeriodicWorkPolicy.KEEP, rest)
        }
    }

    private companion object {
        const val NOW = "exchange"
        const val ALWAYS = "exchange-now-and-then"
        const val REST = "rest-now-and-then"
        const val HOURS = 6L
        const val REST_HOURS = 2L
        const val FIRST_WAIT_S = 30L
    }
}
