package kartka.presentation

/** Customers and cards of the [FakeShop]. */
class FakePeople(private val desk: FakeDesk) : CustomerGateway {
    private val sheets = mutableMapOf<Long, CustomerSheet>()
    private val holders = mutableMapOf<String, Long>()
    private val fresh = mutableMapOf<String, Long>()
    private var nextId = 100L

    /** Receipts, kept by the till. */
    var receipts: () -> List<Receipt> = { emptyList() }

    /** Is told who brought a new customer. */
    var referred: (friend: Long, referrer: Long) -> Unit = { _, _ -> }

    fun customer(
        id: Long,
        number: String,
        phone: String,
        name: String? = "Олена Коваль",
        points: Long = 0,
        stamps: Long = 0,
        held: Boolean = false,
    ) {
        holders[number] = id
        sheets[id] =
            CustomerSheet(
                id = id,
                name = name,
                phones = listOf(phone),
                cards = listOf(number),
                points = listOf(PointsLine(BONUS, points, points, 0, uah(points), null, 0)),
                stamps = listOf(StampsLine(STAMPS, stamps, 10, listOf(StampReward(STAMPS, 0, 10, uah(6_000))))),
                levels = emptyList(),
                visits = 0,
                spent = uah(0),
                lastVisit = null,
                marketing = false,
                notes = if (held) listOf(Words("code.customer_held")) else emptyList(),
            )
        desk.topics.tryEmit(ChangeTopic.Customers)
    }

    fun freshCard(id: Long, number: String) {
        fresh[number] = id
    }

    fun known(id: Long): CustomerSheet = sheets[id] ?: throw CoreFault(refusal(TroubleKind.NotFound, "error.not_found"))

    fun change(id: Long, change: (CustomerSheet) -> CustomerSheet) {
        sheets[id] = change(known(id))
    }

    fun byCode(text: String): Recognition {
        val number = text.substringAfter('-', "")
        return when {
            text.startsWith("X1-") -> Recognition.OtherShop
            text.startsWith("B1-") -> Recognition.Blocked
            text.startsWith("N1-") -> Recognition.UnknownKey
            !text.startsWith("K1-") -> Recognition.NotOurs
            number in holders -> Recognition.Customer(holders.getValue(number), CardRead.Scanned)
            number in fresh -> Recognition.NewCard(fresh.getValue(number))
            else -> Recognition.Unreadable
        }
    }

    fun byDigits(typed: String): Recognition {
        val card = holders[typed]
        if (card != null) return Recognition.Customer(card, CardRead.Typed)
        val found = matching(typed)
        return when (found.size) {
            0 -> Recognition.Nobody(typed)
            1 -> Recognition.Customer(found.first().id, CardRead.Found)
            else -> Recognition.Several(typed)
        }
    }

    private fun matching(text: String): List<CustomerSheet> =
        sheets.values.filter { sheet ->
            sheet.phones.any { it.endsWith(text) } || sheet.name.orEmpty().startsWith(text, ignoreCase = true)
        }

    override suspend fun customer(id: Long): CustomerSheet = desk.answering { known(id) }

    override suspend fun find(text: String, limit: Int): List<CustomerSheet> =
        desk.answering { matching(text).take(limit) }

    override suspend fun register(request: RequestId, form: Registration): Long =
        desk.once(request, ChangeTopic.Customers) { registered(form) }

    private fun registered(form: Registration): Long {
        val digits = form.phone.filter { it.isDigit() }
        if (form.phone.isNotBlank() && digits.length < 9) {
            throw CoreFault(refusal(TroubleKind.Invalid, "error.validation.phone"))
        }
        val same = sheets.values.find { digits.isNotEmpty() && digits in it.phones }
        if (same != null) {
            throw CoreFault(refusal(TroubleKind.Duplicate, "error.duplicate").copy(existing = same.id))
        }
        val name = "${form.given} ${form.family}".trim().ifEmpty { null }
        if (name == null && digits.isEmpty() && form.card == CardChoice.None) {
            throw CoreFault(refusal(TroubleKind.Invalid, "error.validation.way_to_reach"))
        }
        val id = nextId++
        val number =
            when (val card = form.card) {
                CardChoice.None -> "none-$id"
                CardChoice.Issue -> "issued-$id"
                is CardChoice.Bind -> fresh.entries.first { it.value == card.cardId }.key
            }
        customer(id, number, digits, name)
        change(id) { it.copy(marketing = form.consent is Consent.Given) }
        form.referrer?.let { referred(id, it) }
        return id
    }

    override suspend fun giveCard(request: RequestId, cardId: Long, customerId: Long): Unit =
        desk.once(request, ChangeTopic.Customers) {
            val number = fresh.entries.first { it.value == cardId }.key
            holders[number] = customerId
            change(customerId) { it.copy(cards = it.cards + number) }
        }

    override suspend fun cardCode(customerId: Long): String? =
        desk.answering { known(customerId).cards.lastOrNull()?.let { "K1-$it" } }

    override suspend fun history(customerId: Long, after: HistoryMark?): HistoryPage =
        desk.answering {
            val all = receipts().filter { it.customerId == customerId }.sortedByDescending { it.id }
            val rest = all.filter { after == null || it.id < after.saleId }
            val page = rest.take(PAGE)
            HistoryPage(page, page.lastOrNull()?.takeIf { rest.size > PAGE }?.let { HistoryMark(0, it.id) })
        }

    private companion object {
        const val PAGE = 3
    }
}
