package kartka.presentation

/** What belongs to customers of the [FakeShop]: one who has bought before can be brought by nobody. */
class FakeTies(private val desk: FakeDesk, private val people: FakePeople) : TiesGateway {
    private val own = mutableMapOf<Long, List<OwnVoucher>>()
    private val joints = mutableListOf<Joint>()
    private val brought = mutableListOf<Pair<Long, Long>>()
    private var nextJoint = 500L

    /** What is promised for a friend. */
    var promised: FriendPromise = FriendPromise.Nothing

    /** Whoever is here may not join anybody. */
    var mayNot = false

    init {
        people.referred = { friend, referrer -> brought += friend to referrer }
    }

    fun voucher(holder: Long, voucher: OwnVoucher) {
        own[holder] = own[holder].orEmpty() + voucher
    }

    override suspend fun vouchers(customerId: Long): List<OwnVoucher> = desk.answering { own[customerId].orEmpty() }

    override suspend fun joints(customerId: Long): List<Joint> =
        desk.answering {
            joints.filter { it.one.customerId == customerId || it.other.customerId == customerId }
        }

    override suspend fun join(request: RequestId, one: Long, other: Long): Unit =
        desk.once(request, ChangeTopic.Customers) {
            allowed()
            if (joints.any { setOf(it.one.customerId, it.other.customerId) == setOf(one, other) }) {
                throw CoreFault(refusal(TroubleKind.Duplicate, "error.duplicate").copy(existing = other))
            }
            joints += Joint(nextJoint++, member(one), member(other), byHand = true)
        }

    override suspend fun part(request: RequestId, customerId: Long, joint: Long): Unit =
        desk.once(request, ChangeTopic.Customers) {
            allowed()
            if (!joints.removeIf { it.id == joint }) throw CoreFault(refusal(TroubleKind.NotFound, "error.not_found"))
        }

    override suspend fun promise(): FriendPromise = desk.answering { promised }

    override suspend fun friends(customerId: Long): Friends =
        desk.answering {
            Friends(
                brought.find { it.first == customerId }?.let { friend(it.second) },
                brought.filter { it.second == customerId }.map { friend(it.first) },
            )
        }

    override suspend fun refer(request: RequestId, friend: Long, referrer: Long): Unit =
        desk.once(request, ChangeTopic.Customers) {
            if (people.known(friend).visits > 0) {
                throw CoreFault(refusal(TroubleKind.Rule, "code.friend_bought_before"))
            }
            brought += friend to referrer
        }

    private fun allowed() {
        if (mayNot) throw CoreFault(refusal(TroubleKind.NotAllowed, "code.not_entitled", "permission" to 12))
    }

    private fun member(id: Long): Member = people.known(id).let { Member(id, it.name, it.cards.lastOrNull()) }

    private fun friend(id: Long) = Friend(member(id), "2026-11-22", FriendStanding.Waits, 0, 0, null, null)
}

/** A hundred points for each friend, fifty for the friend. */
val FOR_A_FRIEND = FriendPromise.Points(reward = 100, every = 1, welcome = 50, whenBuying = true, windowDays = 14)

/** A certificate for two hundred. */
val CERTIFICATE = OwnVoucher(900, "Подарунок", "GIFT 4821", uah(20_000), "2027-01-31", VoucherStanding.Issued, null)

/** A coupon that was used. */
val USED_COUPON =
    OwnVoucher(
        901,
        "Кава",
        "",
        uah(0),
        null,
        VoucherStanding.Used,
        Words(
            "code.voucher_used",
            mapOf(
                "instrument" to BONUS,
            ),
        ),
    )
