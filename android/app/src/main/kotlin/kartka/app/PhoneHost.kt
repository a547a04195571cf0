package kartka.app

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.net.Uri
import android.os.Build
import android.os.VibrationEffect
import android.os.Vibrator
import android.provider.Settings
import android.view.HapticFeedbackConstants
import android.view.WindowManager.LayoutParams
import kartka.corebridge.KartkaGateway
import kartka.presentation.NextStep
import kartka.presentation.Picked
import kartka.ui.component.Squares
import kartka.ui.screen.Felt
import kartka.ui.screen.FileKind
import kartka.ui.screen.Host
import kartka.ui.screen.Telling
import kotlinx.coroutines.flow.StateFlow

/** What a phone can do for a screen; before the shop's data is open there is neither [shell] nor [core]. */
class PhoneHost(
    private val activity: Activity,
    private val shell: CounterShell? = null,
    private val core: KartkaGateway? = null,
    private val files: PhoneFiles = PhoneFiles(activity, CopyPlace(activity)),
    private val notices: NoticeLeave = NoticeLeave(activity),
) : Host {
    override val telling: StateFlow<Telling> get() = notices.telling

    override fun askToTell(): Unit = notices.ask()

    override fun dontAskToTell(): Unit = notices.dont()

    override fun askForCamera() {
        shell?.askForCamera()
    }

    override fun openSettings(): Unit =
        open(Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, Uri.fromParts("package", activity.packageName, null)))

    override fun openLanguages() {
        // Before Android 13 an app speaks what the phone speaks.
        val own = Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU
        val app = Uri.fromParts("package", activity.packageName, null)
        open(if (own) Intent(Settings.ACTION_APP_LOCALE_SETTINGS, app) else Intent(Settings.ACTION_LOCALE_SETTINGS))
    }

    override fun turnTorch() {
        shell?.turnTorch()
    }

    override fun help(step: NextStep) {
        when (step) {
            NextStep.FreeSpace -> open(Intent(Settings.ACTION_INTERNAL_STORAGE_SETTINGS))
            NextStep.Update ->
                open(
                    Intent(Intent.ACTION_VIEW, Uri.parse("market://details?id=" + activity.packageName)),
                )
            NextStep.UnlockPhone, NextStep.CloseOther, NextStep.RecoverySheet, NextStep.Restore, NextStep.TryAgain,
            -> activity.recreate()
            // The screens themselves do the rest.
            else -> Unit
        }
    }

    override fun keepFile(file: String, kept: () -> Unit): Unit = files.keep(file, kept)

    override fun keepCopy(file: String, kept: () -> Unit): Unit = files.keepCopy(file, kept)

    override fun pickFile(kind: FileKind, picked: (Picked) -> Unit): Unit = files.pick(kind, picked)

    override fun dropFile(file: String): Unit = files.drop(file)

    override fun squares(text: String): Squares? = core?.squares(text)?.let { Squares(it.side, it.dark) }

    override fun feel(outcome: Felt) {
        when (outcome) {
            Felt.Done -> activity.window.decorView.performHapticFeedback(HapticFeedbackConstants.VIRTUAL_KEY)
            Felt.Refused -> buzz()
        }
    }

    private fun buzz() {
        val vibrator = activity.getSystemService(Vibrator::class.java) ?: return
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.O) {
            vibrator.vibrate(VibrationEffect.createOneShot(BUZZ_MS, VibrationEffect.DEFAULT_AMPLITUDE))
        }
    }

    override fun bright(on: Boolean) {
        val attributes = activity.window.attributes
        attributes.screenBrightness =
            if (on) LayoutParams.BRIGHTNESS_OVERRIDE_FULL else LayoutParams.BRIGHTNESS_OVERRIDE_NONE
        activity.window.attributes = attributes
    }

    override fun share(text: String) {
        val send = Intent(Intent.ACTION_SEND).setType("text/plain").putExtra(Intent.EXTRA_TEXT, text)
        open(Intent.createChooser(send, null))
    }

    private fun open(intent: Intent) {
        try {
            activity.startActivity(intent)
        } catch (_: ActivityNotFoundException) {
            // A phone without that app: the words on the screen already say what helps.
        }
    }

    private companion object {
        const val BUZZ_MS = 80L
    }
}
