package kartka.presentation

/** The till of the [FakeShop]: quotes, sales, returns. */
class FakeTill(private val desk: FakeDesk, private val people: FakePeople, private val team: FakeTeam) : TillGateway {
    private val quotes = mutableMapOf<Long, SaleDraft>()
    private val sales = linkedMapOf<Long, Receipt>()
    private var nextQuote = 1L
    private var nextSale = 1L

    /** Points above which the PIN is asked; null for never. */
    var pinAbove: Long? = null

    /** Whether points may be spent without the server. */
    var offlineSpending = true

    /** What a typed certificate may give before the server was asked; null for as much as lies on it. */
    var unasked: Long? = null

    /** Points are spent by the server's word only. */
    var online = false

    /** What the server keeps for which request. */
    val kept = mutableMapOf<RequestId, SaleDraft>()

    /** Every receipt earns a card of an instrument that hands out cards by receipt. */
    var earnsCard = false

    /** What a receipt costs more than was typed: the programme has changed. */
    var dearer = 0L

    /** Every customer earned a moment ago. */
    var twice = false

    /** Sales can be undone no more. */
    var undoTooLate = false

    /** The owner wants to see every sale. */
    var flagged = false

    /** Every quote that was asked. */
    val quoted = mutableListOf<SaleDraft>()

    init {
        people.receipts = { sales.values.toList() }
    }

    fun recent(): List<RecentSale> =
        sales.values.toList().asReversed().take(3).map { sale ->
            RecentSale(sale.id, sale.at, sale.total, sale.customerId?.let { people.known(it).name })
        }

    /** All sales, undone ones too. */
    val sold: List<Receipt> get() = sales.values.toList()

    /** A sale as if it had been made before. */
    fun sold(amount: Long, customerId: Long? = null): Long =
        write(SaleDraft(RequestId("0"), customerId = customerId, amount = amount)).also {
            desk.topics.tryEmit(ChangeTopic.Sales)
        }

    /** All quotes that were given are no longer true. */
    fun forgetQuotes() {
        quotes.clear()
    }

    fun change(saleId: Long, change: (Receipt) -> Receipt) {
        sales[saleId] = change(found(saleId))
    }

    override suspend fun reserve(draft: SaleDraft): Unit =
        desk.answering {
            if (desk.offline) throw CoreFault(refusal(TroubleKind.Offline, "error.offline"))
            kept[draft.request] = draft
        }

    override suspend fun release(request: RequestId) {
        desk.answering { kept.remove(request) }
    }

    override suspend fun quote(draft: SaleDraft): Quote {
        quoted += draft
        return desk.answering { quoteOf(draft) }
    }

    /** `GIFT-100` is a certificate for a hundred, `GIFT-0` one that is used up; anything else may be a coupon's code. */
    override suspend fun laidDown(code: String): LaidDown =
        desk.answering {
            when (code) {
                "GIFT-100" -> LaidDown.Voucher(GIFT, "Подарунок", code, uah(GIFT_LEFT))
                "GIFT-0" -> LaidDown.Refused(Words("code.voucher_used", mapOf("instrument" to BONUS)))
                else -> LaidDown.Code(code)
            }
        }

    private fun quoteOf(draft: SaleDraft): Quote {
        val sheet = draft.customerId?.let(people::known)
        val balance = sheet?.points?.sumOf { it.spendable } ?: 0
        refuse(draft, sheet, balance)
        val keeps = keeps(draft)
        val gift = if (GIFT in draft.vouchers) minOf(GIFT_LEFT, draft.amount - draft.spend) else 0
        val first = gift > (unasked ?: gift) && !keeps
        val id = nextQuote++
        quotes[id] = draft
        val earned = if (sheet == null) 0 else (draft.amount - draft.spend) / 10
        return Quote(
            id = id,
            total = uah(draft.amount),
            due = uah(draft.amount + dearer - draft.spend - if (first) 0 else gift),
            effects =
                listOfNotNull(
                    Effect(BONUS, EffectKind.Earn, earned, 0, uah(earned)).takeIf { earned > 0 },
                    Effect(BONUS, EffectKind.Redeem, -draft.spend, 0, uah(-draft.spend)).takeIf { draft.spend > 0 },
                ),
            redeem = if (online && !keeps) askFor(draft.amount / 2) else redeemable(sheet, balance, draft.amount),
            said =
                listOfNotNull(
                    Words("code.earned", mapOf("points" to earned, "base" to draft.amount)).takeIf { earned > 0 },
                    Words("code.ask_server_first", mapOf("instrument" to BONUS, "value" to gift)).takeIf { first },
                    Words("code.earn_too_soon", mapOf("minutes" to 2)).takeIf { twice },
                    Words("code.card_earned", mapOf("instrument" to STAMPS, "card" to STAMPS)).takeIf { earnsCard },
                ),
        )
    }

