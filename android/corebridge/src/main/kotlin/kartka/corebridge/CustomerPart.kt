package kartka.corebridge

import kartka.generated.InstrumentTerms
import kartka.generated.Profile
import kartka.generated.Will
import kartka.presentation.Birthday
import kartka.presentation.CardChoice
import kartka.presentation.Consent
import kartka.presentation.CustomerGateway
import kartka.presentation.CustomerSheet
import kartka.presentation.HistoryMark
import kartka.presentation.HistoryPage
import kartka.presentation.LevelLine
import kartka.presentation.PointsLine
import kartka.presentation.Registration
import kartka.presentation.RequestId
import kartka.presentation.StampReward
import kartka.presentation.StampsLine
import kartka.generated.Birthday as CoreBirthday
import kartka.generated.CardChoice as CoreChoice
import kartka.generated.CustomerSheet as CoreSheet
import kartka.generated.HistoryKey as CoreKey
import kartka.generated.Registration as CoreRegistration

/** Purchases of one page of a history. */
private const val PAGE = 30u

/** Customers over the core. */
internal class CustomerPart(private val core: CoreParts) : CustomerGateway {
    override suspend fun customer(id: Long): CustomerSheet =
        asked { core.customers.sheet(id).asSheet(core.currency(), rewards()) }

    override suspend fun find(text: String, limit: Int): List<CustomerSheet> =
        asked {
            val found = core.customers.find(text, limit.toUInt())
            val currency = core.currency()
            found.map { it.asSheet(currency, emptyMap()) }
        }

    override suspend fun register(request: RequestId, form: Registration): Long =
        asked { core.customers.register(request.bytes(), form.asCore()) }

    override suspend fun giveCard(request: RequestId, cardId: Long, customerId: Long): Unit =
        asked { core.cards.bind(request.bytes(), cardId, customerId) }

    override suspend fun cardCode(customerId: Long): String? =
        asked {
            val newest =
                core.customers
                    .sheet(customerId)
                    .cards
                    .lastOrNull()
            newest?.let { core.cards.link(it.number) }
        }

    override suspend fun history(customerId: Long, after: HistoryMark?): HistoryPage =
        asked {
            val key = after?.let { CoreKey(it.day, it.saleId) }
            val page = core.customers.history(customerId, key, PAGE)
            val currency = core.currency()
            val next = page.next?.let { HistoryMark(it.day, it.purchase) }
            HistoryPage(page.purchases.map { it.asReceipt(currency) }, next)
        }

    /** What each stamp card gives, as the programme says. */
    private suspend fun rewards(): Map<Long, List<StampReward>> {
        val currency = core.currency()
        return core.programme.published().instruments.associate { instrument ->
            val id = instrument.id.toLong()
            val terms = instrument.terms as? InstrumentTerms.Stamps
            val given = terms?.rewards.orEmpty()
            id to given.mapIndexed { at, gift -> StampReward(id, at, gift.stamps, gift.value.money(currency)) }
        }
    }
}

private fun CoreSheet.asSheet(currency: String, rewards: Map<Long, List<StampReward>>): CustomerSheet =
    CustomerSheet(
        id = id,
        name = name,
        phones = phones,
        cards = cards.map { it.digits },
        points =
            points.map {
                PointsLine(
                    instrument = it.instrument.toLong(),
                    balance = it.balance,
                    spendable = it.spendable,
                    pending = it.pending,
                    worth = it.worth.money(currency),
                    expiresOn = it.expiresOn,
                    expiring = it.expiring,
                )
            },
        stamps =
            stamps.map {
                val instrument = it.instrument.toLong()
                StampsLine(instrument, it.stamps, it.size, rewards[instrument].orEmpty())
            },
        levels = levels.map { LevelLine(it.instrument.toLong(), it.level.toInt()) },
        visits = visits,
        spent = spent.money(currency),
        lastVisit = lastVisit,
        marketing = marketing == Will.GIVEN,
        notes = flags.map { it.asWords() },
        birthday = birthday?.let { Birthday(it.month.toInt(), it.day.toInt(), it.year) },
    )

private fun Registration.asCore(): CoreRegistration =
    CoreRegistration(
        profile =
            Profile(
                given = given.trim(),
                family = family.trim(),
                phones = listOf(phone.trim()).filter { it.isNotEmpty() },
                birthday = birthday?.run { CoreBirthday(month.toUByte(), day.toUByte(), year) },
            ),
        marketingConsent = (consent as? Consent.Given)?.wording?.toUInt(),
        card =
            when (val choice = card) {
                CardChoice.None -> CoreChoice.NoCard
                CardChoice.Issue -> CoreChoice.Issue
                is CardChoice.Bind -> CoreChoice.Bind(choice.cardId)
            },
        referrer = referrer,
    )
