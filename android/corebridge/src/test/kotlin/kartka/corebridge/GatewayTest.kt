package kartka.corebridge

import kartka.generated.CardChoice
import kartka.generated.KartkaCore
import kartka.generated.Rehearsal
import kartka.presentation.CardEntry
import kartka.presentation.CardRead
import kartka.presentation.Carrier
import kartka.presentation.ChangeTopic
import kartka.presentation.CoreFault
import kartka.presentation.Founding
import kartka.presentation.LumaFrame
import kartka.presentation.Money
import kartka.presentation.Recognition
import kartka.presentation.ScanEvent
import kartka.presentation.ShopKind
import kartka.presentation.SyncDot
import kartka.presentation.SyncMark
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.Words
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.yield
import kotlin.io.path.createTempDirectory
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith

/** The presenters' gateway over a real shop: what the Scan screen asks, in the shell's own words. */
class GatewayTest {
    private val secrets = KeptSecrets()

    private fun atTheCounter(block: suspend (KartkaCore, KartkaGateway) -> Unit) {
        val folder = createTempDirectory("kartka-gateway-").toFile()
        val feed = ChangeFeed()
        runBlocking {
            val core = KartkaCore.open(folder.path, ForeignKeys(secrets), Log(), feed)
            KartkaGateway(core, placeIn(folder.path, secrets), cardsIn(folder.path, secrets), feed).use { gateway ->
                core.found(newRequest(), founding())
                block(core, gateway)
            }
        }
        folder.deleteRecursively()
    }

    @Test
    fun `a phone without a shop reads what lets it into one and takes no card for it`() {
        val folder = createTempDirectory("kartka-gateway-").toFile()
        runBlocking {
            KartkaGateway(placeIn(folder.path, secrets), cardsIn(folder.path)).use { gateway ->
                val session = gateway.openScan()
                // A pairing code's prefix is enough to know it; whether it is whole, pairing says.
                val cases =
                    listOf(
                        ScanEvent.LetsIn("KARTKA1:WYYDE6DIOR2HA4Z2F4XWWYLSORVWCLTFPBQW24DM"),
                        ScanEvent.Read("HTTPS://EXAMPLE.ORG", Carrier.Qr),
                    )
                cases.forEachIndexed { at, expected ->
                    val text = if (expected is ScanEvent.LetsIn) expected.code else (expected as ScanEvent.Read).text
                    val drawn = Rehearsal(Log()).frame(text)
                    val (width, height) = drawn.width.toInt() to drawn.height.toInt()
                    val frame = LumaFrame(drawn.luma, width, height, width, atMillis = at * 66L)
                    assertEquals(listOf<ScanEvent>(expected), session.offer(frame))
                }
                session.end()
            }
        }
        folder.deleteRecursively()
    }

    @Test
    fun `frames at odd sizes and rotations show the card or nothing and never end the search`() =
        atTheCounter { core, gateway ->
            val cards = core.cards().emit(newRequest(), 4u)
            val session = gateway.openScan()
            var at = 0L
            cards.forEachIndexed { quarters, card ->
                val code = core.cards().code(card.number)
                val drawn = Rehearsal(Log()).frame(code)
                val upright =
                    LumaFrame(drawn.luma, drawn.width.toInt(), drawn.height.toInt(), drawn.width.toInt(), at++)
                odd(upright).forEach { assertEquals(emptyList(), session.offer(it)) }
                val turned = turned(upright, quarters, padding = quarters * 13)
                assertEquals(listOf<ScanEvent>(ScanEvent.Read(code, Carrier.Qr)), session.offer(turned))
            }
            session.end()
        }

    /** Planes that no camera should give. */
    private fun odd(whole: LumaFrame): List<LumaFrame> {
        val (bytes, width, height) = Triple(whole.bytes, whole.width, whole.height)
        return listOf(
            LumaFrame(ByteArray(0), 0, 0, 0, whole.atMillis),
            LumaFrame(byteArrayOf(7), 1, 1, 1, whole.atMillis),
            LumaFrame(bytes, width, height, width - 1, whole.atMillis),
            LumaFrame(bytes.copyOf(bytes.size - 1), width, height, width, whole.atMillis),
            LumaFrame(bytes, height * width, 1, height * width, whole.atMillis),
            LumaFrame(bytes, Int.MAX_VALUE, Int.MAX_VALUE, Int.MAX_VALUE, whole.atMillis),
            LumaFrame(bytes, -1, height, width, whole.atMillis),
        )
    }

    /** [frame] turned by so many quarters, in rows that are longer than the picture is wide. */
    private fun turned(frame: LumaFrame, quarters: Int, padding: Int): LumaFrame {
        val lies = quarters % 2 == 1
        val (width, height) = if (lies) frame.height to frame.width else frame.width to frame.height
        val stride = width + padding
        val bytes = ByteArray(stride * height)
        for (y in 0 until height) {
            for (x in 0 until width) {
                val (fromX, fromY) =
                    when (quarters) {
                        1 -> y to width - 1 - x
                        2 -> width - 1 - x to height - 1 - y
                        3 -> height - 1 - y to x
                        else -> x to y
                    }
                bytes[y * stride + x] = frame.bytes[fromY * frame.rowStride + fromX]
            }
        }
        return LumaFrame(bytes, width, height, stride, frame.atMillis)
    }