    private fun keeps(draft: SaleDraft) = draft.reserved && kept[draft.request]?.usesAs(draft) == true

    private fun refuse(draft: SaleDraft, sheet: CustomerSheet?, balance: Long) {
        if (draft.amount > 100_000_00) throw CoreFault(refusal(TroubleKind.Invalid, "error.validation.amount"))
        if (draft.spend > minOf(balance, draft.amount / 2)) {
            throw CoreFault(
                refusal(
                    TroubleKind.NotEnoughPoints,
                    "error.insufficient_points",
                    "balance" to balance,
                    "required" to draft.spend,
                ),
            )
        }
        draft.rewards.forEach { pick ->
            val card = sheet?.stamps?.find { it.instrument == pick.instrument }
            if (card == null || card.stamps < card.size) {
                val numbers = arrayOf("stamps" to (card?.stamps ?: 0), "size" to 10L)
                throw CoreFault(refusal(TroubleKind.Rule, "code.stamp_card_not_full", *numbers))
            }
        }
        if (online && draft.spend > 0 && !keeps(draft)) {
            throw CoreFault(refusal(TroubleKind.Rule, "code.ask_for_points", "most" to draft.amount / 2))
        }
    }

    private fun askFor(most: Long) =
        Redeemable.Nothing(NoRedeem.AskServer, Words("code.ask_for_points", mapOf("most" to most)))

    private fun redeemable(sheet: CustomerSheet?, balance: Long, amount: Long): Redeemable =
        when {
            sheet == null -> Redeemable.Nothing(NoRedeem.Rule, Words("code.no_customer"))
            sheet.notes.isNotEmpty() -> Redeemable.Nothing(NoRedeem.Rule, Words("code.customer_held"))
            desk.offline && !offlineSpending ->
                Redeemable.Nothing(NoRedeem.Offline, Words("code.offline_not_allowed"))
            balance < 10 -> {
                val numbers = mapOf("balance" to balance, "required" to 10L)
                Redeemable.Nothing(NoRedeem.NotEnough, Words("code.not_enough_points", numbers))
            }
            else -> {
                val most = minOf(balance, amount / 2)
                Redeemable.Between(
                    least = 10,
                    most = most,
                    step = 1,
                    suggestions = listOf(most, most - most % 100).distinct(),
                    limit = Words("code.max_share", mapOf("most" to most)),
                )
            }
        }

    override suspend fun commit(request: RequestId, quoteId: Long): Long =
        desk.once(request, ChangeTopic.Sales, ChangeTopic.Customers) {
            val draft = quotes[quoteId] ?: throw CoreFault(refusal(TroubleKind.Stale, "error.stale"))
            val above = pinAbove
            if (above != null && draft.spend > above && !team.confirmed) {
                throw CoreFault(refusal(TroubleKind.PinNeeded, "code.pin_needed"))
            }
            write(draft)
        }

    private fun write(draft: SaleDraft): Long {
        val quote = quoteOf(draft)
        val id = nextSale++
        val due = quote.due
        val none = uah(0)
        sales[id] =
            Receipt(
                id = id,
                customerId = draft.customerId,
                at = NOON + id,
                date = "2026-11-22",
                number = null,
                lines = listOf(SoldLine(draft.pieces * 1_000L, 0, uah(draft.amount))),
                total = uah(draft.amount),
                paid = PaidParts(due, none, none, none, uah(draft.spend)),
                points = quote.effects.sumOf { it.points },
                effects = quote.effects,
                returns = emptyList(),
                queued = true,
                refused = null,
                notes = if (flagged) listOf(Words("code.typed_number")) else emptyList(),
            )
        draft.customerId?.let { customer -> earn(customer, quote.effects.sumOf { it.points }) }
        return id
    }

    private fun earn(customer: Long, points: Long) {
        people.change(customer) { sheet ->
            val changed =
                sheet.points.map {
                    it.copy(balance = it.balance + points, spendable = it.spendable + points)
                }
            sheet.copy(points = changed, visits = sheet.visits + 1, lastVisit = "2026-11-22")
        }
    }

    private fun found(saleId: Long): Receipt =
        sales[saleId] ?: throw CoreFault(refusal(TroubleKind.NotFound, "error.not_found"))

    override suspend fun receipt(saleId: Long): Receipt =
        desk.answering { found(saleId).let { it.copy(queued = it.queued && desk.offline) } }

