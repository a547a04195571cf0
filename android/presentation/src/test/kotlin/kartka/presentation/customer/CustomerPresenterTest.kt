package kartka.presentation.customer

import kartka.presentation.CardRead
import kartka.presentation.CountingIds
import kartka.presentation.FULL_DISK
import kartka.presentation.FakeShop
import kartka.presentation.GIFT
import kartka.presentation.Kept
import kartka.presentation.Route
import kartka.presentation.Screen
import kartka.presentation.Tender
import kartka.presentation.TroubleKind
import kartka.presentation.play
import kartka.presentation.stocked
import kartka.presentation.uah
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNull

class CustomerPresenterTest {
    private val shop = stocked()
    private val before = shop.till.sold.size

    private fun counter(
        customer: Long? = 7,
        kept: Kept? = null,
        shop: FakeShop = this.shop,
        script: Screen<CustomerState, CustomerAction>.() -> Unit,
    ): CustomerState {
        val route = Route.Customer(customer, CardRead.Scanned)
        return play(shop, {
            CustomerPresenter(shop, ids, it, route, kept).also { now ->
                current = now
            }
        }, script)
    }

    private val ids = CountingIds()
    private lateinit var current: CustomerPresenter

    private val sales get() = shop.till.sold.drop(before)

    @Test
    fun `digits and one tap sell`() {
        counter {
            act(CustomerAction.Shown, CustomerAction.Type("120,50"), CustomerAction.Commit)
            assertEquals(Route.Done(3), state.open)
        }
        assertEquals(listOf(uah(12_050)), sales.map { it.total })
        assertEquals(
            CardRead.Scanned,
            shop.till.quoted
                .last()
                .read,
        )
    }

    @Test
    fun `a stamp is the scan and one tap, and without a card nothing is sold for nothing`() {
        counter {
            act(CustomerAction.Shown)
            tap(30, CustomerAction.Commit)
            assertEquals(Route.Done(3), state.open)
        }
        assertEquals(listOf(uah(0)), sales.map { it.total })
        counter(customer = null) {
            act(CustomerAction.Shown, CustomerAction.Commit)
            assertEquals(null, state.open)
        }
        assertEquals(1, sales.size)
    }

    @Test
    fun `thirty quick taps on Commit are one sale`() {
        counter {
            act(CustomerAction.Shown, CustomerAction.Type("120"))
            tap(30, CustomerAction.Commit)
            tap(30, CustomerAction.Commit)
            assertEquals(Route.Done(3), state.open)
        }
        assertEquals(1, sales.size)
    }

    @Test
    fun `taps before the quote is there sell what is typed, once`() {
        counter {
            act(CustomerAction.Shown)
            hold()
            tap(1, CustomerAction.Type("120"))
            tap(5, CustomerAction.Commit)
            release()
            act(CustomerAction.Commit)
        }
        assertEquals(listOf(uah(12_000)), sales.map { it.total })
    }

    @Test
    fun `a sale under way when the process died goes on, and is neither lost nor doubled`() {
        listOf("before the core had it", "after it was written").forEach { moment ->
            val shop = stocked()
            val sold = shop.till.sold.size
            var kept: Kept? = null
            counter(shop = shop) {
                act(CustomerAction.Shown, CustomerAction.Type("120"))
                if (moment == "before the core had it") hold()
                act(CustomerAction.Commit)
                kept = Kept.of((current.keep() + Kept("committing" to true)).line())
                die()
                shop.desk.gate = null
            }
            shop.till.forgetQuotes()
            counter(kept = kept, shop = shop) {
                act(CustomerAction.Shown, CustomerAction.Commit)
                assertEquals(Route.Done(3), state.open, moment)
            }
            assertEquals(sold + 1, shop.till.sold.size, moment)
        }
    }

    @Test
    fun `what was typed survives and nothing is sold by itself`() {
        var kept: Kept? = null
        counter {
            act(
                CustomerAction.Shown,
                CustomerAction.Type("120"),
                CustomerAction.PayWith(Tender.Card),
                CustomerAction.Pieces(3),
            )
            kept = Kept.of(current.keep().line())
        }
        val state = counter(kept = kept) { act(CustomerAction.Shown) }
        assertEquals("120" to 3, state.typed to state.draft.pieces)
        assertEquals(Tender.Card, state.draft.tender)
        assertEquals(CustomerFace.Quoted, state.face)
        assertEquals(0, sales.size)
    }

