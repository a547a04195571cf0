package kartka.corebridge

import kartka.generated.CardChoice
import kartka.generated.Carrier
import kartka.generated.InstrumentTerms
import kartka.generated.OfflineSpending
import kartka.generated.Order
import kartka.generated.PointLife
import kartka.generated.Profile
import kartka.generated.Reading
import kartka.generated.Recognised
import kartka.generated.Rehearsal
import kartka.generated.ScanEvent
import kartka.generated.StampBasis
import kartka.generated.SyncDot
import kartka.generated.VoidReason
import kartka.generated.Will
import kotlinx.coroutines.runBlocking
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertIs
import kotlin.test.assertNull
import kotlin.test.assertTrue

/** One sale, all the way: two phones and a server process, through the generated module alone. */
class JourneyTest {
    @Test
    fun `two phones and a server sell redeem return and agree`() =
        Stage().use { stage ->
            runBlocking { Journey(stage).run() }
        }

    private class Journey(private val stage: Stage) {
        private val gross = Scenario.number("sale.gross")
        private val name = Scenario.text("customer.name")

        suspend fun run() {
            val server = stage.server()
            val (one, two) = stage.paired(server, 0) to stage.paired(server, 1)
            val business = one.core.settings().business()
            val shop = Scenario.text("shop.name") to Scenario.text("currency")
            assertEquals(shop, business.name to business.currency)

            programmeIsTheFounders(one)

            val cards = one.core.cards().emit(newRequest(), Scenario.number("cards").toUInt())
            assertEquals(Scenario.number("cards").toInt(), cards.map { it.digits }.toSet().size)
            val form = customerForm(CardChoice.Bind(cards[0].number))
            val customer = one.core.customers().register(newRequest(), form)
            val first = firstSale(one, customer)

            assertTrue(two.sync().rowsPulled > 0)
            val codes = cards.map { one.core.cards().code(it.number) }
            scan(two, codes[0], Reading.Ours(cards[0]))
            val reads = two.core.cards()
            assertEquals(Recognised.Holder(customer, cards[0]), reads.recognise(Carrier.QR, codes[0]))
            assertEquals(Recognised.NewCard(cards[1]), reads.recognise(Carrier.QR, codes[1]))
            assertEquals(Recognised.NotOurs, reads.recognise(Carrier.QR, "https://example.org/menu"))

            find(two, customer)
            val second = redeemAndReturn(two, customer)
            two.sync()
            one.sync()
            agree(one, customer, first, second)
        }

        private suspend fun programmeIsTheFounders(phone: Phone) {
            val programme = phone.core.programme().published()
            assertEquals(Scenario.number("programme.version").toUInt(), programme.version)
            assertEquals(Scenario.number("programme.instruments").toInt(), programme.instruments.size)
            val (bonus, stamps) = programme.instruments.map { it.terms }
            assertIs<InstrumentTerms.Bonus>(bonus)
            assertEquals(Scenario.number("programme.rate").toUShort(), bonus.earning.rate)
            val months = Scenario.number("programme.months").toUShort()
            assertEquals(PointLife.FromFirstDay(months), bonus.earning.life)
            assertEquals(Scenario.number("programme.max_share").toUShort(), bonus.spending.maxShare)
            val offline = assertIs<OfflineSpending.Capped>(bonus.spending.offline)
            assertEquals(Scenario.number("programme.per_customer"), offline.perCustomer)
            assertIs<InstrumentTerms.Stamps>(stamps)
            assertEquals(StampBasis.Visit, stamps.per)
            assertEquals(listOf(Scenario.number("programme.stamps")), stamps.rewards.map { it.stamps })
        }

        private suspend fun firstSale(one: Phone, customer: Long): Long {
            val quote = one.core.till().quote(amount(gross, customer))
            assertEquals(gross, quote.due)
            assertTrue(quote.said.any { it.name == "Earned" })
            val first = one.core.till().commit(newRequest(), quote.id)
            assertEquals(Scenario.number("sale.earned"), one.balance(customer))
            assertEquals(
                SyncDot.WAITING,
                one.core
                    .sync()
                    .standing()
                    .dot,
            )
            assertTrue(one.sync().opsPushed > 0)
            assertEquals(
                SyncDot.IN_SYNC,
                one.core
                    .sync()
                    .standing()
                    .dot,
            )
            return first
        }

