package kartka.app

import android.Manifest.permission.POST_NOTIFICATIONS
import android.app.Activity
import android.app.Application
import kartka.ui.screen.Telling
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import kotlin.test.assertEquals
import kotlin.test.assertNull

/** The leave to tell a person something: asked for once, and nothing depends on it. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = Application::class)
class NoticeLeaveTest {
    private val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
    private val asked get() = shadowOf(activity).lastRequestedPermission?.requestedPermissions?.toList()

    @Test
    fun `a person is asked once and a refusal is no trouble`() {
        val leave = NoticeLeave(activity)
        assertEquals(Telling.NotAsked, leave.telling.value)
        assertNull(asked, "nobody is asked before it matters")
        leave.ask()
        assertEquals(listOf(POST_NOTIFICATIONS), asked)
        leave.look()
        assertEquals(Telling.Refused, leave.telling.value)
        assertEquals(Telling.Refused, NoticeLeave(activity).telling.value, "also after a restart")
        Notices(activity).stuck()
    }

    @Test
    fun `what was granted is used and what was declined is not asked for again`() {
        val leave = NoticeLeave(activity)
        leave.dont()
        assertNull(asked)
        assertEquals(Telling.Refused, leave.telling.value)
        shadowOf(RuntimeEnvironment.getApplication()).grantPermissions(POST_NOTIFICATIONS)
        leave.look()
        assertEquals(Telling.Allowed, leave.telling.value)
    }

    @Test
    fun `a phone before Android 13 asks nobody`() {
        val leave = NoticeLeave(activity, sdk = 32)
        leave.ask()
        assertNull(asked)
        assertEquals(Telling.Allowed, leave.telling.value)
    }
}
