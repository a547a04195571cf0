package kartka.corebridge

import kartka.generated.CardChoice
import kartka.generated.ChangeListener
import kartka.generated.Founding
import kartka.generated.KartkaCore
import kartka.generated.KeyStore
import kartka.generated.Line
import kartka.generated.LogEntry
import kartka.generated.LogSink
import kartka.generated.Profile
import kartka.generated.Registration
import kartka.generated.ShopKind
import kartka.generated.SyncReport
import kartka.generated.Tender
import kartka.generated.TillRequest
import java.io.File
import java.nio.file.Files
import java.security.SecureRandom
import java.util.concurrent.CopyOnWriteArrayList
import java.util.concurrent.CountDownLatch
import java.util.concurrent.locks.ReentrantLock
import kotlin.concurrent.withLock
import kartka.generated.ChangeTopic as CoreTopic

/** A request id as a shell draws it when the keypad opens. */
fun newRequest(): ByteArray = ByteArray(16).also(SecureRandom()::nextBytes)

fun founding(): Founding =
    Founding(
        name = Scenario.text("shop.name"),
        country = Scenario.text("shop.country"),
        kind = ShopKind.valueOf(Scenario.text("shop.kind").uppercase()),
        owner = Scenario.text("shop.owner"),
    )

fun customerForm(card: CardChoice): Registration {
    val profile =
        Profile(
            given = Scenario.text("customer.given"),
            family = Scenario.text("customer.family"),
            phones = listOf(Scenario.text("customer.phone")),
        )
    return Registration(profile = profile, marketingConsent = 1u, card = card)
}

/** One typed amount, paid in cash. */
fun amount(gross: Long, customer: Long? = null, spend: Long = 0): TillRequest =
    TillRequest(customer = customer, lines = listOf(Line(gross = gross)), spend = spend, tender = Tender.CASH)

/** Secrets in memory; may be told to fail, or to wait at one of them. */
class Keys(val secrets: MutableMap<String, ByteArray> = mutableMapOf()) : KeyStore {
    @Volatile
    var fault: Exception? = null

    @Volatile
    var waitAt: String? = null
    val reached = CountDownLatch(1)
    val released = CountDownLatch(1)

    override fun load(name: String): ByteArray? {
        fault?.let { throw it }
        if (name == waitAt) {
            reached.countDown()
            released.await()
        }
        return secrets[name]
    }

    override fun store(name: String, secret: ByteArray) {
        fault?.let { throw it }
        secrets[name] = secret
    }
}

/** Keeps every line; may be told to throw. */
class Log(private val throws: Boolean = false) : LogSink {
    val lines = CopyOnWriteArrayList<LogEntry>()

    override fun write(entry: LogEntry) {
        lines += entry
        if (throws) error("a log that throws")
    }
}

/** Counts the topics; may be told to throw. */
class Changes(private val throws: Boolean = false) : ChangeListener {
    private val lock = ReentrantLock()
    private val moved = lock.newCondition()
    private val heard = mutableListOf<CoreTopic>()

    override fun changed(topic: CoreTopic) {
        lock.withLock {
            heard += topic
            moved.signalAll()
        }
        if (throws) error("a listener that throws")
    }

    fun waitFor(topic: CoreTopic, times: Int = 1): Unit =
        lock.withLock {
            while (heard.count { it == topic } < times) moved.await()
        }
}

/** A device: a folder, its keys, its ears, and the core over them. */
class Phone(val folder: File, val core: KartkaCore, val keys: Keys, val log: Log, val changes: Changes) {
    suspend fun sync(): SyncReport = core.sync().start(null).outcome()

    suspend fun balance(customer: Long): Long =
        core
            .customers()
            .sheet(customer)
            .points
            .first()
            .balance

    suspend fun sell(gross: Long, customer: Long? = null): Long =
        core.till().sell(newRequest(), amount(gross, customer))

    /** The data as it lies on the disk now, in a folder beside it. */
    fun copiedTo(name: String): File = folder.resolveSibling(name).also { folder.copyRecursively(it) }
}

/** A folder for one test, its own or the one given, with the servers that were started in it. */
class Stage(private val folder: File = Files.createTempDirectory("kartka-border-").toFile()) : AutoCloseable {
    private val servers = mutableListOf<Server>()

    suspend fun phone(
        name: String = "phone",
        keys: Keys = Keys(),
        log: Log = Log(),
        changes: Changes = Changes(),
    ): Phone {
        val data = folder.resolve(name).also { it.mkdirs() }
        return Phone(data, KartkaCore.open(data.path, keys, log, changes), keys, log, changes)
    }

    suspend fun founded(name: String = "phone", log: Log = Log(), changes: Changes = Changes()): Phone =
        phone(name, log = log, changes = changes).also { it.core.found(newRequest(), founding()) }

    /** Data that a Kartka of the future wrote. */
    fun newerData(name: String): File =
        folder.resolve(name).also { Scenario.folder.resolve("../fixtures/store/newer").copyRecursively(it) }

    fun server(): Server =
        Server(folder.resolve("server${servers.size}")).also {
            servers += it
            it.start()
        }

    suspend fun paired(server: Server, code: Int = 0): Phone =
        phone("phone$code-${server.port}").also {
            it.core.sync().pair(newRequest(), server.pairingCodes[code], Scenario.text("devices.$code"))
        }

    override fun close() {
        servers.forEach(Server::stop)
        folder.deleteRecursively()
    }
}
