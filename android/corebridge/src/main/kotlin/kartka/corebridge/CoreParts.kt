package kartka.corebridge

import kartka.generated.KartkaCore
import kartka.presentation.CoreFault
import kartka.presentation.Money
import kartka.presentation.RequestId
import kartka.presentation.RequestIds
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.Words
import java.security.SecureRandom

/** The core's sub-objects of an open shop. */
private class OpenCore(val root: KartkaCore) : AutoCloseable {
    val cards = root.cards()
    val customers = root.customers()
    val till = root.till()
    val team = root.team()
    val reports = root.reports()
    val programme = root.programme()
    val settings = root.settings()
    val sync = root.sync()
    val data = root.data()
    val office = root.office()
    val recovery = root.recovery()

    override fun close() {
        val parts = listOf(cards, customers, till, team, reports, programme, settings, sync, data, office, recovery)
        (parts + root).forEach { it.destroy() }
    }
}

/**
 * What every part of the gateway needs of the open shop. While none is open, each fails as on a phone that belongs to
 * none.
 */
internal class CoreParts : AutoCloseable {
    @Volatile
    private var core: OpenCore? = null
    private val open: OpenCore
        get() = core ?: throw CoreFault(Trouble(TroubleKind.NotPaired, Words("error.not_paired")))

    val isOpen: Boolean get() = core != null
    val root get() = open.root
    val cards get() = open.cards
    val customers get() = open.customers
    val till get() = open.till
    val team get() = open.team
    val reports get() = open.reports
    val programme get() = open.programme
    val settings get() = open.settings
    val sync get() = open.sync
    val data get() = open.data
    val office get() = open.office
    val recovery get() = open.recovery

    @Volatile
    private var currency: String? = null

    /** The business's currency, which founding decides for good. */
    suspend fun currency(): String = currency ?: settings.business().currency.also { currency = it }

    /** The shop over [root] is open from now on; whoever hands it over closed the one before. */
    fun take(root: KartkaCore) {
        core = OpenCore(root)
    }

    /** The shop is gone from here: the next one has another currency. */
    fun forget() {
        currency = null
    }

    /** Lets go of the shop's data; calls under way end first. */
    override fun close() {
        forget()
        core?.close()
        core = null
    }
}

/** The sixteen bytes of a request id. */
internal fun RequestId.bytes(): ByteArray = hex.chunked(2) { it.toString().toInt(HEX).toByte() }.toByteArray()

/** Request ids of 128 random bits. */
public class RandomRequestIds : RequestIds {
    private val random = SecureRandom()

    override fun next(): RequestId {
        val bytes = ByteArray(REQUEST_BYTES).also(random::nextBytes)
        return RequestId(bytes.joinToString("") { "%02x".format(it) })
    }
}

internal fun Long.money(currency: String): Money = Money(this, currency)

private const val HEX = 16
private const val REQUEST_BYTES = 16
