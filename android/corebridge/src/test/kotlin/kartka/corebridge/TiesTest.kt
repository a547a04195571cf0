package kartka.corebridge

import kartka.presentation.CardChoice
import kartka.presentation.Consent
import kartka.presentation.CoreFault
import kartka.presentation.ReceiptBack
import kartka.presentation.Registration
import kartka.presentation.SaleDraft
import kartka.presentation.TroubleKind
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith

/** What belongs to a customer beside the balance, over a real shop. */
class TiesTest {
    private val ids = RandomRequestIds()

    private suspend fun KartkaGateway.olena(): Long =
        register(ids.next(), Registration("067 123-45-67", "Олена", "Коваль", Consent.Given(1), CardChoice.Issue))

    private suspend fun KartkaGateway.nobody(): Long =
        register(ids.next(), Registration("", "", "", Consent.NotGiven, CardChoice.Issue))

    private suspend fun KartkaGateway.sell(amount: Long, customer: Long?, receipt: String = ""): Long {
        val draft = SaleDraft(ids.next(), customerId = customer, amount = amount, receipt = receipt)
        return commit(draft.request, quote(draft).id)
    }

    @Test
    fun `two records are one person until they are parted and each is known by themselves`() =
        inShop { gateway ->
            val (olena, guest) = gateway.olena() to gateway.nobody()
            gateway.sell(20_000, olena)
            gateway.sell(10_000, guest)
            gateway.join(ids.next(), olena, guest)
            assertEquals(listOf(2L, 2L), listOf(olena, guest).map { gateway.customer(it).visits })
            val joint = gateway.joints(guest).single()
            val both = listOf(joint.one, joint.other)
            assertEquals(setOf("Олена Коваль", null), both.map { it.name }.toSet())
            assertEquals(setOf(olena, guest), both.map { it.customerId }.toSet())
            assertEquals(2, both.mapNotNull { it.card }.toSet().size)
            val again = assertFailsWith<CoreFault> { gateway.join(ids.next(), guest, olena) }
            assertEquals(TroubleKind.Duplicate, again.trouble.kind)
            gateway.part(ids.next(), olena, joint.id)
            assertEquals(emptyList(), gateway.joints(olena))
            assertEquals(1L, gateway.customer(guest).visits)
        }

    @Test
    fun `a return without its receipt takes points at once and a receipt that is here is named`() =
        inShop { gateway ->
            val olena = gateway.olena()
            val sale = gateway.sell(20_000, olena, "A-17")
            val date = gateway.receipt(sale).date
            assertEquals(listOf(sale), gateway.receipts("A-17", date).map { it.saleId })
            val here = ReceiptBack("A-17", date, 5_000, olena)
            val refused = assertFailsWith<CoreFault> { gateway.returnUnlinked(ids.next(), here) }
            assertEquals("code.receipt_is_here", refused.trouble.words.key)

            val back = here.copy(number = "B-1", date = "2020-01-02")
            val before =
                gateway
                    .customer(olena)
                    .points
                    .single()
                    .balance
            val claimed = gateway.unlinkedQuote(back).sumOf { it.points }
            val request = ids.next()
            assertEquals(gateway.returnUnlinked(request, back), gateway.returnUnlinked(request, back), "a tap twice")
            val after =
                gateway
                    .customer(olena)
                    .points
                    .single()
                    .balance
            assertEquals(before + claimed, after)
            val wrong = assertFailsWith<CoreFault> { gateway.unlinkedQuote(back.copy(date = "2020-02-31")) }
            assertEquals(TroubleKind.Invalid, wrong.trouble.kind)
        }

    @Test
    fun `an outlet is opened renamed and stood in`() =
        inShop { gateway ->
            val market = gateway.openOutlet(ids.next(), "Ринок")
            gateway.renameOutlet(ids.next(), market, "Базар")
            gateway.standIn(market)
            assertEquals(listOf(false to true), gateway.outlets().zipWithNext { a, b -> a.here to b.here })
            assertEquals("Базар", gateway.outlets().single { it.here }.name)
            val wrong = assertFailsWith<CoreFault> { gateway.openOutlet(ids.next(), " ") }
            assertEquals("error.validation.name", wrong.trouble.words.key)
        }
}