    @Test
    fun `a card before the camera and digits on the keypad become what the core says`() =
        atTheCounter { core, gateway ->
            val cards = core.cards().emit(newRequest(), 2u)
            val form = customerForm(CardChoice.Bind(cards[0].number))
            val customer = core.customers().register(newRequest(), form)
            val codes = cards.map { core.cards().code(it.number) }

            val drawn = Rehearsal(Log()).frame(codes[0])
            val (width, height) = drawn.width.toInt() to drawn.height.toInt()
            val session = gateway.openScan()
            val events = session.offer(LumaFrame(drawn.luma, width, height, width, atMillis = 0))
            assertEquals(listOf<ScanEvent>(ScanEvent.Read(codes[0], Carrier.Qr)), events)
            assertEquals(emptyList(), session.offer(LumaFrame(ByteArray(3), width, height, width, atMillis = 66)))
            session.end()
            assertEquals(emptyList(), session.offer(LumaFrame(drawn.luma, width, height, width, atMillis = 9_000)))

            val damaged = codes[0].dropLast(1) + if (codes[0].last() == '2') '3' else '2'
            val cases =
                listOf(
                    CardEntry.Scanned(codes[0], Carrier.Qr) to Recognition.Customer(customer, CardRead.Scanned),
                    CardEntry.Scanned(codes[1], Carrier.Qr) to Recognition.NewCard(cards[1].number),
                    CardEntry.Scanned(damaged, Carrier.Qr) to Recognition.Unreadable,
                    CardEntry.Scanned("4820000000000", Carrier.Ean13) to Recognition.NotOurs,
                    CardEntry.Typed(Scenario.text("customer.typed")) to Recognition.Customer(customer, CardRead.Found),
                    CardEntry.Typed(cards[0].digits) to Recognition.Customer(customer, CardRead.Typed),
                    CardEntry.Typed(codes[1]) to Recognition.NewCard(cards[1].number),
                    CardEntry.Typed("0000000") to Recognition.Nobody("0000000"),
                )
            cases.forEach { (entry, expected) -> assertEquals(expected, gateway.recognise(entry), "$entry") }
            val other = form.profile.copy(phones = listOf("050" + Scenario.text("customer.digits").takeLast(7)))
            core.customers().register(newRequest(), form.copy(profile = other, card = CardChoice.NoCard))
            val typed = Scenario.text("customer.typed")
            assertEquals(Recognition.Several(typed), gateway.recognise(CardEntry.Typed(typed)))
        }

    @Test
    fun `a sale shows up with its customer and is told`() =
        atTheCounter { core, gateway ->
            assertEquals(SyncMark(SyncDot.Alone, 0), gateway.syncMark())
            val customer = core.customers().register(newRequest(), customerForm(CardChoice.Issue))
            runBlocking {
                val told = async { gateway.changes.first { it == ChangeTopic.Sales } }
                yield()
                core.till().sell(newRequest(), amount(Scenario.number("sale.gross"), customer))
                assertEquals(ChangeTopic.Sales, told.await())
            }
            core.till().sell(newRequest(), amount(100))
            val sales = gateway.recentSales().map { it.paid to it.customer }
            val currency = Scenario.text("currency")
            val named = Money(Scenario.number("sale.gross"), currency) to Scenario.text("customer.name")
            assertEquals(listOf(Money(100, currency) to null, named), sales)
        }

    @Test
    fun `a refusal carries the key of its text`() =
        runBlocking {
            val folder = createTempDirectory("kartka-gateway-").toFile()
            KartkaGateway(placeIn(folder.path, secrets), cardsIn(folder.path)).use { gateway ->
                val fault = assertFailsWith<CoreFault> { gateway.recentSales() }
                assertEquals(Trouble(TroubleKind.NotPaired, Words("error.not_paired")), fault.trouble)
            }
            val lost =
                object : Secrets {
                    override fun load(name: String) = throw SecretsFault.Lost()

                    override fun store(name: String, secret: ByteArray) = throw SecretsFault.Lost()
                }
            KartkaGateway(placeIn(folder.path, secrets), cardsIn(folder.path)).use { gateway ->
                gateway.open()
                assertEquals(emptyList(), folder.list()?.toList(), "a phone without a shop makes no data of one")
                val form = Founding("Кав'ярня", "UA", ShopKind.Coffee, "Марта")
                gateway.found(RandomRequestIds().next(), form)
            }
            KartkaGateway(placeIn(folder.path, lost), cardsIn(folder.path)).use { gateway ->
                val fault = assertFailsWith<CoreFault> { gateway.open() }
                assertEquals(TroubleKind.KeysLost, fault.trouble.kind)
                assertEquals(false, gateway.isEnrolled())
                assertEquals(emptyList(), gateway.heldCards(), "a person's own cards do not ask for the shop's key")
            }
            folder.deleteRecursively()
            Unit
        }
}
