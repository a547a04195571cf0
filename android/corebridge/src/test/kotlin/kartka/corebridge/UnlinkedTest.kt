package kartka.corebridge

import kartka.generated.CardChoice
import kartka.generated.CoreException
import kartka.generated.Settlement
import kartka.generated.UnlinkedReturnRequest
import kartka.generated.UnlinkedState
import kotlinx.coroutines.runBlocking
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue

/** Goods that come back with a receipt that is not here, through the generated module alone. */
class UnlinkedTest {
    private val gross = Scenario.number("sale.gross")

    @Test
    fun `goods come back with a receipt that is not here and the owner decides`() =
        Stage().use { stage ->
            runBlocking {
                val phone = stage.founded()
                val (till, customers) = phone.core.till() to phone.core.customers()
                val customer = customers.register(newRequest(), customerForm(CardChoice.Issue))
                val sale = till.sell(newRequest(), amount(gross, customer).copy(receipt = "A-17"))
                val before = phone.balance(customer)
                val ask =
                    UnlinkedReturnRequest(
                        receipt = "B-1",
                        date = "2020-01-02",
                        amount = gross / 4,
                        customer = customer,
                    )
                val claim = till.unlinkedQuote(ask).single()
                assertTrue(claim.points < 0)
                val number = till.returnUnlinked(newRequest(), ask)
                val open = till.unlinkedReturns().single()
                assertEquals(number to UnlinkedState.TO_BE_SETTLED, open.id to open.state)
                val account = customers.account(customer).accounts.single()
                assertEquals(before + claim.points, account.balance)
                val taken = account.lots.flatMap { it.moves }.single()
                assertEquals(true, taken.by?.toBeSettled)

                till.settleReturn(newRequest(), number, Settlement.Link(sale))
                val settled = till.unlinkedReturns().single()
                assertEquals(UnlinkedState.LINKED to sale, settled.state to settled.purchase)
                val purchase = till.purchase(sale)
                val back = purchase.returns.single()
                assertEquals(listOf(250L), back.lines.map { it.quantity })

                assertEquals(listOf(sale), till.receipts("A-17", purchase.date))
                val here = ask.copy(receipt = "A-17", date = purchase.date)
                val refused = assertFailsWith<CoreException.RuleRejected> { till.returnUnlinked(newRequest(), here) }
                assertEquals("ReceiptIsHere", refused.reason.name)
            }
        }
}
