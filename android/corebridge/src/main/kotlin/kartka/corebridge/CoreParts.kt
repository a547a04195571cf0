package kartka.corebridge

import kartka.generated.KartkaCore
import kartka.presentation.Money
import kartka.presentation.RequestId
import kartka.presentation.RequestIds
import java.security.SecureRandom

/** The core's sub-objects, held while the gateway lives, and what every part of the gateway needs of them. */
internal class CoreParts(val root: KartkaCore) : AutoCloseable {
    val cards = root.cards()
    val customers = root.customers()
    val till = root.till()
    val team = root.team()
    val reports = root.reports()
    val programme = root.programme()
    val settings = root.settings()
    val sync = root.sync()
    val office = root.office()
    val recovery = root.recovery()

    @Volatile
    private var currency: String? = null

    /** The business's currency, which founding decides for good. */
    suspend fun currency(): String = currency ?: settings.business().currency.also { currency = it }

    /** The shop is gone from here: the next one has another currency. */
    fun forget() {
        currency = null
    }

    override fun close() {
        listOf(cards, customers, till, team, reports, programme, settings, sync, office, recovery, root).forEach {
            it.destroy()
        }
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
