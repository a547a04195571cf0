package kartka.corebridge

import kartka.generated.CardChoice
import kartka.generated.CoreException
import kartka.generated.KeyStoreFault
import kartka.generated.Profile
import kartka.generated.Registration
import kartka.generated.Rehearsal
import kartka.generated.Subject
import kartka.generated.SyncDot
import kartka.presentation.TroubleKind
import kotlinx.coroutines.runBlocking
import java.io.File
import kotlin.test.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue

/** Each error a shell can meet, met for real; without a small disk two are rehearsed, with the reason in view. */
class ErrorsTest {
    private val met = mutableSetOf<String>()

    /** As the screens tell them apart. */
    private val troubles = mutableSetOf<TroubleKind>()

    /** The keys of the one table of texts. */
    private val texts = File("../../bindings/shells/strings.txt").readLines().toSet()

    /** Every variant of the border's one error. */
    private val all =
        CoreException::class.java.declaredClasses
            .filter { CoreException::class.java.isAssignableFrom(it) }
            .map { it.simpleName }
            .toSet()

    /** [work] fails with the error of this [name], for which [holds]. */
    private suspend fun meets(name: String, holds: (CoreException) -> Boolean = { true }, work: suspend () -> Unit) {
        val error = assertFailsWith<CoreException>("$name does not come") { work() }
        assertEquals(name, error::class.simpleName)
        assertTrue(holds(error), "$name carries something else: ${error.message}")
        met += name
        val trouble = error.asTrouble()
        troubles += trouble.kind
        assertTrue(trouble.words.key in texts || trouble.words.key.startsWith("code."), "no words: ${trouble.words}")
    }

    private fun about(subject: Subject): (CoreException) -> Boolean =
        { it is CoreException.Validation && it.subject == subject }

    @Test
    fun `every error arrives as itself`() =
        Stage().use { stage ->
            runBlocking {
                atTheCounter(stage)
                onTheDisk(stage)
                inANewerFile(stage)
                onASmallDisk()
                inTheKeyStore(stage)
                onTheLine(stage)
                afterAStepBack(stage)
                byHandAndByFault(stage)
                assertEquals(all, met, "an error without a test, or a test without an error")
                // A rule that a PIN or another person helps is told apart by its code.
                val byCode = setOf(TroubleKind.PinNeeded, TroubleKind.NotAllowed)
                assertEquals(TroubleKind.entries.toSet() - byCode, troubles - byCode, "a trouble that nothing leads to")
                val subjects = Subject.entries.map { "error.validation.${snake(it.name)}" }
                assertEquals(emptyList(), subjects - texts, "inputs without words")
            }
        }

    private suspend fun atTheCounter(stage: Stage) {
        val empty = stage.phone("counter").core
        meets("NotPaired") { empty.settings().business() }
        meets("Validation", about(Subject.PAIRING_CODE)) { empty.sync().pair(newRequest(), "no code", "Каса") }
        val phone = stage.founded("counter-2")
        val customers = phone.core.customers()
        val till = phone.core.till()
        meets("Validation", about(Subject.REQUEST_ID)) {
            customers.register(byteArrayOf(1), customerForm(CardChoice.NoCard))
        }
        meets("AlreadyPaired") { phone.core.found(newRequest(), founding()) }
        val customer = customers.register(newRequest(), customerForm(CardChoice.Issue))
        meets("Duplicate", { it is CoreException.Duplicate && it.existing == customer }) {
            customers.register(newRequest(), customerForm(CardChoice.NoCard))
        }
        meets("Validation", about(Subject.WAY_TO_REACH)) {
            customers.register(newRequest(), Registration(Profile(), card = CardChoice.NoCard))
        }
        val scan = phone.core.cards().openScan()
        meets("Validation", about(Subject.FRAME)) { scan.frame(ByteArray(10), 4u, 4u, 4u, 0) }
        listOf(0L, -1L, customer + 1).forEach { nobody -> meets("NotFound") { customers.sheet(nobody) } }
        val spend = Scenario.number("too_many_points.spend")
        meets("InsufficientPoints", { it is CoreException.InsufficientPoints && it.balance == 0L }) {
            till.quote(amount(Scenario.number("too_many_points.gross"), customer, spend))
        }
        phone.sell(Scenario.number("sale.gross"), customer)
        meets("RuleRejected") { till.quote(amount(Scenario.number("too_many_points.sale"), customer, spend)) }
        meets("Stale") { till.commit(newRequest(), 4_711) }
    }

    private suspend fun onTheDisk(stage: Stage) {
        val phone = stage.founded("disk")
        meets("Busy") { stage.phone("disk", phone.keys) }
        val strange = phone.copiedTo("strange")
        val others = Keys((phone.keys.secrets + ("database-key" to ByteArray(32) { 7 })).toMutableMap())
        meets("WrongKey") { stage.phone("strange", others) }
        assertTrue(strange.resolve("kartka.db").exists(), "a wrong key moved something")
        val broken = phone.copiedTo("broken")
        broken.resolve("kartka.db-wal").delete()
        broken.resolve("kartka.db").writeBytes(ByteArray(40_960) { 0x55 })
        meets("Corrupt") { stage.phone("broken", phone.keys) }
    }

