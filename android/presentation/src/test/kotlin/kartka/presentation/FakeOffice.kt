package kartka.presentation

/** What the owner of the [FakeShop] looks after. */
class FakeOffice(private val desk: FakeDesk, private val till: FakeTill, private val team: FakeTeam) : OfficeGateway {
    private var devices =
        listOf(
            Device(1, "Каса 1", 1, DeviceStanding.Active, here = true),
            Device(2, "Каса 2", 2, DeviceStanding.Active, here = false),
        )
    private var items = emptyList<InboxItem>()
    private var limits = EarnLimits()
    private var trust = Trust(48, 30, 32, 5_000, uah(5_000))

    /** Whoever is here may not decide. */
    var mayNot = false

    /** Points on hand have no bound offline. */
    fun unbounded() {
        trust = trust.copy(points = null, worth = null)
    }

    /** What was decided about quarantines and returns, in words. */
    val settled = mutableListOf<String>()

    /** The shop has a server. */
    var served = true
    private var invited = 0

    fun waiting(vararg waiting: InboxItem) {
        items = waiting.toList()
    }

    private suspend fun <T> asOwner(answer: () -> T): T =
        desk.answering {
            if (mayNot) throw CoreFault(refusal(TroubleKind.NotAllowed, "code.not_entitled", "permission" to 12))
            answer()
        }

    private suspend fun once(request: RequestId, work: () -> Unit) {
        asOwner { }
        desk.once(request) { work() }
    }

    override suspend fun today(): Today =
        asOwner {
            val sold = till.sold
            val money = uah(sold.sumOf { it.total.minor })
            val buyers =
                sold
                    .mapNotNull { it.customerId }
                    .toSet()
                    .size
                    .toLong()
            val day = Day("2026-11-22", sold.size.toLong(), buyers, money, money, uah(0), buyers, buyers, 0, 1)
            val before = Day("2026-11-15", 1, 0, uah(10_000), uah(10_000), uah(0), 1, 0, 0, 0)
            val points = listOf(Outstanding(BONUS, 7_000))
            Today(day, before, 18_000, 10_000, points, uah(7_000), desk.mark().pending, NOON)
        }

    override suspend fun devices(): List<Device> = asOwner { devices }

    override suspend fun revoke(request: RequestId, device: Long, how: Revoking): Unit =
        once(request) {
            if (devices.any { it.device == device && it.here }) {
                throw CoreFault(refusal(TroubleKind.Rule, "code.not_yourself"))
            }
            val standing =
                when (how) {
                    Revoking.KeepData -> DeviceStanding.Revoked
                    Revoking.WipeWhenEmpty -> DeviceStanding.WipeWhenEmpty
                    Revoking.WipeNow -> DeviceStanding.WipeNow
                }
            devices = devices.map { if (it.device == device) it.copy(standing = standing) else it }
        }

    override suspend fun employ(request: RequestId, name: String, role: Long): Long =
        desk.once(request) { team.employ(name, role) }

    override suspend fun dismiss(request: RequestId, operator: Long): Unit = once(request) { team.dismiss(operator) }

    override suspend fun roles(): List<RoleName> =
        asOwner {
            listOf(RoleName(2, ""), RoleName(3, ""), RoleName(16, "Бариста"))
        }

    override suspend fun inbox(): List<InboxItem> = asOwner { items }

    override suspend fun close(request: RequestId, item: Long): Unit = once(request) { take(item) }

    override suspend fun agree(request: RequestId, item: Long): Unit = once(request) { take(item) }

    override suspend fun settle(request: RequestId, upTo: Long, takeIn: Boolean): Unit =
        once(request) {
            items = items.filter { it.asks != InboxAsk.Quarantine(upTo) }
            settled += "$upTo $takeIn"
        }

    override suspend fun settleReturn(request: RequestId, returned: Long, takeIn: Boolean, link: Long?): Unit =
        once(request) {
            items = items.filter { (it.asks as? InboxAsk.UnlinkedReturn)?.returned != returned }
            settled += "$returned $takeIn $link"
        }

    override suspend fun invite(holder: Long, outlet: Long?): Invitation =
        asOwner {
            if (!served) throw CoreFault(refusal(TroubleKind.Rule, "code.needs_server"))
            invited += 1
            Invitation("KARTKA1:CODE$invited" + outlet?.let { "@$it" }.orEmpty(), NOON + 600_000)
        }

    private fun take(item: Long) {
        if (items.none { it.item == item }) throw CoreFault(refusal(TroubleKind.NotFound, "error.not_found"))
        items = items.filter { it.item != item }
    }

    override suspend fun trust(): Trust = asOwner { trust }

    override suspend fun setTrust(request: RequestId, hours: Int, days: Int): Unit =
        once(request) {
            if (hours !in 1..168 || days !in 7..365) {
                throw CoreFault(refusal(TroubleKind.Invalid, "error.validation.amount"))
            }
            trust = trust.copy(hours = hours, graceDays = days, days = days + 2L)
        }

    override suspend fun limits(): EarnLimits = asOwner { limits }

    override suspend fun setLimits(request: RequestId, limits: EarnLimits): Unit =
        once(request) { this.limits = limits }
}
