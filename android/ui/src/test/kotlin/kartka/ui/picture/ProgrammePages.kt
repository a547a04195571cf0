package kartka.ui.picture

import kartka.presentation.Effect
import kartka.presentation.EffectKind
import kartka.presentation.Instrument
import kartka.presentation.SampleReceipt
import kartka.presentation.Trade
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.WizardCheck
import kartka.presentation.WizardDraft
import kartka.presentation.WizardField
import kartka.presentation.WizardInput
import kartka.presentation.WizardKind
import kartka.presentation.WizardModel
import kartka.presentation.WizardPreview
import kartka.presentation.WizardProblem
import kartka.presentation.WizardStep
import kartka.presentation.Words
import kartka.presentation.instruments.InstrumentsState
import kartka.presentation.wizard.WizardState
import kartka.ui.screen.InstrumentsScreen
import kartka.ui.screen.WizardScreen

/** The owner's programme: its instruments and the wizard. */
val programme: List<Page> by lazy { with(Samples) { instrumentses() + wizards() } }

private fun Samples.instrumentses(): List<Page> {
    val active =
        InstrumentsState(
            listOf(
                Instrument(BONUS, "Бонусна картка", "bonus"),
                Instrument(STAMPS, "Шоста кава", "stamps"),
                Instrument(3, "День народження", "greeting"),
                Instrument(4, "Весна", "newer"),
            ),
        )
    val drafts =
        listOf(
            WizardDraft(2, WizardKind.Coupon, Trade.Coffee, "Осінь-2026"),
            WizardDraft(1, WizardKind.Club, Trade.Coffee),
        )
    return listOf(
        InstrumentsState(),
        InstrumentsState(emptyList()),
        active,
        active.copy(drafts = drafts),
        active.copy(choosing = true),
        InstrumentsState(trouble = full),
    ).map { Page("instruments", it) { InstrumentsScreen(it, StillHost) {} } }
}

private val rate = WizardField("rate", WizardInput.Share, 0, 5_000, 500)
private val worth = WizardField("point_value", WizardInput.Money, 1, 100_000, 100)
private val pending = WizardField("pending_days", WizardInput.Days, 0, 365, 14)
private val share = WizardField("max_share", WizardInput.Share, 0, 10_000, 5_000)
private val minimum = WizardField("minimum", WizardInput.Points, 1, 1_000_000, 50)
private val offline =
    WizardField("offline", WizardInput.Choice(listOf("never", "capped", "free", "online")), 0, 3, 1)
private val cap = WizardField("offline_cap", WizardInput.Points, 0, 1_000_000, 200)

/** The steps of a bonus card as the core has them, but for the last two. */
private val model =
    WizardModel(
        "bonus",
        listOf(
            WizardStep("earn", listOf(rate, worth, pending)),
            WizardStep("spend", listOf(share, minimum, offline, cap)),
        ),
        WizardStep("quick", listOf(rate)),
    )

private fun Samples.wizards(): List<Page> {
    val fresh = WizardState(WizardDraft(0, WizardKind.Bonus, Trade.Coffee))
    val asked =
        WizardCheck(setOf(rate, worth, pending, share, minimum, offline, cap).map { it.key }.toSet(), emptyList())
    val quick = fresh.copy(model = model, facts = facts, check = asked)
    val named = quick.copy(draft = quick.draft.copy(name = "Ранкова картка"))
    val step = named.copy(quick = false, draft = named.draft.copy(step = 1, id = 1))
    val wrong = listOf(WizardProblem("name", "name", null), WizardProblem("rate", "above", 5_000))
    val problem =
        quick.copy(
            draft = quick.draft.copy(answers = mapOf("rate" to 9_000)),
            typed = mapOf("rate" to "90"),
            check = asked.copy(problems = wrong),
            insisted = true,
        )
    val first =
        SampleReceipt(1, uah(11_000), uah(11_000), listOf(Effect(BONUS, EffectKind.Earn, 5, 0, uah(5))), emptyList())
    val gives = first.copy(visit = 3, due = uah(9_500))
    val shown =
        WizardPreview(
            first,
            gives,
            listOf(
                Words(
                    "code.goods_never_sold",
                    mapOf(
                        "instrument" to BONUS,
                        "goods" to 17,
                    ),
                ),
            ),
        )
    val preview = named.copy(previews = true, preview = shown)
    return listOf(
        fresh,
        quick,
        named.copy(quick = false),
        step,
        problem,
        preview,
        preview.copy(publishing = true),
        preview.copy(published = true),
        preview.copy(trouble = Trouble(TroubleKind.NotAllowed, Words("code.only_the_owner"))),
        fresh.copy(trouble = gone),
    ).map { Page("wizard", it) { WizardScreen(it, StillHost) {} } }
}