        private suspend fun scan(two: Phone, code: String, reading: Reading) {
            val frame = Rehearsal(two.log).frame(code)
            val scan = two.core.cards().openScan()
            val event = scan.frame(frame.luma, frame.width, frame.height, frame.width, 0)
            val scanned = assertIs<ScanEvent.Found>(event).scanned
            assertEquals(code to reading, scanned.text to scanned.reading)
            assertNull(scan.frame(frame.luma, frame.width, frame.height, frame.width, 66), "the same scan still")
            assertEquals(Carrier.TEXT, scan.text(code, 5_000).carrier)
        }

        private suspend fun find(two: Phone, customer: Long) {
            val found = two.core.customers().find(Scenario.text("customer.typed"), 10u)
            assertEquals(listOf(customer to name), found.map { it.id to it.name })
            assertEquals(listOf(Scenario.text("customer.digits")), found[0].phones)
            assertEquals(Will.GIVEN, found[0].marketing)
        }

        private suspend fun redeemAndReturn(two: Phone, customer: Long): Long {
            val redemption = amount(Scenario.number("redemption.gross"), customer, Scenario.number("redemption.spend"))
            val quote = two.core.till().quote(redemption)
            assertEquals(Scenario.number("redemption.due"), quote.due)
            val second = two.core.till().commit(newRequest(), quote.id)
            assertEquals(Scenario.number("redemption.balance"), two.balance(customer))
            val refund = two.core.till().refund(second, emptyList())
            assertEquals(Scenario.number("redemption.due") to true, refund.money to refund.everything)
            two.core.till().giveBack(newRequest(), second, emptyList())
            assertEquals(Scenario.number("after_return"), two.balance(customer))
            return second
        }

        private suspend fun agree(one: Phone, customer: Long, first: Long, second: Long) {
            assertEquals(Scenario.number("after_return"), one.balance(customer))
            assertEquals(
                Order.CONFIRMED,
                one.core
                    .till()
                    .purchase(first)
                    .order,
            )
            val page = one.core.customers().history(customer, null, 1u)
            val rest = one.core.customers().history(customer, page.next, 10u)
            assertEquals(listOf(second, first), (page.purchases + rest.purchases).map { it.id })
            val line = page.purchases[0].lines[0]
            assertEquals(line.quantity, line.returned)

            val today = one.core.reports().today(null)
            assertEquals(2L to Scenario.number("after_return"), today.day.receipts to today.liability)
            val recent = one.core.reports().recentSales()
            assertEquals(listOf(Triple(first, gross, name)), recent.map { Triple(it.purchase, it.paid, it.customer) })
            one.core.data().idle()
        }
    }

    @Test
    fun `a founding phone sells and voids without a server`() =
        Stage().use { stage ->
            runBlocking {
                val phone = stage.founded()
                val customers = phone.core.customers()
                val customer = customers.register(newRequest(), customerForm(CardChoice.Issue))
                val sale = phone.sell(Scenario.number("sale.gross"), customer)
                assertEquals(Scenario.number("sale.earned"), phone.balance(customer))
                phone.core.till().voidPurchase(newRequest(), sale, VoidReason.UNDO)
                assertEquals(0, phone.balance(customer))
                customers.consent(newRequest(), customer, 1u, Will.WITHDRAWN)
                customers.edit(newRequest(), customer, Profile(note = "—"))
                val sheet = customers.sheet(customer)
                assertEquals(Will.WITHDRAWN to Scenario.text("customer.name"), sheet.marketing to sheet.name)
                assertEquals(
                    SyncDot.ALONE,
                    phone.core
                        .sync()
                        .standing()
                        .dot,
                )
                assertEquals(0, phone.sync().exchanges)
            }
        }
}
