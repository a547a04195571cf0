package kartka.corebridge

import kartka.generated.CardChoice
import kartka.generated.CoreException
import kartka.generated.InternalException
import kartka.generated.Rehearsal
import kartka.generated.SyncProgress
import kartka.generated.SyncProgressListener
import kartka.generated.coreVersion
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.concurrent.thread
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kartka.generated.ChangeTopic as CoreTopic

/** The border's own promises: what throws, panics, gives up, crowds in or asks twice does no harm. */
class BorderTest {
    private val gross = Scenario.number("sale.gross")

    private fun onStage(block: suspend (Stage) -> Unit) = Stage().use { runBlocking { block(it) } }

    @Test
    fun `the library says which core it holds`() {
        val version = coreVersion()
        assertTrue(Regex("""\d+\.\d+\.\d+""").matches(version), "got \"$version\"")
    }

    @Test
    fun `a listener that throws harms nobody and is told again`() =
        onStage { stage ->
            val phone = stage.founded(log = Log(throws = true), changes = Changes(throws = true))
            for (times in 1..2) {
                phone.sell(gross)
                phone.changes.waitFor(CoreTopic.SALES, times + 1)
            }
            assertFailsWith<CoreException.Unexpected> { Rehearsal(phone.log).panicNow() }
            assertEquals(
                2,
                phone.core
                    .reports()
                    .today(null)
                    .day.receipts,
            )
        }

    @Test
    fun `a listener of progress that throws ends no run`() =
        onStage { stage ->
            val phone = stage.paired(stage.server())
            phone.sell(100)
            val heard = CopyOnWriteArrayList<SyncProgress>()
            val listener =
                object : SyncProgressListener {
                    override fun progressed(progress: SyncProgress) {
                        heard += progress
                        error("a listener that throws")
                    }
                }
            val report =
                phone.core
                    .sync()
                    .start(listener)
                    .outcome()
            assertEquals(1, report.opsPushed)
            assertEquals(report.bytesUp, heard.last().bytesUp)
        }

    @Test
    fun `a caller that gives up loses the answer and not the work`() =
        onStage { stage ->
            val server = stage.server()
            val phone = stage.phone()
            phone.keys.waitAt = "device-secret"
            val request = newRequest()
            val (code, device) = server.pairingCodes[0] to Scenario.text("devices.0")
            runBlocking(Dispatchers.IO) {
                val waiting = launch { phone.core.sync().pair(request, code, device) }
                phone.keys.reached.await()
                waiting.cancelAndJoin()
                assertTrue(waiting.isCancelled)
            }
            phone.keys.released.countDown()
            phone.changes.waitFor(CoreTopic.SYNC)
            assertTrue(phone.core.isEnrolled())
            // The repeat with the same request id finds the device taken in.
            phone.core.sync().pair(request, code, device)
        }

    @Test
    fun `a panic is an exception and a line in the log`() =
        onStage { stage ->
            val phone = stage.founded()
            val rehearsal = Rehearsal(phone.log)
            val now = assertFailsWith<CoreException.Unexpected> { rehearsal.panicNow() }
            val later = assertFailsWith<CoreException.Unexpected> { rehearsal.panicLater() }
            assertEquals(listOf<String?>(now.reportId, later.reportId), phone.log.lines.map { it.reportId })
            val place = Regex("""panic at rehearsal\.rs:\d+""")
            phone.log.lines.forEach { assertTrue(place.matches(it.what), it.what) }
            assertFailsWith<InternalException> { rehearsal.panicUnguarded() }
            assertEquals(
                0,
                phone.core
                    .reports()
                    .today(null)
                    .day.receipts,
            )
        }

    @Test
    fun `eight threads sell at once and every sale counts`() =
        onStage { stage ->
            val phone = stage.founded()
            val (each, threads) = Scenario.number("crowd.sales") to Scenario.number("crowd.threads").toInt()
            val customer = phone.core.customers().register(newRequest(), customerForm(CardChoice.Issue))
            val scan = phone.core.cards().openScan()
            val failures = CopyOnWriteArrayList<Throwable>()
            val tills =
                List(threads) {
                    thread {
                        val work =
                            runCatching {
                                runBlocking {
                                    for (at in 0 until each) {
                                        scan.text("https://example.org", at)
                                        phone.sell(Scenario.number("crowd.gross"), customer)
                                        phone.core.customers().sheet(customer)
                                    }
                                }
                            }
                        work.exceptionOrNull()?.let(failures::add)
                    }
                }
            tills.forEach(Thread::join)
            assertEquals(emptyList<Throwable>(), failures)
            val today =
                phone.core
                    .reports()
                    .today(null)
                    .day
            assertEquals(threads * each, today.receipts)
            assertEquals(threads * each * Scenario.number("crowd.earned"), phone.balance(customer))
        }

    @Test
    fun `a repeated request is answered and not done again`() =
        onStage { stage ->
            val phone = stage.founded()
            val (customers, till) = phone.core.customers() to phone.core.till()
            val (register, sell, back) = Triple(newRequest(), newRequest(), newRequest())
            val form = customerForm(CardChoice.Issue)
            val customer = customers.register(register, form)
            assertEquals(customer, customers.register(register, form))
            val quote = till.quote(amount(gross, customer))
            val purchase = till.commit(sell, quote.id)
            assertEquals(purchase, till.commit(sell, quote.id))
            assertEquals(purchase, till.commit(sell, 4_711))
            assertFailsWith<CoreException.Stale> { till.commit(newRequest(), quote.id) }
            val returned = till.giveBack(back, purchase, emptyList())
            assertEquals(returned, till.giveBack(back, purchase, emptyList()))
            val today =
                phone.core
                    .reports()
                    .today(null)
                    .day
            assertEquals(1L to gross, today.receipts to today.returns)
        }
}
