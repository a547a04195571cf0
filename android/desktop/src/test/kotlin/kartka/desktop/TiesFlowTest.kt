package kartka.desktop

import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.junit4.createComposeRule
import kartka.presentation.CoreFault
import kartka.presentation.FriendStanding
import kartka.presentation.LaidDown
import kartka.presentation.RequestId
import kartka.presentation.Route
import kartka.presentation.SaleDraft
import kartka.presentation.TroubleKind
import kotlinx.coroutines.runBlocking
import org.junit.Rule
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertTrue

/** Friends and gift certificates by taps, over the real core and a server process: from the wizard to the second phone. */
@OptIn(ExperimentalTestApi::class)
class TiesFlowTest {
    @get:Rule
    val rule = createComposeRule()

    private val shop = TestShop()

    @AfterTest
    fun close(): Unit = shop.close()

    @Test
    fun `who brings a friend is thanked, and not for goods that came back`() {
        shop.server.start()
        val (phone, other) = shop.paired("phone") to shop.paired("other")
        val hand = Hand(rule, phone)
        rule.setContent { AppOf(phone) }
        publishes(phone, hand, "Bring a friend", "Друзі")

        // The first one comes by herself, the second one says who brought her.
        registers(phone, hand, "0671112233", "Ганна", by = null)
        val hanna = one(phone, "0671112233")
        registers(phone, hand, "0672223344", "Оля", by = "Ганна")
        val olya = one(phone, "0672223344")
        hand.keys("200,00")
        sells(hand)
        exchange(phone)

        // What the server made of it stands on both sheets, on the other phone as well.
        phone.screens.go(Route.About(hanna))
        hand.sees("· counts")
        hand.tapWith("Оля")
        hand.sees("Brought by Ганна")
        exchange(other)
        val thanks = runBlocking { other.core.friends(hanna) }.brought.single()
        assertEquals(FriendStanding.Counts, thanks.standing)
        assertTrue(thanks.reward > 0, "nobody is thanked: $thanks")

        // The goods come back, and with them the thanks.
        phone.screens.go(Route.History(olya))
        hand.tapWith("200.00")
        hand.tap("Return goods")
        hand.tap("Everything")
        hand.tapWith("Give back ")
        hand.sees("The goods were taken back")
        exchange(phone)
        phone.screens.go(Route.About(hanna))
        hand.sees("waits for the first purchase")
        assertEquals(0L, runBlocking { phone.core.friends(hanna) }.brought.single().reward)
    }

    @Test
    fun `who brought somebody is told afterwards from their sheet`() {
        shop.server.start()
        val phone = shop.paired("phone")
        val hand = Hand(rule, phone)
        rule.setContent { AppOf(phone) }
        publishes(phone, hand, "Bring a friend", "Друзі")
        registers(phone, hand, "0671112233", "Ганна", by = null)
        registers(phone, hand, "0672223344", "Оля", by = null)
        phone.screens.go(Route.About(one(phone, "0672223344")))
        hand.tap("Who brought them?")
        hand.types("Name, last digits of the phone, or card number", "Ганна")
        hand.tapWith("380671112233")
        hand.sees("Note who brought them?")
        hand.tap("Note it")
        hand.sees("It is noted")
        exchange(phone)
        val brought = runBlocking { phone.core.friends(one(phone, "0671112233")) }.brought
        assertEquals(listOf(FriendStanding.Waits), brought.map { it.standing })
    }

    @Test
    fun `a certificate is given by a laptop, laid down at a phone by a tap, and its rest is known on the other one`() {
        shop.server.start()
        val (phone, other) = shop.paired("phone") to shop.paired("other")
        val hand = Hand(rule, phone)
        rule.setContent { AppOf(phone) }
        publishes(phone, hand, "Gift certificate", "Подарунок")
        registers(phone, hand, "0671112233", "Ганна", by = null)
        val hanna = one(phone, "0671112233")
        exchange(phone)

        // The laptop gives one to the customer.
        laptop()
        gives(phone, "--customer", "$hanna")
        exchange(phone)

        // Hers is offered beside the sale: two taps, and no number is typed.
        phone.screens.go(Route.Customer(hanna))
        hand.tap("Coupon or certificate · 1")
        hand.sees("Theirs to use")
        hand.tapWith("Подарунок")
        hand.keys("120,00")
        sells(hand)
        exchange(phone)
        exchange(other)
        assertEquals(38_000L, runBlocking { other.core.vouchers(hanna) }.single().left.minor)
        phone.screens.go(Route.About(hanna))
        hand.sees("380.00")
    }

