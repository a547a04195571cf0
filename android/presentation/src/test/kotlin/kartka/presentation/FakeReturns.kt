package kartka.presentation

/** Returns to the [FakeShop] without their purchase: a point is taken for ten minor units, as a sale gives it. */
class FakeReturns(private val desk: FakeDesk, private val till: FakeTill) : ReturnsGateway {
    private var next = 700L

    /** Whoever is here may take nothing back. */
    var mayNot = false

    /** What was given back. */
    val given = mutableListOf<ReceiptBack>()

    override suspend fun receipts(number: String, date: String): List<Candidate> =
        desk.answering {
            if (number.length > MOST) throw CoreFault(refusal(TroubleKind.Invalid, "error.validation.receipt_number"))
            till.sold
                .filter { it.number == number && it.date == date }
                .map { Candidate(it.id, it.at, it.total) }
        }

    override suspend fun unlinkedQuote(back: ReceiptBack): List<Effect> = desk.answering { claims(back) }

    override suspend fun returnUnlinked(request: RequestId, back: ReceiptBack): Long =
        desk.once(request, ChangeTopic.Sales) {
            claims(back)
            given += back
            next++
        }

    private fun claims(back: ReceiptBack): List<Effect> {
        if (mayNot) throw CoreFault(refusal(TroubleKind.NotAllowed, "code.not_entitled", "permission" to 3))
        if (back.customerId == null) return emptyList()
        return listOf(Effect(BONUS, EffectKind.Reverse, -back.amount / 10, 0))
    }

    private companion object {
        const val MOST = 32
    }
}

/** The outlets of the [FakeShop]. */
class FakeOutlets(private val desk: FakeDesk, private val office: FakeOffice) : OutletsGateway {
    private var all = listOf(Outlet(1, "Площа", here = true))

    /** There is one more, in which this phone does not stand. */
    fun second() {
        all = all + Outlet(513, "Вокзал", here = false)
    }

    override suspend fun outlets(): List<Outlet> = desk.answering { all }

    override suspend fun openOutlet(request: RequestId, name: String): Long =
        desk.once(request) {
            named(name)
            (512L + all.size).also { all = all + Outlet(it, name, here = false) }
        }

    override suspend fun renameOutlet(request: RequestId, outlet: Long, name: String): Unit =
        desk.once(request) {
            named(name)
            all = all.map { if (it.number == outlet) it.copy(name = name) else it }
        }

    override suspend fun standIn(outlet: Long): Unit =
        desk.answering {
            allowed()
            all = all.map { it.copy(here = it.number == outlet) }
        }

    private fun named(name: String) {
        allowed()
        if (name.length > 64) throw CoreFault(refusal(TroubleKind.Invalid, "error.validation.name"))
    }

    private fun allowed() {
        if (office.mayNot) throw CoreFault(refusal(TroubleKind.NotAllowed, "code.not_entitled", "permission" to 9))
    }
}
