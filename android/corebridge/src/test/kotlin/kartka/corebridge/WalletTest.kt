package kartka.corebridge

import kartka.generated.CardChoice
import kartka.generated.CardFreshness
import kartka.generated.CardWish
import kartka.generated.CoreException
import kartka.generated.HolderProfile
import kartka.generated.Profile
import kartka.generated.Registration
import kartka.generated.Wallet
import kartka.generated.Will
import kartka.generated.readCardLink
import kartka.presentation.Answers
import kartka.presentation.CoreFault
import kartka.presentation.TroubleKind
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import java.io.File
import java.net.InetAddress
import java.net.ServerSocket
import java.nio.file.Files
import kotlin.test.AfterTest
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotNull
import kotlin.test.assertTrue

/** A customer's cards through the generated module alone: handed over, shown without network, wishes that arrive. */
class WalletTest {
    private val home: File = Files.createTempDirectory("kartka-wallet-").toFile()

    @AfterTest
    fun clean() {
        home.deleteRecursively()
    }

    private fun onStage(block: suspend CoroutineScope.(Stage) -> Unit) = Stage().use { runBlocking { block(it) } }

    private suspend fun opened(keys: Keys): Wallet = Wallet.open(home.path, keys, Log())

    /** A customer of the shop with a card, and the link to it. */
    private suspend fun Phone.registered(form: Registration = customerForm(CardChoice.Issue)): Pair<Long, String> {
        val customer = core.customers().register(newRequest(), form)
        val card =
            core
                .customers()
                .sheet(customer)
                .cards
                .single()
        return customer to core.cards().link(card.number)
    }

    @Test
    fun `a card is handed over shown without network and its wishes reach the shop`() =
        onStage { stage ->
            val server = stage.server()
            val phone = stage.paired(server)
            val (customer, link) = phone.registered()
            phone.sell(Scenario.number("sale.gross"), customer)
            phone.sync()

            val wallet = opened(Keys())
            assertEquals(Scenario.text("shop.name"), readCardLink(link).shop)
            val mine = wallet.add(link)
            assertEquals(CardFreshness.Unheard, wallet.card(mine).freshness)
            assertEquals(1u, wallet.refresh(null, null).answered)
            val shown = wallet.card(mine)
            assertEquals(CardFreshness.Fresh, shown.freshness)
            val said = assertNotNull(shown.said)
            assertEquals(Scenario.text("customer.given"), said.given)
            assertEquals(phone.balance(customer), said.points.first().balance)
            assertEquals(1, said.purchases.size)
            val squares = assertNotNull(wallet.squares(shown.code))
            assertEquals(squares.side * squares.side, squares.dark.size.toUInt())

            server.stop()
            assertEquals(1u, wallet.refresh(mine, null).unreached)
            wallet.consent(newRequest(), mine, 1u, Will.WITHDRAWN)
            val waiting = wallet.card(mine)
            assertEquals(listOf<CardWish>(CardWish.Marketing(Will.WITHDRAWN)), waiting.waiting)
            assertNotNull(waiting.said, "what was shown stays")
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

            corrected(wallet, mine, link)
            wallet.eraseMe(newRequest(), mine)
            wallet.refresh(null, null)
            assertEquals(CardFreshness.Erased, wallet.card(mine).freshness)
            wallet.remove(mine)
            assertEquals(emptyList(), wallet.cards())
            phone.sync()
            assertFailsWith<CoreException.NotFound> { phone.core.customers().sheet(customer) }
        }

    /** A name that is corrected comes back from the shop, and goes out with everything but the secret. */
    private suspend fun corrected(wallet: Wallet, mine: Long, link: String) {
        assertFailsWith<CoreException.Validation> { wallet.correct(newRequest(), mine, HolderProfile()) }
        wallet.correct(newRequest(), mine, HolderProfile(given = "Ксеня"))
        wallet.refresh(null, null)
        assertEquals("Ксеня", wallet.card(mine).said?.given)
        val exported = wallet.export()
        val held =
            Json
                .parseToJsonElement(exported)
                .jsonObject
                .getValue("cards")
                .jsonArray
                .single()
                .jsonObject
        assertEquals(
            "Ксеня",
            held
                .getValue("said_by_the_shop")
                .jsonObject
                .getValue("given_name")
                .jsonPrimitive.content,
        )
        assertTrue(link.substringAfter("s=").substringBefore("#") !in exported, "the secret is in no export")
    }

    @Test
    fun `who leaves the cards waits for no shop that does not answer`() =
        onStage { stage ->
            val server = stage.server()
            val phone = stage.paired(server)
            val another = customerForm(CardChoice.Issue).copy(profile = Profile(given = "Остап"))
            val links = listOf(phone.registered(), phone.registered(another)).map { it.second }
            phone.sync()
            val cards = WalletPart(cardsIn(home.path))
            cards.stopAsking()
            links.forEach { cards.takeCard(it) }
            server.stop()
            val asked =
                ServerSocket(server.port, 1, InetAddress.getLoopbackAddress()).use { silent ->
                    val asking = async(Dispatchers.IO) { assertFailsWith<CoreFault> { cards.askShops() } }
                    withContext(Dispatchers.IO) { silent.accept() }.use { cards.stopAsking() }
                    asking
                }
            assertEquals(TroubleKind.Cancelled, asked.await().trouble.kind)
            server.start()
            assertEquals(Answers(2, 0, 0), cards.askShops())
            cards.close()
        }

    @Test
    fun `what is no link is refused and a wallet whose key is lost begins anew`() =
        onStage { stage ->
            val phone = stage.founded()
            val (_, link) = phone.registered()
            val keys = Keys()
            val wallet = opened(keys)
            listOf("", "https://example.org", "KARTKA1:ABC").forEach {
                assertFailsWith<CoreException.Validation>(it) { readCardLink(it) }
                assertFailsWith<CoreException.Validation>(it) { wallet.add(it) }
            }
            // A shop without a server hands over the code alone.
            val mine = wallet.add(link)
            assertEquals(CardFreshness.Counter, wallet.card(mine).freshness)
            val code = wallet.card(mine).code
            val bare = assertFailsWith<CoreException.RuleRejected> { wallet.add(code) }
            assertEquals("LinkWithoutSecret", bare.reason.name)
            val nowhere = assertFailsWith<CoreException.RuleRejected> { wallet.eraseMe(newRequest(), mine) }
            assertEquals("ShopWithoutServer", nowhere.reason.name)
            wallet.destroy()
            keys.secrets.clear()
            assertFailsWith<CoreException.WrongKey> { opened(keys) }
            val anew = Wallet.anew(home.path, keys, Log())
            assertEquals(emptyList(), anew.cards())
            anew.destroy()
        }
}
