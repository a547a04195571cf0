package kartka.corebridge

import kartka.generated.CardChoice
import kartka.generated.CardFreshness
import kartka.generated.CardWish
import kartka.generated.CoreException
import kartka.generated.HolderProfile
import kartka.generated.Wallet
import kartka.generated.Will
import kotlinx.coroutines.runBlocking
import java.io.File
import java.nio.file.Files
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

/** A customer's cards through the generated module alone: handed over, shown without network, wishes that reach the shop. */
class WalletTest {
    private val folder: File = Files.createTempDirectory("kartka-wallet-").toFile()

    @AfterTest
    fun `nothing stays`() {
        folder.deleteRecursively()
    }

    private suspend fun opened(keys: Keys = Keys()) = Wallet.open(folder.path, keys, Log())

    @Test
    fun `a card is handed over, shown, and its wishes reach the shop`() =
        Stage().use { stage ->
            runBlocking {
                val server = stage.server()
                val phone = stage.paired(server)
                val customer = phone.core.customers().register(newRequest(), customerForm(CardChoice.Issue))
                val link = linkOf(phone, customer)
                assertTrue(link.startsWith("http://127.0.0.1:"), "an address of the server")
                phone.sell(Scenario.number("sale.gross"), customer)
                phone.sync()

                val wallet = opened()
                val mine = wallet.add(link)
                assertEquals(CardFreshness.Unheard, wallet.card(mine).freshness)
                assertEquals(1u, wallet.refresh(null, null).answered)
                val shown = wallet.card(mine)
                assertEquals(CardFreshness.Fresh, shown.freshness)
                val said = assertNotNull(shown.said)
                assertEquals(Scenario.text("customer.given"), said.given)
                assertEquals(phone.balance(customer), said.points.first().balance)

                server.stop()
                assertEquals(1u, wallet.refresh(mine, null).unreached)
                wallet.consent(newRequest(), mine, 1u, Will.WITHDRAWN)
                assertEquals(listOf<CardWish>(CardWish.Marketing(Will.WITHDRAWN)), wallet.card(mine).waiting)
                server.start()
                assertEquals(1u, wallet.refresh(null, null).answered)
                assertEquals(emptyList(), wallet.card(mine).waiting)
                phone.sync()
                assertEquals(
                    Will.WITHDRAWN,
                    phone.core
                        .customers()
                        .sheet(customer)
                        .marketing,
                )
                erased(phone, wallet, mine, customer)
            }
        }

    private suspend fun erased(phone: Phone, wallet: Wallet, mine: Long, customer: Long) {
        assertFailsWith<CoreException.Validation> { wallet.correct(newRequest(), mine, HolderProfile()) }
        wallet.eraseMe(newRequest(), mine)
        wallet.refresh(null, null)
        assertEquals(CardFreshness.Erased, wallet.card(mine).freshness)
        wallet.remove(mine)
        assertEquals(emptyList(), wallet.cards())
        phone.sync()
        assertFailsWith<CoreException.NotFound> { phone.core.customers().sheet(customer) }
        wallet.destroy()
    }

    @Test
    fun `a shop without a server hands over a code, and what is no link is said`() =
        Stage().use { stage ->
            runBlocking {
                val phone = stage.founded()
                val customer = phone.core.customers().register(newRequest(), customerForm(CardChoice.Issue))
                val wallet = opened()
                val mine = wallet.add(linkOf(phone, customer))
                assertEquals(CardFreshness.Counter, wallet.card(mine).freshness)
                assertFailsWith<CoreException.RuleRejected> { wallet.eraseMe(newRequest(), mine) }
                assertFailsWith<CoreException.Validation> { wallet.add("https://example.org") }
                val squares = assertNotNull(wallet.squares(wallet.card(mine).code))
                assertEquals((squares.side * squares.side).toInt(), squares.dark.size)
                wallet.destroy()
            }
        }

    private suspend fun linkOf(phone: Phone, customer: Long): String {
        val cards = phone.core.customers().sheet(customer).cards
        return phone.core.cards().link(cards.single().number)
    }
}
