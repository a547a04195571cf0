package kartka.presentation

import kartka.presentation.about.AboutAction
import kartka.presentation.about.AboutPresenter
import kartka.presentation.choose.ChooseAction
import kartka.presentation.choose.ChooseFace
import kartka.presentation.choose.ChoosePresenter
import kartka.presentation.customer.CustomerAction
import kartka.presentation.customer.CustomerPresenter
import kartka.presentation.scan.Camera
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.runBlocking
import kotlin.coroutines.EmptyCoroutineContext
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull

/** What belongs to a customer: vouchers, friends, joined records. */
class TiesPresentersTest {
    private val shop = stocked()

    private fun choosing(why: Choosing, kept: Kept? = null) =
        { scope: CoroutineScope ->
            ChoosePresenter(shop, CountingIds(), scope, EmptyCoroutineContext, Route.Choose(8, why), kept)
        }

    @Test
    fun `two records are joined once however often it is tapped and parted again`() {
        play(shop, choosing(Choosing.Same)) {
            act(ChooseAction.Shown, ChooseAction.Type("О"))
            assertEquals(listOf(7L), state.found?.map { it.id }, "nobody is chosen for themselves")
            act(ChooseAction.Tap(7))
            tap(30, ChooseAction.Confirm)
            assertEquals(ChooseFace.Done, state.face)
            act(ChooseAction.Leave)
            assertEquals(Route.Back, state.open)
            act(ChooseAction.Opened)
        }
        assertEquals(1, shop.desk.writes)
        play(shop, { AboutPresenter(shop, CountingIds(), it, Route.About(8)) }) {
            act(AboutAction.Shown)
            val joint = state.joints.single()
            act(AboutAction.AskPart(joint.id), AboutAction.Leave)
            assertNull(state.asked, "back to the sheet")
            act(AboutAction.AskPart(joint.id))
            tap(30, AboutAction.Part)
            assertEquals(emptyList(), state.joints)
            act(AboutAction.Leave)
            assertEquals(Route.Back, state.open)
        }
        assertEquals(2, shop.desk.writes)
    }

    @Test
    fun `the card of whoever brought them is enough and what comes of it stands on the sheet`() {
        shop.ties.promised = FOR_A_FRIEND
        play(shop, choosing(Choosing.Referrer)) {
            act(ChooseAction.Shown, ChooseAction.CameraIs(Camera.Searching))
            act(ChooseAction.Frame(frame("K1-1234567891")))
            assertEquals(ChooseFace.NotOurs, state.face, "their own card")
            act(ChooseAction.Frame(frame("K1-1234567890")))
            assertEquals(7L to FOR_A_FRIEND, state.other?.id to state.promise)
            act(ChooseAction.Leave)
            assertNull(state.other)
            act(ChooseAction.Frame(frame("K1-1234567890")), ChooseAction.Confirm)
        }
        play(shop, { AboutPresenter(shop, CountingIds(), it, Route.About(8)) }) {
            act(AboutAction.Shown)
            assertEquals(
                7L,
                state.friends
                    ?.broughtBy
                    ?.who
                    ?.customerId,
            )
            act(AboutAction.OpenCustomer(7))
            assertEquals(Route.About(7), state.open)
            act(AboutAction.Opened, AboutAction.OpenJoin)
            assertEquals(Route.Choose(8, Choosing.Same), state.open)
            act(AboutAction.Opened, AboutAction.OpenBrought)
            assertEquals(Route.Choose(8, Choosing.Referrer), state.open)
        }
    }

    @Test
    fun `a process that dies while two are joined has joined them once`() {
        var kept: Kept? = null
        play(shop, {
            choosing(Choosing.Same)(it).also { presenter ->
                kept = presenter.keep()
            }
        }) { act(ChooseAction.Shown) }
        val first = checkNotNull(kept).request()
        runBlocking { shop.ties.join(checkNotNull(first), 8, 7) }
        val died = checkNotNull(kept) + Kept("other" to 7, "writing" to true)
        play(shop, choosing(Choosing.Same, died)) {
            act(ChooseAction.Shown)
            assertEquals(ChooseFace.Done, state.face)
        }
        assertEquals(1, shop.desk.writes)
    }

    @Test
    fun `a voucher of the customer's own is laid down by one tap and a used one is not offered`() {
        shop.ties.voucher(7, CERTIFICATE)
        shop.ties.voucher(7, USED_COUPON)
        play(shop, { CustomerPresenter(shop, CountingIds(), it, Route.Customer(7, CardRead.Scanned)) }) {
            act(CustomerAction.Shown, CustomerAction.Type("500"))
            assertEquals(listOf(CERTIFICATE), state.offered)
            act(CustomerAction.LayDown(CERTIFICATE.id), CustomerAction.LayDown(CERTIFICATE.id))
            assertEquals(listOf(CERTIFICATE.id), state.draft.vouchers)
            assertEquals(
                listOf(CERTIFICATE.id),
                shop.till.quoted
                    .last()
                    .vouchers,
            )
            assertEquals(listOf(CERTIFICATE.number), state.laid.map { it.number })
            assertEquals(emptyList(), state.offered)
            act(CustomerAction.OpenAbout)
            assertEquals(Route.About(7), state.open)
        }
    }
}
