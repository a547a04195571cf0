package kartka.presentation.wizard

import kartka.presentation.Kept
import kartka.presentation.Trade
import kartka.presentation.WizardDraft
import kartka.presentation.WizardKind

/** A draft as fields, with what was answered since it was last saved. */
internal fun WizardDraft.kept(): Kept =
    Kept(
        "draft" to id,
        "kind" to kind,
        "trade" to trade,
        "name" to name,
        "answers" to line(answers),
        "texts" to line(texts),
        "edits" to instrument,
        "step" to step,
    )

/** The draft that these fields tell of; null where another version wrote them. */
internal fun Kept.wizardDraft(): WizardDraft? {
    val kind = WizardKind.entries.find { it.name == get("kind") } ?: return null
    return WizardDraft(
        id = long("draft") ?: 0,
        kind = kind,
        trade = Trade.entries.find { it.name == get("trade") } ?: Trade.Coffee,
        name = get("name").orEmpty(),
        answers =
            map("answers")
                .mapNotNull { (field, value) -> value.toLongOrNull()?.let { field to it } }
                .toMap(),
        texts = map("texts"),
        instrument = long("edits"),
        step = long("step")?.toInt() ?: 0,
    )
}

/** Several fields in one. */
internal fun line(fields: Map<String, Any>): String = Kept(*fields.toList().toTypedArray()).line()

/** The fields in [name]. */
internal fun Kept.map(name: String): Map<String, String> = Kept.of(get(name))?.all().orEmpty()
