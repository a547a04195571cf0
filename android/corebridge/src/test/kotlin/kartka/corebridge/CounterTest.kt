package kartka.corebridge

import kartka.presentation.BackLine
import kartka.presentation.CardChoice
import kartka.presentation.CardRead
import kartka.presentation.Consent
import kartka.presentation.CopyAge
import kartka.presentation.CoreFault
import kartka.presentation.EarnLimits
import kartka.presentation.EffectKind
import kartka.presentation.LimitNumber
import kartka.presentation.LimitThen
import kartka.presentation.Money
import kartka.presentation.NO_QUOTE
import kartka.presentation.Redeemable
import kartka.presentation.Registration
import kartka.presentation.RequestIds
import kartka.presentation.SaleDraft
import kartka.presentation.Trade
import kartka.presentation.TroubleKind
import kartka.presentation.UndoReason
import kartka.presentation.WizardDraft
import kartka.presentation.WizardKind
import java.io.File
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kartka.generated.Trade as CoreTrade
import kartka.generated.WizardKind as CoreKind

/** The presenters' gateway over a real shop: founding, the counter's loop, and what the owner looks after. */
class CounterTest {
    private val ids: RequestIds = RandomRequestIds()

    private suspend fun KartkaGateway.olena(): Long =
        register(ids.next(), Registration("067 123-45-67", "Олена", "Коваль", Consent.Given(1), CardChoice.Issue))

    private suspend fun KartkaGateway.sell(draft: SaleDraft): Long = commit(draft.request, quote(draft).id)

    @Test
    fun `the loop of the counter`() =
        inShop { gateway ->
            val facts = gateway.facts()
            assertEquals(listOf("UAH", 2, "Кав'ярня"), listOf(facts.currency, facts.currencyDigits, facts.name))
            val olena = gateway.olena()
            assertTrue(gateway.cardCode(olena).orEmpty().isNotEmpty())

            val draft = SaleDraft(ids.next(), customerId = olena, read = CardRead.Scanned, amount = 20_000)
            val quote = gateway.quote(draft)
            val sale = gateway.commit(draft.request, quote.id)
            assertEquals(sale, gateway.commit(draft.request, NO_QUOTE), "a repeat is answered, whatever the quote")
            val stale = assertFailsWith<CoreFault> { gateway.commit(ids.next(), NO_QUOTE) }
            assertEquals(TroubleKind.Stale, stale.trouble.kind)

            val sheet = gateway.customer(olena)
            val earned = quote.effects.first { it.kind == EffectKind.Earn && it.points > 0 }.points
            assertEquals(earned, sheet.points.single().balance)
            assertEquals(Triple("Олена Коваль", 1L, true), Triple(sheet.name, sheet.visits, sheet.marketing))
            assertTrue(
                sheet.stamps
                    .single()
                    .rewards
                    .isNotEmpty(),
                "a stamp card says what it gives",
            )

            val spend = SaleDraft(ids.next(), customerId = olena, amount = 10_000)
            val between = assertIs<Redeemable.Between>(gateway.quote(spend).redeem)
            assertTrue(between.suggestions.size in 1..2 && between.suggestions.first() == between.most)
            val spent = gateway.quote(spend.copy(spend = between.most))
            assertTrue(spent.due.minor < 10_000)
            val most = between.most * 100
            val tooMuch = assertFailsWith<CoreFault> { gateway.quote(spend.copy(spend = most)) }
            assertTrue(tooMuch.trouble.kind in setOf(TroubleKind.NotEnoughPoints, TroubleKind.Rule))

            val refund = gateway.refund(sale, listOf(BackLine(0, 500)))
            assertEquals(Money(10_000, "UAH"), refund.money)
            gateway.giveBack(ids.next(), sale, listOf(BackLine(0, 500)))
            assertEquals(
                500,
                gateway
                    .receipt(sale)
                    .lines
                    .single()
                    .returned,
            )
            assertEquals(listOf(sale), gateway.history(olena, null).sales.map { it.id })
        }

    @Test
    fun `a sale without a card is undone or attached`() =
        inShop { gateway ->
            val olena = gateway.olena()
            val wrong = gateway.sell(SaleDraft(ids.next(), amount = 5_000))
            gateway.undo(ids.next(), wrong, UndoReason.Mistake)
            assertEquals(
                UndoReason.Mistake,
                gateway
                    .receipt(wrong)
                    .returns
                    .single()
                    .undone,
            )
            val again = assertFailsWith<CoreFault> { gateway.undo(ids.next(), wrong, UndoReason.Mistake) }
            assertEquals("code.already_voided", again.trouble.words.key)

            val sale = gateway.sell(SaleDraft(ids.next(), amount = 20_000))
            val quote = gateway.attachQuote(sale, olena, CardRead.Found)
            gateway.attach(ids.next(), sale, olena, CardRead.Found)
            val earned = quote.effects.filter { it.kind == EffectKind.Earn }.sumOf { it.points }
            assertEquals(
                earned,
                gateway
                    .customer(olena)
                    .points
                    .single()
                    .balance,
            )
            val shift = gateway.shift()
            assertEquals("UAH", shift.taken.currency)
            assertTrue(shift.receipts >= 1)
        }

