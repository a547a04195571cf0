package kartka.app

import android.Manifest.permission.CAMERA
import android.app.Activity
import android.app.Application
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import android.os.Looper
import android.view.WindowManager.LayoutParams
import kartka.presentation.CountingIds
import kartka.presentation.FakeShop
import kartka.presentation.Route
import kartka.presentation.customer.CustomerAction
import kartka.presentation.customer.CustomerPresenter
import kartka.presentation.join.JoinPresenter
import kartka.presentation.scan.Camera
import kartka.ui.nav.Counter
import kartka.ui.nav.Here
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import kotlin.test.assertEquals
import kotlin.test.assertIs

/** The Activity's work in the framework's own code; drawing is tested elsewhere. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = Application::class)
class CounterShellTest {
    @Test
    fun `the camera is explained before it is asked for and refused without harm`() {
        val desk = start()
        assertEquals(Camera.NotAsked, desk.screens.camera)
        desk.get().shell.askForCamera()
        desk.answers()
        assertEquals(Camera.Blocked, desk.screens.camera, "the system will not ask again: only its settings help")
        shadowOf(desk.get().packageManager).setShouldShowRequestPermissionRationale(CAMERA, true)
        desk.answers()
        assertEquals(Camera.Denied, desk.screens.camera)
    }

    @Test
    fun `a granted camera is opened and one that is not there is busy and not a crash`() {
        val desk = start()
        desk.get().shell.askForCamera()
        shadowOf(RuntimeEnvironment.getApplication()).grantPermissions(CAMERA)
        desk.answers()
        desk.settles { desk.screens.camera == Camera.Busy }
        assertEquals(Camera.Busy, desk.screens.camera)
    }

    @Test
    fun `a rotation keeps what was typed`() {
        val desk = start()
        desk.typesASale()
        val before =
            desk
                .customer()
                .state.value.draft
        desk.recreate()
        idle()
        assertEquals(
            before,
            desk
                .customer()
                .state.value.draft,
        )
        assertEquals(
            "50,00",
            desk
                .customer()
                .state.value.typed,
        )
    }

    @Test
    fun `a process that dies in the middle of a sale neither loses nor doubles it`() {
        val desk = start()
        desk.typesASale()
        val gate = CompletableDeferred<Unit>()
        Desk.shop.desk.gate = gate
        desk.customer().act(CustomerAction.Commit)
        idle()
        val kept =
            Bundle().also {
                desk
                    .saveInstanceState(it)
                    .pause()
                    .stop()
                    .destroy()
            }
        gate.complete(Unit)
        idle()
        val next = Robolectric.buildActivity(Desk::class.java).setup(kept)
        idle()
        assertEquals(1, Desk.shop.till.sold.size)
        assertIs<Route.Done>(next.screens.place.value.route)
    }

    @Test
    fun `thirty quick taps are one sale`() {
        val desk = start()
        desk.typesASale()
        val customer = desk.customer()
        repeat(30) { customer.act(CustomerAction.Commit) }
        idle()
        assertEquals(1, Desk.shop.till.sold.size)
    }

    @Test
    fun `a code that another app read is looked up`() {
        val desk = start()
        desk.get().shell.opened(Intent(Intent.ACTION_VIEW, Uri.parse("kartka:0671234567")))
        idle()
        assertEquals(1, Desk.shop.asked.size)
    }

    @Test
    fun `the link to a card that another app opened waits for a tap and is read as it stands`() {
        val desk = start()
        desk.get().shell.opened(Intent(Intent.ACTION_VIEW, Uri.parse("kartka:L1-9-Пекарня")))
        idle()
        val join = assertIs<JoinPresenter>(desk.screens.place.value.presenter)
        assertEquals(
            "Пекарня",
            join.state.value.linked
                ?.shop,
        )
        assertEquals(0, Desk.shop.wallet.count)
        val address = "https://shop.example/ABCD/0123456789ABCDEF?s=1#%25"
        val alone = "kartka:/ABCD/0123456789ABCDEF?s=1#%25"
        listOf(address to address, "kartka:$address" to address, alone to alone).forEach { (link, read) ->
            Desk.shop.wallet.read
                .clear()
            desk.get().shell.opened(Intent(Intent.ACTION_VIEW, Uri.parse(link)))
            assertEquals(
                read,
                Desk.shop.wallet.read
                    .first(),
            )
        }
    }

    @Test
    fun `the camera rests while a card is shown and looks again for the next one`() {
        shadowOf(RuntimeEnvironment.getApplication()).grantPermissions(CAMERA)
        val desk = start()
        desk.settles { desk.screens.camera == Camera.Busy }
        desk.screens.go(Route.Cards)
        desk.screens.cameraIs(Camera.NotAsked)
        desk
            .pause()
            .stop()
            .start()
            .resume()
        idle()
        assertEquals(Camera.NotAsked, desk.screens.camera, "nobody has asked it for a picture")
        desk.screens.go(Route.Join())
        desk.settles { desk.screens.camera == Camera.Busy }
        assertEquals(Camera.Busy, desk.screens.camera, "there is none here, and it was asked")
    }

    @Test
    fun `the screen is made bright and given back`() {
        val desk = start()
        val host = PhoneHost(desk.get())
        host.bright(true)
        assertEquals(
            LayoutParams.BRIGHTNESS_OVERRIDE_FULL,
            desk
                .get()
                .window.attributes.screenBrightness,
        )
        host.bright(false)
        assertEquals(
            LayoutParams.BRIGHTNESS_OVERRIDE_NONE,
            desk
                .get()
                .window.attributes.screenBrightness,
        )
    }

    @Test
    fun `what a person takes along is offered to other apps as a text`() {
        val desk = start()
        PhoneHost(desk.get()).share("{}")
        val chooser = shadowOf(desk.get()).nextStartedActivity
        val sent = chooser.getParcelableExtra(Intent.EXTRA_INTENT, Intent::class.java)
        assertEquals("{}", sent?.getStringExtra(Intent.EXTRA_TEXT))
    }

    private fun start(): ActivityController<Desk> {
        Desk.shop = FakeShop()
        return Robolectric.buildActivity(Desk::class.java).setup().also { idle() }
    }

    private val ActivityController<Desk>.screens get() = get().shell.screens

    private fun ActivityController<Desk>.customer(): CustomerPresenter =
        assertIs<CustomerPresenter>(screens.place.value.presenter)

    private fun ActivityController<Desk>.typesASale() {
        screens.go(Route.Customer(null))
        idle()
        customer().act(CustomerAction.Type("50,00"))
        idle()
    }

    private fun ActivityController<Desk>.answers() {
        get().onRequestPermissionsResult(1, arrayOf(CAMERA), IntArray(1))
        idle()
    }

    /** The camera speaks from its own thread. */
    private fun ActivityController<Desk>.settles(done: () -> Boolean) {
        val deadline = System.nanoTime() + 10_000_000_000
        while (!done() && System.nanoTime() < deadline) idle()
    }

    private fun idle(): Unit = shadowOf(Looper.getMainLooper()).idle()
}

/** An Activity that draws nothing, over a shop that outlives it. */
class Desk : Activity() {
    lateinit var shell: CounterShell

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        shell =
            CounterShell(
                this,
                Counter(shop, CountingIds(), Dispatchers.Unconfined, Here("UA", "Каса", enrolled = true)),
                savedInstanceState,
            )
    }

    override fun onStart() {
        super.onStart()
        shell.start()
    }

    override fun onStop() {
        shell.stop()
        super.onStop()
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        shell.save(outState)
    }

    override fun onRequestPermissionsResult(requestCode: Int, permissions: Array<String>, grantResults: IntArray) {
        shell.answered(requestCode)
    }

    override fun onDestroy() {
        shell.end()
        super.onDestroy()
    }

    companion object {
        var shop = FakeShop()
    }
}
