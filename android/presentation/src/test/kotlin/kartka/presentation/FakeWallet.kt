package kartka.presentation

import kotlinx.coroutines.CompletableDeferred

/**
 * A person's cards beside the [FakeShop]: they behave as the core's wallet does.
 *
 * Links are texts `L1-number-shop`; a card's code alone is `K1-number`. Each shop answers once it is [reached].
 */
class FakeWallet(private val desk: FakeDesk) : WalletGateway {
    private val cards = mutableMapOf<Long, HeldCard>()
    private val done = mutableSetOf<RequestId>()

    /** Every shop answers; otherwise none does. */
    var reached = true

    /** The key or the file is gone. */
    var lost: Trouble? = null

    /** When set, the shops answer only once it is completed. */
    var asking: CompletableDeferred<Unit>? = null

    /** What the shops were told, in order. */
    val told = mutableListOf<String>()

    /** Every text that was read as a link. */
    val read = mutableListOf<String>()

    /** How often asking was stopped. */
    var stopped = 0
        private set

    /** How often the shops were asked. */
    var asked = 0
        private set

    /** A card that its shop has told of. */
    fun holds(id: Long = 7, change: (HeldCard) -> HeldCard = { it }) {
        cards[id] = change(heard(id))
    }

    /** How many cards are held. */
    val count: Int get() = cards.size

    /** No card is held. */
    fun empties(): Unit = cards.clear()

    override suspend fun heldCards(): List<HeldCard> = opened { cards.values.toList() }

    override suspend fun heldCard(card: Long): HeldCard = opened { known(card) }

    override fun linked(link: String): LinkedCard {
        read += link
        if (link.startsWith("K1-")) throw CoreFault(refusal(TroubleKind.Rule, "code.link_without_secret"))
        val parts = link.split('-')
        if (parts.size != 3 || parts[0] != "L1") throw CoreFault(refusal(TroubleKind.Invalid, "error.validation.card"))
        return LinkedCard(parts[2], "https://shop.example")
    }

    override suspend fun takeCard(link: String): Long =
        opened {
            val shop = linked(link).shop
            val id = link.split('-')[1].toLong()
            if (cards.size >= MOST) throw CoreFault(refusal(TroubleKind.Rule, "code.too_many_cards", "most" to 500))
            cards[id] = heard(id).copy(shop = shop, freshness = Freshness.Unheard, said = null, news = false)
            id
        }

    override suspend fun askShops(only: Long?): Answers {
        asking?.await()
        return opened {
            val there = if (only == null) cards.values.toList() else listOf(known(only))
            asked += 1
            if (reached) there.forEach { cards[it.id] = answered(it) }
            if (reached) Answers(there.size, 0, 0) else Answers(0, there.size, 0)
        }
    }

    override fun stopAsking() {
        stopped += 1
        asking?.completeExceptionally(CoreFault(refusal(TroubleKind.Cancelled, "error.cancelled")))
        asking = null
    }

    override suspend fun wishNews(request: RequestId, card: Long, wording: Int, wanted: Boolean): Unit =
        wish(request, card, "news $wanted") {
            it.copy(news = wanted, waiting = it.waiting + if (wanted) CardWish.News else CardWish.NoNews)
        }

    override suspend fun wishCorrection(request: RequestId, card: Long, holder: HolderForm) {
        if ("@" !in holder.email && holder.email.isNotEmpty()) {
            throw CoreFault(refusal(TroubleKind.Invalid, "error.validation.email"))
        }
        wish(
            request,
            card,
            "profile ${holder.given} ${holder.email}",
        ) { it.copy(waiting = it.waiting + CardWish.Profile) }
    }

    override suspend fun wishErasure(request: RequestId, card: Long): Unit =
        wish(request, card, "erase") { it.copy(waiting = it.waiting + CardWish.Erasure) }

    override suspend fun removeCard(card: Long) {
        opened { cards.remove(known(card).id) }
    }

    override suspend fun exportCards(): String = opened { cards.values.joinToString("\n") { it.shop } }

    override suspend fun beginAnew() {
        lost = null
        cards.clear()
    }

    private suspend fun wish(request: RequestId, card: Long, what: String, change: (HeldCard) -> HeldCard): Unit =
        opened {
            val held = known(card)
            if (held.freshness == Freshness.Blocked) throw CoreFault(refusal(TroubleKind.Rule, "code.card_blocked"))
            if (done.add(request)) {
                cards[card] = change(held)
                told += what
            }
        }

    private suspend fun <T> opened(answer: () -> T): T =
        desk.answering {
            lost?.let { throw CoreFault(it) }
            answer()
        }

    private fun known(card: Long): HeldCard =
        cards[card] ?: throw CoreFault(refusal(TroubleKind.NotFound, "error.not_found"))

    private fun answered(card: HeldCard): HeldCard =
        when {
            card.freshness !in listOf(Freshness.Fresh, Freshness.Unheard) && card.freshness !is Freshness.AsOf -> card
            CardWish.Erasure in card.waiting ->
                card.copy(freshness = Freshness.Erased, said = null, waiting = emptyList())
            else ->
                card.copy(freshness = Freshness.Fresh, said = card.said ?: heard(card.id).said, waiting = emptyList())
        }

    private fun heard(id: Long) =
        HeldCard(
            id = id,
            shop = "Кав'ярня",
            code = "K1-$id",
            freshness = Freshness.Fresh,
            said =
                CardSaid(
                    facts = ShopFacts("Кав'ярня", "UA", UAH, 2, 0, emptyMap()),
                    at = NOON,
                    given = "Олена",
                    points = listOf(HeldPoints("Бонусна", 120, 100, 20, uah(100), null, 0)),
                    stamps = listOf(HeldStamps("Кава", 4, 6)),
                    levels = emptyList(),
                    vouchers = emptyList(),
                    purchases = listOf(HeldPurchase("2026-11-22", uah(12_000), 12)),
                ),
            news = true,
            waiting = emptyList(),
            refused = false,
        )

    private companion object {
        const val MOST = 500
    }
}