    override suspend fun refund(saleId: Long, lines: List<BackLine>): Refund =
        desk.answering { refundOf(saleId, lines) }

    private fun refundOf(saleId: Long, lines: List<BackLine>): Refund {
        val sale = found(saleId)
        val taken = lines.ifEmpty { everythingOf(sale) }
        taken.forEach { back ->
            val left = sale.lines[back.line].run { quantity - returned }
            if (back.quantity > left) {
                val numbers = arrayOf("line" to back.line.toLong(), "left" to left)
                throw CoreFault(refusal(TroubleKind.Rule, "code.already_returned", *numbers))
            }
        }
        val value = taken.sumOf { sale.lines[it.line].run { gross.minor * it.quantity / quantity } }
        return Refund(
            money = uah(value),
            gross = uah(value),
            everything = taken == everythingOf(sale),
            effects = listOf(Effect(BONUS, EffectKind.Reverse, -value / 10, 0, uah(-value / 10))),
        )
    }

    private fun everythingOf(sale: Receipt): List<BackLine> =
        sale.lines.mapIndexed { at, line -> BackLine(at, line.quantity - line.returned) }.filter { it.quantity > 0 }

    override suspend fun giveBack(request: RequestId, saleId: Long, lines: List<BackLine>): Unit =
        desk.once(request, ChangeTopic.Sales, ChangeTopic.Customers) {
            val refund = refundOf(saleId, lines)
            val sale = found(saleId)
            val taken = lines.ifEmpty { everythingOf(sale) }
            val after =
                sale.lines.mapIndexed { at, line ->
                    line.copy(returned = line.returned + taken.filter { it.line == at }.sumOf { it.quantity })
                }
            val back = Returned(saleId * 1_000 + sale.returns.size, NOON, sale.date, null, taken)
            sales[saleId] = sale.copy(lines = after, returns = sale.returns + back)
            sale.customerId?.let { customer -> earn(customer, refund.effects.sumOf { it.points }) }
        }

    override suspend fun undo(request: RequestId, saleId: Long, reason: UndoReason): Unit =
        desk.once(request, ChangeTopic.Sales, ChangeTopic.Customers) {
            val sale = found(saleId)
            if (undoTooLate) throw CoreFault(refusal(TroubleKind.Rule, "code.void_too_late", "minutes" to 10))
            if (sale.returns.isNotEmpty()) throw CoreFault(refusal(TroubleKind.Rule, "code.already_voided"))
            val undone = Returned(saleId * 1_000, NOON, sale.date, reason, everythingOf(sale))
            sales[saleId] = sale.copy(returns = listOf(undone))
            sale.customerId?.let { customer -> earn(customer, -sale.points) }
        }

    override suspend fun shift(): ShiftTotals =
        desk.answering {
            val counted = sales.values.filter { sale -> sale.returns.none { it.undone != null } }
            val back = counted.sumOf { sale -> sale.lines.sumOf { it.gross.minor * it.returned / it.quantity } }
            ShiftTotals(
                date = "2026-11-22",
                receipts = counted.size.toLong(),
                sales = uah(counted.sumOf { it.total.minor }),
                taken = uah(counted.sumOf { it.paid.cash.minor }),
                paid =
                    PaidParts(
                        cash = uah(counted.sumOf { it.paid.cash.minor }),
                        card = uah(counted.sumOf { it.paid.card.minor }),
                        other = uah(counted.sumOf { it.paid.other.minor }),
                        certificate = uah(counted.sumOf { it.paid.certificate.minor }),
                        points = uah(counted.sumOf { it.paid.points.minor }),
                    ),
                returned = uah(back),
                givenBack = uah(back),
            )
        }

    override suspend fun attachQuote(saleId: Long, customerId: Long, read: CardRead?): Quote =
        desk.answering {
            val sale = found(saleId)
            if (sale.customerId != null) throw CoreFault(refusal(TroubleKind.Rule, "code.already_attached"))
            quoteOf(SaleDraft(RequestId("0"), customerId = customerId, amount = sale.total.minor))
        }

    override suspend fun attach(request: RequestId, saleId: Long, customerId: Long, read: CardRead?): Unit =
        desk.once(request, ChangeTopic.Sales, ChangeTopic.Customers) {
            val sale = found(saleId)
            if (sale.customerId != null) throw CoreFault(refusal(TroubleKind.Rule, "code.already_attached"))
            sales[saleId] = sale.copy(customerId = customerId)
            earn(customerId, sale.total.minor / 10)
        }
}

const val GIFT = 900L
private const val GIFT_LEFT = 10_000L