    private suspend fun inANewerFile(stage: Stage) {
        val data = stage.newerData("newer").resolve("kartka.db")
        val before = data.readBytes()
        val key = ByteArray(32) { Scenario.number("newer.key_byte").toByte() }
        val version = Scenario.number("newer.version").toUInt()
        meets("TooNew", { it is CoreException.TooNew && it.found == version }) {
            stage.phone("newer", Keys(mutableMapOf("database-key" to key)))
        }
        assertContentEquals(before, data.readBytes(), "a newer file was changed")
    }

    private suspend fun onASmallDisk() {
        rehearse("rehearsed_always")
        val disk = SmallDisk.ofThisRun() ?: return rehearse("rehearsed_without_a_small_disk")
        val phone = Stage(disk.writable).founded("till")
        val sale = newRequest()
        val till = phone.core.till()
        val reports = phone.core.reports()
        disk.whileFull {
            meets("StorageFull") { till.sell(sale, amount(100)) }
            assertEquals(0, reports.today(null).day.receipts)
        }
        assertEquals(till.sell(sale, amount(100)), till.sell(sale, amount(100)))
        assertEquals(1, reports.today(null).day.receipts)
        phone.copiedTo("copy")
        meets("ReadOnly") { Stage(disk.readOnly).phone("copy", phone.keys) }
    }

    private suspend fun rehearse(list: String) {
        val rehearsal = Rehearsal(Log())
        Scenario.names(list).forEach { name ->
            println("$name: ${Scenario.text("$list.$name")}")
            meets(name) { rehearsal.fail(name) }
        }
    }

    private suspend fun inTheKeyStore(stage: Stage) {
        val thrown =
            listOf(
                "KeysLocked" to KeyStoreFault.Locked(),
                "KeysLost" to KeyStoreFault.Lost(),
                "KeysUnavailable" to KeyStoreFault.Unavailable(),
                "KeysUnavailable" to IllegalStateException("a key store that throws something else"),
            )
        thrown.forEach { (name, fault) ->
            meets(name) { stage.phone("keys", Keys().also { it.fault = fault }) }
        }
    }

    private suspend fun onTheLine(stage: Stage) {
        val server = stage.server()
        val phone = stage.paired(server)
        meets("PairingRefused") {
            stage
                .phone("second")
                .core
                .sync()
                .pair(newRequest(), server.pairingCodes[0], Scenario.text("devices.1"))
        }
        server.stop()
        phone.core.customers().register(newRequest(), customerForm(CardChoice.NoCard))
        meets("Offline") { phone.sync() }
        val rehearsal = Rehearsal(phone.log)
        for (at in 0 until Scenario.count("impostors")) {
            val status = Scenario.number("impostors.$at.status").toUShort()
            rehearsal.impostor(server.port.toUShort(), status, Scenario.text("impostors.$at.problem"))
            meets(Scenario.text("impostors.$at.error"), ::carriesWhatTheImpostorSaid) { phone.sync() }
            val dot =
                phone.core
                    .sync()
                    .standing()
                    .dot
            val revoked = Scenario.text("impostors.$at.error") == "DeviceRevoked"
            if (revoked) assertEquals(SyncDot.REVOKED, dot)
        }
        server.start()
        assertEquals(1, phone.sync().opsPushed, "nothing was lost by all that")
        assertEquals(
            SyncDot.IN_SYNC,
            phone.core
                .sync()
                .standing()
                .dot,
        )
        server.stop()
    }

    private fun carriesWhatTheImpostorSaid(error: CoreException): Boolean =
        when (error) {
            is CoreException.ServerUnavailable -> error.retryAfterMs == 2_000L
            is CoreException.ProtocolTooOld -> error.min == 9u
            else -> true
        }

    private suspend fun afterAStepBack(stage: Stage) {
        val server = stage.server()
        val phone = stage.paired(server)
        phone.copiedTo("older")
        phone.sell(100)
        phone.sync()
        val rolledBack = stage.phone("older", phone.keys)
        rolledBack.sell(100)
        assertEquals(1L, rolledBack.sync().opsPushed, "a copy goes on by itself")
        val standing = rolledBack.core.sync().standing()
        assertEquals(SyncDot.IN_SYNC, standing.dot)
        assertEquals(1L, standing.renumbered?.ops)
        rolledBack.core.sync().resume()
        val read = rolledBack.core.sync().standing()
        assertEquals(null, read.renumbered, "somebody read it")
        server.stop()
        val copy = server.keepCopy()
        server.start()
        phone.sell(100)
        phone.sync()
        server.stop()
        server.goBackTo(copy)
        server.start()
        // The server learns it from the phone, takes the next epoch, and is told again what it lost.
        phone.sell(100)
        phone.sync()
        server.stop()
        server.goBackTo(copy)
        server.start()
        phone.sell(100)
        meets("ServerWentBack") { phone.sync() }
    }

    private suspend fun byHandAndByFault(stage: Stage) {
        val phone = stage.paired(stage.server())
        phone.keys.waitAt = "device-secret"
        val run = phone.core.sync().start(null)
        phone.keys.reached.await()
        run.cancel()
        phone.keys.released.countDown()
        meets("Cancelled") { run.outcome() }
        meets("Unexpected") { Rehearsal(phone.log).panicNow() }
    }
}
