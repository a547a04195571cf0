package kartka.app

import android.Manifest.permission.CAMERA
import android.content.Context
import android.content.Intent
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraManager
import android.net.Uri
import android.os.Bundle
import android.os.Looper
import kartka.corebridge.RandomRequestIds
import kartka.corebridge.SecretsFault
import kartka.presentation.CoreFault
import kartka.presentation.Founding
import kartka.presentation.RecentSale
import kartka.presentation.Route
import kartka.presentation.ShopKind
import kartka.presentation.TroubleKind
import kartka.presentation.customer.CustomerAction
import kartka.presentation.customer.CustomerPresenter
import kartka.presentation.join.JoinAction
import kartka.presentation.join.JoinPresenter
import kartka.presentation.open.OpenAction
import kartka.presentation.open.OpenFace
import kartka.presentation.open.OpenPresenter
import kartka.presentation.pair.PairPresenter
import kartka.presentation.scan.Camera
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.shadows.ShadowCameraCharacteristics
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertIs
import kotlin.test.assertNull

/** The whole Activity over the real core; drawing is tested elsewhere. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = QuietApplication::class)
class CounterActivityTest {
    private val phone get() = RuntimeEnvironment.getApplication() as QuietApplication

    @After
    fun close() = phone.ends()

    @Test
    fun `a process that dies while a sale is written has sold once and only once`() {
        founded()
        val before = started()
        before.typesASale()
        before.customer().act(CustomerAction.Commit)
        val kept = before.dies()
        phone.isReborn()
        val after = started(kept)
        after.comesTo("Done") { it is Route.Done }
        assertEquals(listOf(5_000L), sales())
    }

    @Test
    fun `a sale that was only typed goes on in the next process and is made once`() {
        founded()
        val before = started()
        before.typesASale()
        val kept = before.dies()
        phone.isReborn()
        assertEquals(emptyList(), sales())
        val after = started(kept)
        assertEquals("50,00", after.customer().now.typed)
        eventually("a quote") { after.customer().now.canCommit }
        repeat(30) { after.customer().act(CustomerAction.Commit) }
        after.comesTo("Done") { it is Route.Done }
        assertEquals(listOf(5_000L), sales())
    }

    @Test
    fun `a rotation takes over the open shop and what was typed`() {
        founded()
        val desk = started()
        desk.typesASale()
        val before = desk.customer().now.draft
        desk.recreate()
        idle()
        assertFalse(desk.get().waited, "the data is open already")
        assertEquals(before, desk.customer().now.draft)
    }

    @Test
    fun `a phone that was not unlocked yet says so and opens the shop afterwards`() {
        founded()
        phone.isReborn()
        phone.secrets.fault = SecretsFault.Locked()
        assertEquals(Exchanged.Later, runBlocking { exchanged(phone.house) {} })
        val desk = Robolectric.buildActivity(QuietActivity::class.java).setup()
        eventually("a locked key store") { desk.opening()?.run { now.face } == OpenFace.KeysLocked }
        phone.secrets.fault = null
        checkNotNull(desk.opening()).act(OpenAction.TryAgain)
        desk.comesTo("the counter") { it == Route.Scan() }
    }

    @Test
    fun `a phone that lost the shop's key comes to its person's cards, and takes a link there`() {
        founded()
        phone.isReborn()
        phone.secrets.fault = SecretsFault.Lost()
        val link = Intent(Intent.ACTION_VIEW, Uri.parse("kartka:$CARD#%D0%9F%D0%B5%D0%BA%D0%B0%D1%80%D0%BD%D1%8F"))
        val desk = Robolectric.buildActivity(QuietActivity::class.java, link).setup()
        desk.comesTo("Join") { it is Route.Join }
        assertIs<JoinPresenter>(
            desk
                .screens()
                .place.value.presenter,
        ).act(JoinAction.Take)
        desk.comesTo("Card") { it is Route.Card }
        assertEquals(Exchanged.Later, runBlocking { exchanged(phone.house) {} }, "its shop is asked again later")
        phone.secrets.fault = null
        desk.screens().back()
        desk.screens().back()
        eventually("the lost key") { desk.opening()?.run { now.face } == OpenFace.KeyMissing }
    }

    @Test
    fun `a phone that only holds cards has no data of a shop and asks its key store for none`() {
        phone.secrets.fault = SecretsFault.Lost()
        runBlocking { phone.house.core.takeCard(CARD) }
        phone.isReborn()
        val desk = started()
        desk.comesTo("Cards") { it == Route.Cards }
        assertFalse(phone.folder.resolve("kartka.db").exists())
    }

    @Test
    fun `a pairing code that another app read is typed and nothing is paired by itself`() {
        val link = Intent(Intent.ACTION_VIEW, Uri.parse("KARTKA1:ABCDEFG"))
        val desk = Robolectric.buildActivity(QuietActivity::class.java, link).setup()
        desk.comesTo("Pair") { it == Route.Pair }
        val pairing =
            assertIs<PairPresenter>(
                desk
                    .screens()
                    .place.value.presenter,
            )
        assertEquals("KARTKA1:ABCDEFG", pairing.state.value.code)
        assertFalse(pairing.state.value.pairing)
        desk.recreate()
        idle()
        assertEquals(2, desk.screens().keep().size, "the link is followed once")
    }

    @Test
    fun `the camera starts and dies in the middle and comes back when it is asked for`() {
        founded()
        val cameras = phone.getSystemService(Context.CAMERA_SERVICE) as CameraManager
        val back = ShadowCameraCharacteristics.newCameraCharacteristics()
        shadowOf(back).set(CameraCharacteristics.LENS_FACING, CameraCharacteristics.LENS_FACING_BACK)
        shadowOf(cameras).addCamera("0", back)
        shadowOf(phone).grantPermissions(CAMERA)
        val desk = started()
        eventually("frames") { desk.screens().camera == Camera.Searching }
        shadowOf(cameras).triggerDisconnect()
        eventually("a camera that is gone") { desk.screens().camera == Camera.Busy }
        checkNotNull(desk.get().shell).answered(request = 1)
        eventually("frames again") { desk.screens().camera == Camera.Searching }
    }

    @Test
    fun `the exchange is asked for when the app is left`() {
        founded()
        val desk = started()
        assertEquals(listOf("now and then"), phone.asked)
        desk.pause().stop()
        assertEquals(listOf("now and then", "soon"), phone.asked)
    }

    @Test
    fun `a link opens a customer's cards, is taken by a tap, and the card is there in the next process`() {
        val link = Intent(Intent.ACTION_VIEW, Uri.parse("kartka:$CARD#%D0%9F%D0%B5%D0%BA%D0%B0%D1%80%D0%BD%D1%8F"))
        val desk = Robolectric.buildActivity(QuietActivity::class.java, link).setup()
        desk.comesTo("Join") { it is Route.Join }
        val join =
            assertIs<JoinPresenter>(
                desk
                    .screens()
                    .place.value.presenter,
            )
        assertEquals(
            "Пекарня",
            join.state.value.linked
                ?.shop,
        )
        join.act(JoinAction.Take)
        desk.comesTo("Card") { it is Route.Card }
        val kept = desk.dies()
        assertNull(phone.secrets.load("wallet-key"), "the cards' key lies apart from a shop's")
        phone.isReborn()
        val goesOn = started(kept)
        goesOn.comesTo("Card") { it is Route.Card }
        goesOn.dies()
        phone.isReborn()
        val anew = started()
        anew.comesTo("Cards") { it == Route.Cards }
        assertEquals(Exchanged.Later, runBlocking { exchanged(phone.house) {} }, "its shop is asked again later")
    }

    private fun founded(): Unit =
        runBlocking {
            val form = Founding("Кав'ярня", "UA", ShopKind.Coffee, "Марта")
            phone.house.opened().found(RandomRequestIds().next(), form)
            phone.house.look()
        }

    /** What was sold here; a process that is just dying may hold the data a moment longer. */
    private fun sales(): List<Long> {
        var sold: List<RecentSale>? = null
        eventually("the data") {
            sold = runBlocking { unlessBusy { phone.house.opened().recentSales() } }
            sold != null
        }
        return sold.orEmpty().map { it.paid.minor }
    }

    private suspend fun <T> unlessBusy(work: suspend () -> T): T? =
        try {
            work()
        } catch (fault: CoreFault) {
            if (fault.trouble.kind == TroubleKind.Busy) null else throw fault
        }

    /** An Activity with the counter open; a process that is just dying may hold the data a moment longer. */
    private fun started(kept: Bundle? = null): ActivityController<QuietActivity> {
        val built = Robolectric.buildActivity(QuietActivity::class.java)
        val desk = if (kept == null) built.setup() else built.setup(kept)
        eventually("the counter") {
            desk.opening()?.run { if (now.face == OpenFace.Busy) act(OpenAction.TryAgain) }
            desk.get().shell != null && desk.opening() == null
        }
        return desk
    }

    private fun ActivityController<QuietActivity>.screens() = checkNotNull(get().shell).screens

    private fun ActivityController<QuietActivity>.customer(): CustomerPresenter =
        assertIs<CustomerPresenter>(screens().place.value.presenter)

    private val CustomerPresenter.now get() = state.value

    /** The screen that says why the shop does not open, where it is in front. */
    private fun ActivityController<QuietActivity>.opening(): OpenPresenter? =
        get()
            .shell
            ?.screens
            ?.place
            ?.value
            ?.presenter as? OpenPresenter

    private val OpenPresenter.now get() = state.value

    private fun ActivityController<QuietActivity>.typesASale() {
        screens().go(Route.Customer(null))
        customer().act(CustomerAction.Type("50,00"))
        eventually("a quote") { customer().now.canCommit }
    }

    private fun ActivityController<QuietActivity>.comesTo(name: String, there: (Route) -> Boolean): Unit =
        eventually(name) {
            get()
                .shell
                ?.screens
                ?.place
                ?.value
                ?.route
                ?.let(there) == true
        }

    /** What the system keeps of an Activity whose process it ends. */
    private fun ActivityController<QuietActivity>.dies(): Bundle =
        Bundle().also {
            pause().stop().saveInstanceState(it).destroy()
        }

    private fun idle(): Unit = shadowOf(Looper.getMainLooper()).idle()

    /** The core answers from its own threads. */
    private fun eventually(what: String, done: () -> Boolean) {
        val deadline = System.nanoTime() + PATIENCE
        while (!done()) {
            check(System.nanoTime() < deadline) { "waited in vain for $what" }
            Thread.yield()
            idle()
        }
    }

    private companion object {
        const val PATIENCE = 60_000_000_000

        /** The address of a card whose shop nobody reaches. */
        const val CARD = "http://127.0.0.1:9/ABCD/0123456789ABCDEF?s=00000000000000000000000001"
    }
}