    @Test
    fun `a quote that died or that a moved clock made untrue is asked again, another sum is shown first`() {
        counter {
            act(CustomerAction.Shown, CustomerAction.Type("120"))
            shop.till.forgetQuotes()
            act(CustomerAction.Commit)
            assertEquals(Route.Done(3), state.open, "nothing had changed")
        }
        counter {
            act(CustomerAction.Shown, CustomerAction.Type("120"))
            shop.till.forgetQuotes()
            shop.till.dearer = 500
            act(CustomerAction.Commit)
            assertEquals(TroubleKind.Stale, state.trouble?.kind)
            assertEquals(uah(12_500), state.quote?.due)
            assertNull(state.open)
            act(CustomerAction.TryAgain, CustomerAction.Commit)
            assertIs<Route.Done>(state.open)
        }
    }

    @Test
    fun `a certificate and a coupon lie on the counter until they are taken off`() {
        counter {
            act(CustomerAction.Shown, CustomerAction.Type("120"), CustomerAction.AddCode)
            assertEquals(emptyList(), state.draft.codes, "nothing was typed")
            act(CustomerAction.AskCode, CustomerAction.TypeCode("GIFT-0"), CustomerAction.AddCode)
            assertEquals(CustomerFace.CodeRefused, state.face)
            act(CustomerAction.TypeCode(" GIFT-100 "), CustomerAction.AddCode)
            assertEquals(listOf(GIFT) to CustomerFace.Quoted, state.draft.vouchers to state.face)
            act(CustomerAction.AskCode, CustomerAction.TypeCode("ВЕСНА"), CustomerAction.AddCode)
            assertEquals(
                listOf("ВЕСНА"),
                shop.till.quoted
                    .last()
                    .codes,
            )
            assertEquals(
                listOf(GIFT),
                shop.till.quoted
                    .last()
                    .vouchers,
            )
            act(CustomerAction.AskCode, CustomerAction.Leave)
            assertEquals(null to null, state.code to state.open, "Leave only closes the field")
            act(CustomerAction.DropCodes)
            assertEquals(emptyList(), state.draft.codes + state.draft.vouchers + state.laid)
        }
    }

    @Test
    fun `a second sale so soon is sold only when it is meant`() {
        shop.till.twice = true
        counter {
            act(CustomerAction.Shown, CustomerAction.Type("120"), CustomerAction.Commit)
            assertEquals(true, state.again)
            act(CustomerAction.Leave, CustomerAction.Commit)
            assertEquals(0, sales.size, "Leave only takes the question away")
            act(CustomerAction.ConfirmTwice)
            assertEquals(1, sales.size)
        }
    }

    @Test
    fun `only the last key's quote is shown`() {
        counter {
            act(CustomerAction.Shown)
            act(CustomerAction.Type("1"), CustomerAction.Type("12"), CustomerAction.Type("x"))
            assertEquals(0, state.draft.amount)
            assertNull(state.quote)
            act(CustomerAction.Type("12"))
            assertEquals(uah(1_200), state.quote?.due)
        }
    }

    @Test
    fun `a full disk is told, and the sale is sold under the same request when there is room`() {
        counter {
            act(CustomerAction.Shown, CustomerAction.Type("120"))
            val request = state.draft.request
            shop.desk.refuse(FULL_DISK)
            act(CustomerAction.Commit)
            assertEquals(FULL_DISK, state.trouble)
            shop.desk.refuse(null)
            act(CustomerAction.TryAgain, CustomerAction.Commit)
            assertEquals(request, state.draft.request)
            assertEquals(1, sales.size)
        }
    }

