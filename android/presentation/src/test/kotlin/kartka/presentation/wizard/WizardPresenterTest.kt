package kartka.presentation.wizard

import kartka.presentation.BONUS
import kartka.presentation.CountingIds
import kartka.presentation.FakeShop
import kartka.presentation.Kept
import kartka.presentation.Route
import kartka.presentation.Screen
import kartka.presentation.ShopFacts
import kartka.presentation.Trade
import kartka.presentation.WizardField
import kartka.presentation.WizardInput
import kartka.presentation.WizardKind
import kartka.presentation.WizardModel
import kartka.presentation.WizardStep
import kartka.presentation.play
import kartka.presentation.stocked
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull

class WizardPresenterTest {
    private val shop: FakeShop = stocked()
    private val ids = CountingIds()
    private val facts = ShopFacts("", "UA", "UAH", 2, 1, emptyMap())

    @Test
    fun `what was answered since the last step outlives the process`() {
        val route = Route.Wizard(WizardKind.Bonus)
        var kept: Kept? = null
        played(route) { presenter ->
            act(WizardAction.Shown, WizardAction.TypeName("Ранкова = краща & інша"))
            act(WizardAction.ChooseTrade(Trade.Beauty), WizardAction.AnswerText("rate", "4,"))
            kept = Kept.of(presenter.keep().line())
        }
        played(route, kept) {
            act(WizardAction.Shown)
            assertEquals("Ранкова = краща & інша" to Trade.Beauty, state.draft.name to state.draft.trade)
            assertEquals("4,", state.text(state.fields.single()))
            assertEquals(400L, state.draft.answers["rate"])
        }
        assertEquals(emptyList(), shop.programme.names(), "nothing was saved yet")
    }

    @Test
    fun `a draft being published when the process died is published once`() {
        var kept: Kept? = null
        played(Route.Wizard(WizardKind.Bonus)) { presenter ->
            act(WizardAction.Shown, WizardAction.TypeName("Ранкова"), WizardAction.Preview)
            hold()
            act(WizardAction.Publish)
            kept = Kept.of(presenter.keep().line())
            release()
        }
        assertEquals(1, shop.desk.writes)
        played(Route.Wizard(WizardKind.Bonus), kept) {
            act(WizardAction.Shown)
            assertEquals(WizardFace.Published, state.face)
        }
        assertEquals(1, shop.desk.writes)
    }

    @Test
    fun `nothing answered leaves no draft behind`() {
        played(Route.Wizard(WizardKind.Club)) {
            act(WizardAction.Shown, WizardAction.Leave)
            assertEquals(Route.Back, state.open)
        }
        assertEquals(emptyList(), shop.programme.names())
    }

    @Test
    fun `a problem is told where something was answered and everywhere once the owner goes on`() {
        played(Route.Wizard(WizardKind.Bonus)) {
            act(WizardAction.Shown)
            assertEquals(WizardFace.Quick, state.face, "an empty name is no problem yet")
            act(WizardAction.AnswerText("rate", "сім"))
            assertEquals(setOf("rate"), state.problems.keys)
            act(WizardAction.Preview)
            assertEquals(setOf("name", "rate"), state.problems.keys)
            act(WizardAction.AnswerText("rate", "70"))
            val above = state.problems.getValue("rate")
            assertEquals("wizard.screen.above" to "50", above.key to above.names["bound"])
            act(WizardAction.AnswerText("rate", ""), WizardAction.TypeName("Ранкова"))
            assertEquals(emptySet(), state.problems.keys)
        }
    }

    @Test
    fun `a problem that is not on the screen is told with the way to it`() {
        val days = WizardField("days", WizardInput.Days, 0, 365, 0)
        val rate = WizardField("rate", WizardInput.Share, 1, 5_000, 500)
        val model = WizardModel("bonus", listOf(WizardStep("life", listOf(days))), WizardStep("quick", listOf(rate)))
        played(Route.Wizard(instrument = BONUS)) {
            act(WizardAction.Shown)
            val far = state.copy(model = model, quick = true, typed = mapOf("days" to "багато"))
            assertEquals(setOf("days"), far.elsewhere.keys)
            assertEquals(emptySet(), far.copy(quick = false).elsewhere.keys)
        }
    }

    @Test
    fun `numbers are read as an owner writes them and written as they are read`() {
        val cases =
            listOf(
                Case(WizardInput.Share, "7,5", 750, "7,5"),
                Case(WizardInput.Share, "100", 10_000, "100"),
                Case(WizardInput.Share, "7,555", null),
                Case(WizardInput.Money, "12.50", 1_250, "12,5"),
                Case(WizardInput.Points, "0,5", 5, "0,5"),
                Case(WizardInput.Count, "6", 6, "6"),
                Case(WizardInput.Count, "6,5", null),
                Case(WizardInput.Goods, "4820000000017", 4_820_000_000_017, "4820000000017"),
                Case(WizardInput.Goods, "", 0, ""),
                Case(WizardInput.Date, "1.1.1970", 0, ""),
                Case(WizardInput.Date, "31.12.2026", 20_818, "31.12.2026"),
                Case(WizardInput.Date, "2028-02-29", 21_243, "29.02.2028"),
                Case(WizardInput.Date, "29.02.2027", null),
                Case(WizardInput.Date, "31.12", null),
                Case(WizardInput.Days, "-3", null),
            )
        cases.forEach { case ->
            val field = WizardField("field", case.input, 0, Long.MAX_VALUE, 0)
            val read = readAnswer(case.typed, field, facts)
            assertEquals(case.means, read, "${case.typed} as ${case.input}")
            if (read == null) assertNull(case.written) else assertEquals(case.written, written(read, case.input, facts))
        }
    }

    private class Case(val input: WizardInput, val typed: String, val means: Long?, val written: String? = null)

    private fun played(
        route: Route.Wizard,
        kept: Kept? = null,
        script: Screen<WizardState, WizardAction>.(WizardPresenter) -> Unit,
    ) {
        lateinit var presenter: WizardPresenter
        play(shop, { scope -> WizardPresenter(shop, ids, scope, route, kept).also { presenter = it } }) {
            script(presenter)
        }
    }
}
