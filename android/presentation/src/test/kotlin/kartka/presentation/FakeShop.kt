package kartka.presentation

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableSharedFlow

/**
 * A shop small enough to read: it behaves as the core does towards the Scan screen.
 *
 * Cards of the shop are texts `K1-number`, of another shop `X1-number`, blocked ones `B1-number`, of a key the phone
 * does not know yet `N1-number`; anything else is no card. A frame's bytes are the text of the code it shows, or nothing.
 */
class FakeShop : CoreGateway {
    private val holders = mutableMapOf<String, Long>()
    private val fresh = mutableMapOf<String, Long>()
    private val phones = mutableMapOf<Long, String>()
    private val sales = ArrayDeque<RecentSale>()
    private val topics = MutableSharedFlow<ChangeTopic>(extraBufferCapacity = 64)
    private var waiting = 0L
    private var dot = SyncDot.InSync
    private var locked: String? = null

    /** When set, answers wait until it is completed. */
    var gate: CompletableDeferred<Unit>? = null

    /** Sessions opened and not ended. */
    var openSessions = 0
        private set

    /** Every entry the shop was asked about. */
    val asked = mutableListOf<CardEntry>()

    override val changes: Flow<ChangeTopic> get() = topics

    fun customer(id: Long, number: String, phone: String) {
        holders[number] = id
        phones[id] = phone
        topics.tryEmit(ChangeTopic.Customers)
    }

    fun freshCard(id: Long, number: String) {
        fresh[number] = id
    }

    fun sell(saleId: Long, amountMinor: Long, customer: String?) {
        sales.addFirst(RecentSale(saleId, 1_700_000_000_000 + saleId, amountMinor, "UAH", customer))
        waiting += 1
        dot = SyncDot.Waiting
        topics.tryEmit(ChangeTopic.Sales)
        topics.tryEmit(ChangeTopic.Sync)
    }

    fun synced() {
        waiting = 0
        dot = SyncDot.InSync
        topics.tryEmit(ChangeTopic.Sync)
    }

    /** The owner takes the phone out of the shop; the phone learns it when it asks. */
    fun revoke() {
        dot = SyncDot.Revoked
    }

    /** Says that something about sync changed. */
    fun announceSync() {
        topics.tryEmit(ChangeTopic.Sync)
    }

    /** From now on the core refuses every question with [key]. */
    fun refuse(key: String?) {
        locked = key
    }

    override suspend fun openScan(): ScanSession {
        openSessions += 1
        return Session()
    }

    override suspend fun recognise(entry: CardEntry): Recognition {
        asked += entry
        answering()
        return when (entry) {
            is CardEntry.Scanned -> byCode(entry.text)
            is CardEntry.Typed -> byDigits(entry.text)
        }
    }

    override suspend fun recentSales(): List<RecentSale> {
        answering()
        return sales.take(3)
    }

    override suspend fun syncMark(): SyncMark = SyncMark(dot, waiting)

    private suspend fun answering() {
        gate?.await()
        if (dot == SyncDot.Revoked) throw CoreFault.Revoked()
        locked?.let { throw CoreFault.Refused(it) }
    }

    private fun byCode(text: String): Recognition {
        val number = text.substringAfter('-', "")
        return when {
            text.startsWith("X1-") -> Recognition.OtherShop
            text.startsWith("B1-") -> Recognition.Blocked
            text.startsWith("N1-") -> Recognition.UnknownKey
            !text.startsWith("K1-") -> Recognition.NotOurs
            number in holders -> Recognition.Customer(holders.getValue(number))
            number in fresh -> Recognition.NewCard(fresh.getValue(number))
            else -> Recognition.Unreadable
        }
    }

    private fun byDigits(typed: String): Recognition {
        val found = phones.filterValues { it.endsWith(typed) }.keys + listOfNotNull(holders[typed])
        return when (found.size) {
            0 -> Recognition.Nobody(typed)
            1 -> Recognition.Customer(found.first())
            else -> Recognition.Several(typed)
        }
    }

    private inner class Session : ScanSession {
        private var emptySince: Long? = null

        override fun offer(frame: LumaFrame): List<ScanEvent> {
            val text = frame.bytes.decodeToString()
            if (text.isNotEmpty()) {
                emptySince = null
                return listOf(ScanEvent.Read(text, Carrier.Qr))
            }
            val since = emptySince ?: frame.atMillis.also { emptySince = it }
            return when (frame.atMillis - since) {
                in 0 until 3_000 -> emptyList()
                in 3_000 until 5_000 -> listOf(ScanEvent.TorchMayHelp)
                else -> listOf(ScanEvent.TypingMayHelp)
            }
        }

        override fun end() {
            openSessions -= 1
        }
    }
}

/** A frame that shows [text], or nothing. */
fun frame(text: String = "", atMillis: Long = 0): LumaFrame =
    text.encodeToByteArray().let { LumaFrame(it, it.size, 1, it.size, atMillis) }
