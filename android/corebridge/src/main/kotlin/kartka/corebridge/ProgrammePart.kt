package kartka.corebridge

import kartka.generated.InstrumentKind
import kartka.generated.InstrumentTerms
import kartka.generated.WizardAnswer
import kartka.generated.WizardReceipt
import kartka.generated.WizardText
import kartka.presentation.Instrument
import kartka.presentation.ProgrammeGateway
import kartka.presentation.RequestId
import kartka.presentation.SampleReceipt
import kartka.presentation.Trade
import kartka.presentation.WizardCheck
import kartka.presentation.WizardDraft
import kartka.presentation.WizardField
import kartka.presentation.WizardInput
import kartka.presentation.WizardKind
import kartka.presentation.WizardModel
import kartka.presentation.WizardPreview
import kartka.presentation.WizardProblem
import kartka.presentation.WizardStep
import kartka.generated.Trade as CoreTrade
import kartka.generated.WizardDraft as CoreDraft
import kartka.generated.WizardField as CoreField
import kartka.generated.WizardInput as CoreInput
import kartka.generated.WizardKind as CoreKind
import kartka.generated.WizardStep as CoreStep

/** The programme and its wizard over the core. */
internal class ProgrammePart(private val core: CoreParts) : ProgrammeGateway {
    override suspend fun instruments(): List<Instrument> =
        asked {
            core.programme
                .published()
                .instruments
                .map { Instrument(it.id.toLong(), it.name, it.terms.key()) }
        }

    override suspend fun wizard(kind: WizardKind, trade: Trade, instrument: Long?): WizardModel =
        asked {
            val model = core.programme.wizard(kind.asCore(), trade.asCore(), instrument?.toUInt())
            WizardModel(model.key, model.steps.map { it.asStep() }, model.quick.asStep())
        }

    override suspend fun edit(instrument: Long, trade: Trade): WizardDraft =
        asked { core.programme.editInstrument(instrument.toUInt(), trade.asCore()).asDraft() }

    override suspend fun drafts(): List<WizardDraft> = asked { core.programme.drafts().map { it.asDraft() } }

    override suspend fun save(draft: WizardDraft): Long = asked { core.programme.saveDraft(draft.asCore()) }

    override suspend fun drop(draft: Long): Unit = asked { core.programme.dropDraft(draft) }

    override suspend fun check(draft: WizardDraft): WizardCheck =
        asked {
            val check = core.programme.checkDraft(draft.asCore())
            WizardCheck(check.asked.toSet(), check.problems.map { WizardProblem(it.field, it.why, it.bound) })
        }

    override suspend fun preview(draft: WizardDraft): WizardPreview? =
        asked {
            val currency = core.currency()
            core.programme.previewDraft(draft.asCore())?.let { shown ->
                WizardPreview(
                    first = shown.first.asSample(currency),
                    gives = shown.gives?.asSample(currency),
                    warnings = core.programme.neverSold(draft.asCore()).map { it.asWords() },
                )
            }
        }

    override suspend fun publish(request: RequestId, draft: Long) {
        asked { core.programme.publishDraft(request.bytes(), draft) }
    }
}

private fun InstrumentTerms.key(): String =
    when (this) {
        is InstrumentTerms.Bonus -> "bonus"
        is InstrumentTerms.Stamps -> "stamps"
        is InstrumentTerms.Discount -> "discount"
        is InstrumentTerms.Other -> if (kind == InstrumentKind.NUMBERED_COUPON) "numbered" else kind.name.lowercase()
    }

private fun CoreStep.asStep(): WizardStep = WizardStep(key, fields.map { it.asField() })

private fun CoreField.asField(): WizardField = WizardField(key, input.asInput(), least, most, default)

private fun CoreInput.asInput(): WizardInput =
    when (this) {
        CoreInput.Share -> WizardInput.Share
        CoreInput.Money -> WizardInput.Money
        CoreInput.Points -> WizardInput.Points
        CoreInput.Count -> WizardInput.Count
        CoreInput.Days -> WizardInput.Days
        CoreInput.Months -> WizardInput.Months
        CoreInput.Goods -> WizardInput.Goods
        CoreInput.Date -> WizardInput.Date
        is CoreInput.Choice -> WizardInput.Choice(keys)
        is CoreInput.Instrument -> WizardInput.Instrument(ids.map { it.toLong() })
        is CoreInput.Text -> WizardInput.Text(defaultText)
    }

private fun CoreDraft.asDraft(): WizardDraft =
    WizardDraft(
        id = id,
        kind = WizardKind.entries[kind.ordinal],
        trade = Trade.entries[trade.ordinal],
        name = name,
        answers = answers.associate { it.field to it.value },
        texts = texts.associate { it.field to it.value },
        instrument = instrument?.toLong(),
        step = step.toInt(),
    )

private fun WizardDraft.asCore(): CoreDraft =
    CoreDraft(
        id = id,
        kind = kind.asCore(),
        trade = trade.asCore(),
        name = name,
        answers = answers.map { (field, value) -> WizardAnswer(field, value) },
        texts = texts.map { (field, value) -> WizardText(field, value) },
        instrument = instrument?.toUInt(),
        step = step.toUByte(),
    )

/** Both lists stand in one order; a test holds them together. */
private fun WizardKind.asCore(): CoreKind = CoreKind.entries[ordinal]

private fun Trade.asCore(): CoreTrade = CoreTrade.entries[ordinal]

private fun WizardReceipt.asSample(currency: String): SampleReceipt =
    SampleReceipt(
        visit = visit.toLong(),
        total = total.money(currency),
        due = due.money(currency),
        effects = claims.map { it.asEffect(currency) },
        said = said.map { it.asWords() },
    )
