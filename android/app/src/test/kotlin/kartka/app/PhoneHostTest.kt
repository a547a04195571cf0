package kartka.app

import android.app.Activity
import android.app.Application
import android.provider.Settings
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import kotlin.test.assertEquals

/** What the system's own screens are asked for. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = Application::class)
class PhoneHostTest {
    private val activity = Robolectric.buildActivity(Activity::class.java).setup().get()

    @Test
    fun `a language is chosen for this app alone`() {
        PhoneHost(activity).openLanguages()
        val asked = shadowOf(activity).nextStartedActivity
        val wanted = Settings.ACTION_APP_LOCALE_SETTINGS to activity.packageName
        assertEquals(wanted, asked.action to asked.data?.schemeSpecificPart)
    }
}