    @Test
    fun `a certificate is typed at a sale without a card, and owner and till agree on what is left of it`() {
        shop.server.start()
        val (phone, owner) = shop.paired("phone") to shop.paired("owner")
        val hand = Hand(rule, phone)
        rule.setContent { AppOf(phone) }
        publishes(phone, hand, "Gift certificate", "Подарунок")

        // The laptop gives one to whoever holds it.
        laptop()
        gives(phone, "--number", "GIFT-77")
        exchange(phone)

        // Nobody's card, an amount, and the number on the certificate.
        phone.screens.go(Route.Customer(null))
        hand.keys("120,00")
        hand.tap("Coupon or certificate")
        hand.types("Coupon or certificate", "gift-77")
        hand.tap("Add to the receipt")
        hand.sees("500.00 left")
        hand.tapWith("Sell · ")
        hand.sees("380.00 left")
        hand.tap("Receipt")
        hand.sees("Certificate")
        hand.sees("120.00")
        assertEquals(38_000L, left(phone))

        // The owner has the same rest, also of a certificate that lies there before the amount is typed.
        exchange(phone)
        exchange(owner)
        assertEquals(listOf(38_000L, 38_000L), listOf(phone, owner).map { left(it) })
        phone.screens.go(Route.Customer(null))
        hand.tap("Coupon or certificate")
        hand.types("Coupon or certificate", "GIFT-77")
        hand.tap("Add to the receipt")
        hand.sees("380.00 left")
        hand.keys("100,00")
        hand.sees("paid UAH100.00")
        hand.tapWith("Sell · ")
        hand.sees("280.00 left")
        exchange(phone)
        exchange(owner)
        assertEquals(listOf(28_000L, 28_000L), listOf(phone, owner).map { left(it) })
    }

    @Test
    fun `above what a phone may take unasked the server keeps the certificate, or it is taken off`() {
        shop.server.start()
        val (phone, other) = shop.paired("phone") to shop.paired("other")
        val hand = Hand(rule, phone)
        rule.setContent { AppOf(phone) }
        publishes(phone, hand, "Gift certificate", "Подарунок")
        laptop()
        gives(phone, "--number", "GIFT-78")
        exchange(phone)
        exchange(other)

        // 400 of it is more than the 300 that the wizard lets a phone take unasked.
        phone.screens.go(Route.Customer(null))
        hand.keys("400,00")
        hand.tap("Coupon or certificate")
        hand.types("Coupon or certificate", "GIFT-78")
        hand.tap("Add to the receipt")
        hand.sees("needs the server")
        hand.tap("Ask the server")
        hand.sees("paid UAH400.00")

        // While it is kept for this till, another one is told so, and sells for money when it is taken off.
        val theirs = SaleDraft(RequestId("7".repeat(32)), amount = 40_000)
        val laid = assertIs<LaidDown.Voucher>(runBlocking { other.core.laidDown("GIFT-78") })
        val refusal = runCatching { runBlocking { other.core.reserve(theirs.copy(vouchers = listOf(laid.id))) } }
        assertEquals(TroubleKind.Rule, assertIs<CoreFault>(refusal.exceptionOrNull()).trouble.kind)

        hand.tapWith("Sell · ")
        hand.sees("100.00 left")
        exchange(phone)
        exchange(other)
        assertEquals(listOf(10_000L, 10_000L), listOf(phone, other).map { left(it, "GIFT-78") })

        // Without the server it is said, and what lies there can be taken off.
        gives(phone, "--number", "GIFT-79")
        exchange(phone)
        shop.server.stop()
        phone.screens.go(Route.Customer(null))
        hand.keys("400,00")
        hand.tap("Coupon or certificate")
        hand.types("Coupon or certificate", "GIFT-79")
        hand.tap("Add to the receipt")
        hand.tap("Ask the server")
        hand.sees("Try again")
        hand.tap("Take off the receipt")
        hand.tapWith("Sell · ")
        hand.sees("Sold without a card")
    }

    /** A laptop joins the shop. */
    private fun laptop() {
        shop.server.stop()
        shop.server.start()
        shop.laptop("pair", shop.server.pairingCode())
    }

    /** The laptop gives a certificate for 500. */
    private fun gives(phone: DeskPhone, vararg whose: String) {
        val instrument = runBlocking { phone.core.instruments() }.single { it.name == "Подарунок" }.id
        shop.laptop("vouchers", "give", "$instrument", "--worth", "500", *whose)
        shop.laptop("sync")
    }

    /** The owner makes an instrument as quickly as may be, and everybody has it. */
    private fun publishes(phone: DeskPhone, hand: Hand, kind: String, name: String) {
        phone.screens.go(Route.Instruments)
        hand.tap("Make one")
        hand.tapWith(kind)
        hand.types("Name", name)
        hand.tap("How it will look")
        hand.tap("Publish")
        hand.sees("In force from the next receipt")
        exchange(phone)
    }

    private fun registers(phone: DeskPhone, hand: Hand, number: String, name: String, by: String?) {
        phone.screens.go(Route.Register())
        hand.types("Phone", number)
        hand.types("First name", name)
        if (by != null) {
            hand.types("Who brought them (name, phone or card)", by)
            hand.sees("380671112233")
        }
        hand.tap("Register")
        hand.sees("About them")
    }

    /** The sale is made, and the screen that says so left by hand: it would leave by itself in the middle of what comes next. */
    private fun sells(hand: Hand) {
        hand.tapWith("Sell · ")
        hand.tap("Next customer")
    }

    private fun left(phone: DeskPhone, number: String = "GIFT-77"): Long =
        assertIs<LaidDown.Voucher>(runBlocking { phone.core.laidDown(number) }).left.minor

    private fun one(phone: DeskPhone, number: String): Long = runBlocking { phone.core.find(number, 1).single() }.id

    private fun exchange(phone: DeskPhone): Unit = runBlocking { phone.core.exchange() }
}