    @Test
    fun `redeeming and history lead away and come back`() {
        counter {
            act(CustomerAction.Shown, CustomerAction.Type("120"), CustomerAction.OpenHistory)
            assertEquals(Route.History(7), state.open)
            act(CustomerAction.Opened, CustomerAction.OpenRedeem)
            val draft = assertIs<Route.Redeem>(state.open).draft
            act(CustomerAction.Opened, CustomerAction.Redeemed(draft.copy(spend = 600)))
            assertEquals(uah(11_400), state.quote?.due)
            act(CustomerAction.Type("130"))
            assertEquals(0, state.draft.spend, "points were chosen for another receipt")
            act(CustomerAction.Leave)
            assertEquals(Route.Back, state.open)
        }
    }

    private fun Screen<CustomerState, CustomerAction>.laysDownMuch() {
        shop.till.unasked = 3_000
        act(CustomerAction.Shown, CustomerAction.Type("120"), CustomerAction.AskCode)
        act(CustomerAction.TypeCode("GIFT-100"), CustomerAction.AddCode)
        assertEquals(CustomerFace.AskServer, state.face)
    }

    @Test
    fun `a certificate above what may be taken unasked is asked for, and never sold as money by a tap`() {
        counter {
            laysDownMuch()
            act(CustomerAction.Commit)
            assertNull(state.open)
            act(CustomerAction.AskServer)
            assertEquals(CustomerFace.Quoted to uah(2_000), state.face to state.quote?.due)
            act(CustomerAction.PayWith(Tender.Card))
            assertEquals(uah(2_000), state.quote?.due, "how the rest is paid is nothing to the server")
            act(CustomerAction.Commit)
            assertEquals(Route.Done(3), state.open)
        }
        assertEquals(listOf(uah(2_000)), sales.map { it.paid.cash })
    }

    @Test
    fun `another amount is asked for again, and points by the server's word are chosen anew`() {
        counter {
            laysDownMuch()
            act(CustomerAction.AskServer, CustomerAction.Type("130"))
            assertEquals(CustomerFace.AskServer, state.face)
            act(CustomerAction.AskServer, CustomerAction.OpenRedeem)
            val draft = assertIs<Route.Redeem>(state.open).draft
            act(CustomerAction.Opened, CustomerAction.Redeemed(draft.copy(spend = 600)))
            shop.till.kept[draft.request] = state.draft
            act(CustomerAction.DropCodes)
            assertEquals(0L to false, state.draft.spend to state.draft.reserved)
            assertEquals(emptyMap(), shop.till.kept, "another till may use the certificate")
        }
    }

    @Test
    fun `without a network it is said, asked again by a tap, or sold without the certificate`() {
        counter {
            laysDownMuch()
            shop.desk.waits(1)
            act(CustomerAction.AskServer)
            assertEquals(TroubleKind.Offline, state.trouble?.kind)
            shop.desk.synced()
            act(CustomerAction.TryAgain)
            assertEquals(uah(2_000), state.quote?.due)
            shop.desk.waits(1)
            act(CustomerAction.DropCodes, CustomerAction.Commit)
            assertEquals(Route.Done(3), state.open)
        }
        assertEquals(listOf(uah(12_000)), sales.map { it.paid.cash })
    }

    @Test
    fun `asking is stopped by back, and what is kept is let go of with the sale`() {
        counter {
            laysDownMuch()
            hold()
            act(CustomerAction.AskServer)
            assertEquals(CustomerFace.AskingServer, state.face)
            act(CustomerAction.Leave)
            release()
            assertEquals(CustomerFace.AskServer to null, state.face to state.open)
            act(CustomerAction.AskServer)
            assertEquals(1, shop.till.kept.size)
            act(CustomerAction.Leave)
            assertEquals(Route.Back, state.open)
            die()
        }
        assertEquals(emptyMap(), shop.till.kept)
    }

    @Test
    fun `a process that died asks again before it sells what the server kept`() {
        var kept: Kept? = null
        counter {
            laysDownMuch()
            act(CustomerAction.AskServer)
            kept = Kept.of((current.keep() + Kept("committing" to true)).line())
        }
        shop.till.forgetQuotes()
        shop.till.kept.clear()
        counter(kept = kept) {
            act(CustomerAction.Shown)
            assertEquals(Route.Done(3), state.open)
        }
        assertEquals(listOf(uah(2_000)), sales.map { it.paid.cash })
    }
}
