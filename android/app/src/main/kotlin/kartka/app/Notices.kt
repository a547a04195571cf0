package kartka.app

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import android.os.Build
import kartka.presentation.words.Language
import kartka.ui.text.Speech
import java.util.Locale

/** What a person is told while the app is closed: only what they must act on, and no name or amount. */
class Notices(private val context: Context) {
    private val manager = context.getSystemService(NotificationManager::class.java)
    private val speech = Speech(Language.of(Locale.getDefault().language), null)

    /** The exchange has stopped and a person must look. */
    fun stuck() {
        val words = speech("sync.stuck")
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O) {
            val channel = NotificationChannel(CHANNEL, words, NotificationManager.IMPORTANCE_DEFAULT)
            manager?.createNotificationChannel(channel)
        }
        val open = Intent(context, MainActivity::class.java)
        val tap = PendingIntent.getActivity(context, 0, open, PendingIntent.FLAG_IMMUTABLE)
        manager?.notify(
            STUCK,
            builder()
                .setContentTitle(words)
                .setContentIntent(tap)
                .setAutoCancel(true)
                .build(),
        )
    }

    private fun builder(): Notification.Builder {
        val builder =
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O) {
                Notification.Builder(context, CHANNEL)
            } else {
                @Suppress("DEPRECATION")
                Notification.Builder(context)
            }
        return builder.setSmallIcon(android.R.drawable.stat_notify_sync_noanim)
    }

    private companion object {
        const val CHANNEL = "exchange"
        const val STUCK = 1
    }
}
