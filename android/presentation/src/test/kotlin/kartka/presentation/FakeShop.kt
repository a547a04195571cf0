package kartka.presentation

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableSharedFlow

/**
 * A shop small enough to read: it behaves as the core does towards the screens.
 *
 * Cards of the shop are texts `K1-number`, of another shop `X1-number`, blocked ones `B1-number`, of a key the phone
 * does not know yet `N1-number`, pairing codes `KP1-…`, recovery sheets `SHEET…`, links to cards `L1-…`; anything else is no card. A frame's bytes are the text of the code it shows, or nothing.
 * The bonus card gives one point for ten minor units, and a point pays one.
 */
class FakeShop private constructor(private val parts: FakeParts) :
    CoreGateway,
    CustomerGateway by parts.people,
    TillGateway by parts.till,
    TeamGateway by parts.team,
    OpenGateway by parts.opener,
    ShopGateway by parts.house,
    OfficeGateway by parts.office,
    ProgrammeGateway by parts.programme,
    LeavingGateway by parts.leaving,
    TiesGateway by parts.ties,
    ReturnsGateway by parts.returns,
    OutletsGateway by parts.places,
    WalletGateway by parts.wallet {
        constructor() : this(FakeParts())

        val desk get() = parts.desk
        val people get() = parts.people
        val till get() = parts.till
        val team get() = parts.team
        val house get() = parts.house
        val opener get() = parts.opener
        val office get() = parts.office
        val programme get() = parts.programme
        val leaving get() = parts.leaving
        val ties get() = parts.ties
        val returns get() = parts.returns
        val places get() = parts.places
        val wallet get() = parts.wallet

        /** Sessions opened and not ended. */
        var openSessions = 0
            private set

        /** Every entry the shop was asked about. */
        val asked = mutableListOf<CardEntry>()

        override val changes: Flow<ChangeTopic> get() = desk.topics

        override suspend fun facts(): ShopFacts =
            desk.answering {
                ShopFacts("Кав'ярня", "UA", UAH, 2, 0, mapOf(BONUS to "Бонусна", STAMPS to "Кава"))
            }

        override suspend fun openScan(): ScanSession {
            openSessions += 1
            return Session()
        }

        override suspend fun recognise(entry: CardEntry): Recognition {
            asked += entry
            return desk.answering {
                when (entry) {
                    is CardEntry.Scanned -> people.byCode(entry.text)
                    is CardEntry.Typed -> people.byDigits(entry.text)
                }
            }
        }

        override suspend fun recentSales(): List<RecentSale> = desk.answering { till.recent() }

        override suspend fun syncMark(): SyncMark = desk.mark()

        private inner class Session : ScanSession {
            private var emptySince: Long? = null

            override fun offer(frame: LumaFrame): List<ScanEvent> {
                val text = frame.bytes.decodeToString()
                if (text.isNotEmpty()) {
                    emptySince = null
                    return listOf(seen(text))
                }
                val since = emptySince ?: frame.atMillis.also { emptySince = it }
                return when (frame.atMillis - since) {
                    in 0 until 3_000 -> emptyList()
                    in 3_000 until 5_000 -> listOf(ScanEvent.TorchMayHelp)
                    else -> listOf(ScanEvent.TypingMayHelp)
                }
            }

            private fun seen(text: String): ScanEvent =
                when {
                    text.startsWith("KP1-") -> ScanEvent.LetsIn(text)
                    text.startsWith("SHEET") -> ScanEvent.OpensShop(text)
                    else -> ScanEvent.Read(text, Carrier.Qr)
                }

            override fun end() {
                openSessions -= 1
            }
        }
    }

/** The parts of one shop. */
class FakeParts {
    val desk = FakeDesk()
    val people = FakePeople(desk)
    val team = FakeTeam(desk)
    val till = FakeTill(desk, people, team)
    val house = FakeHouse(desk)
    val leaving = FakeLeaving(desk)
    val opener = FakeOpener(house, leaving)
    val office = FakeOffice(desk, till, team)
    val programme = FakeProgramme(desk)
    val ties = FakeTies(desk, people)
    val returns = FakeReturns(desk, till)
    val places = FakeOutlets(desk, office)
    val wallet = FakeWallet(desk)
}

/** What all parts of the shop share: how it answers, and what waits to be sent. */
class FakeDesk {
    val topics = MutableSharedFlow<ChangeTopic>(extraBufferCapacity = 64)
    private var waiting = 0L
    private var dot = SyncDot.InSync
    private var heardAt: Long? = NOON
    private var locked: Trouble? = null
    private val done = mutableMapOf<RequestId, Any>()

    /** When set, answers wait until it is completed. */
    var gate: CompletableDeferred<Unit>? = null

    /** Work that was done and not only repeated. */
    var writes = 0
        private set

    /** The phone is its own authority, or not. */
    fun alone() {
        dot = SyncDot.Alone
        heardAt = null
    }

    /** There is no network: what is written waits. */
    fun waits(operations: Long) {
        waiting = operations
        dot = SyncDot.Waiting
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

    /** From now on the core refuses every question. */
    fun refuse(trouble: Trouble?) {
        locked = trouble
    }

    fun mark(): SyncMark = SyncMark(dot, waiting, heardAt)

    val offline: Boolean get() = dot == SyncDot.Waiting

    val isAlone: Boolean get() = dot == SyncDot.Alone

    suspend fun <T> answering(answer: () -> T): T {
        gate?.await()
        if (dot == SyncDot.Revoked) throw CoreFault(Trouble(TroubleKind.Revoked, Words("error.device_revoked")))
        locked?.let { throw CoreFault(it) }
        return answer()
    }

    /** Does [work] for a request once, and answers a repeat with what it did. */
    @Suppress("UNCHECKED_CAST")
    suspend fun <T : Any> once(request: RequestId, vararg told: ChangeTopic, work: () -> T): T =
        answering {
            done.getOrPut(request) {
                work().also {
                    writes += 1
                    if (!isAlone) waiting += 1
                    if (!isAlone) dot = SyncDot.Waiting
                    (told.toList() + ChangeTopic.Sync).forEach(topics::tryEmit)
                }
            } as T
        }
}

/** The core says no. */
fun refusal(kind: TroubleKind, key: String, vararg numbers: Pair<String, Long>): Trouble =
    Trouble(kind, Words(key, numbers.toMap()))

/** Request ids that count. */
class CountingIds : RequestIds {
    private var given = 0

    override fun next(): RequestId = RequestId("%032x".format(++given))
}

/** A frame that shows [text], or nothing. */
fun frame(text: String = "", atMillis: Long = 0): LumaFrame =
    text.encodeToByteArray().let { LumaFrame(it, it.size, 1, it.size, atMillis) }

fun uah(minor: Long): Money = Money(minor, UAH)

const val UAH = "UAH"
const val BONUS = 1L
const val STAMPS = 2L
const val NOON = 1_700_000_000_000L