    @Test
    fun `a phone number that somebody has names them`() =
        inShop { gateway ->
            val olena = gateway.olena()
            val fault =
                assertFailsWith<CoreFault> {
                    val form = Registration("0671234567", "", "", Consent.NotGiven, CardChoice.None)
                    gateway.register(ids.next(), form)
                }
            assertEquals(TroubleKind.Duplicate to olena, fault.trouble.kind to fault.trouble.existing)
            assertEquals(listOf(olena), gateway.find("Оле", 10).map { it.id })
        }

    @Test
    fun `the sheet, the staff and the owner's limits`() =
        inShop { gateway ->
            assertEquals(true to false, gateway.isEnrolled() to gateway.hasSheet())
            val sheet = gateway.newSheet()
            assertEquals(
                TroubleKind.Invalid,
                assertFailsWith<CoreFault> { gateway.confirmSheet("no sheet") }.trouble.kind,
            )
            gateway.confirmSheet(sheet.letters)
            assertEquals(true to CopyAge.Never, gateway.hasSheet() to gateway.copyAge())
            val copy = gateway.writeCopy()
            assertEquals(true to CopyAge.Never, gateway.copyDue() to gateway.copyAge(), "it lies nowhere yet")
            gateway.copyLies(copy)
            assertEquals(false, gateway.copyDue() || gateway.copyAge() == CopyAge.Never)
            assertTrue(File(copy.path).delete())
            assertNull(gateway.standing().server)

            val cashier = gateway.roles().first { it.role == 2L }
            val ihor = gateway.employ(ids.next(), "Ігор", cashier.role)
            gateway.setPin(1, null, "2580")
            gateway.setPin(ihor, null, "7319")
            assertEquals(
                "code.pin_needed",
                assertFailsWith<CoreFault> { gateway.switchTo(ihor, null) }.trouble.words.key,
            )
            gateway.switchTo(ihor, "7319")
            assertEquals(listOf("Ігор"), gateway.staff().filter { it.here }.map { it.name })
            assertEquals(TroubleKind.NotAllowed, assertFailsWith<CoreFault> { gateway.inbox() }.trouble.kind)
            gateway.switchTo(1, "2580")

            val limits = EarnLimits(perDay = LimitNumber(3, LimitThen.Refuse), typed = LimitThen.Flag)
            gateway.setLimits(ids.next(), limits)
            assertEquals(limits, gateway.limits())
            gateway.setTrust(ids.next(), 24, 60)
            assertEquals(24 to 60, gateway.trust().let { it.hours to it.graceDays })
            assertEquals(
                TroubleKind.Invalid,
                assertFailsWith<CoreFault> { gateway.setTrust(ids.next(), 0, 1) }.trouble.kind,
            )
            assertEquals(emptyList(), gateway.inbox())
            assertEquals(listOf(true), gateway.devices().map { it.here })
            assertEquals(0L, gateway.today().day.receipts)
        }

    @Test
    fun `an instrument is made quickly, looked at and published`() =
        inShop { gateway ->
            assertEquals(CoreKind.entries.map { snake(it.name) }, WizardKind.entries.map { snake(it.name) })
            assertEquals(CoreTrade.entries.map { snake(it.name) }, Trade.entries.map { snake(it.name) })
            val before = gateway.instruments().size
            val model = gateway.wizard(WizardKind.Discount, Trade.Coffee, null)
            assertTrue(model.quick.fields.isNotEmpty() && model.steps.isNotEmpty())
            val draft = WizardDraft(kind = WizardKind.Discount, trade = Trade.Coffee)
            assertEquals(listOf("name"), gateway.check(draft).problems.map { it.field })
            assertNull(gateway.preview(draft))
            val named = draft.copy(name = "Постійні")
            assertEquals(emptyList(), gateway.check(named).problems)
            assertTrue(
                (
                    gateway
                        .preview(named)
                        ?.first
                        ?.total
                        ?.minor ?: 0
                ) > 0,
            )
            val id = gateway.save(named)
            assertEquals(listOf(named.copy(id = id)), gateway.drafts())
            gateway.publish(ids.next(), id)
            val made = gateway.instruments()
            assertEquals(before + 1 to "discount", made.size to made.first { it.name == "Постійні" }.terms)
            assertEquals("Постійні", gateway.edit(made.first { it.name == "Постійні" }.id, Trade.Coffee).name)
        }
}
