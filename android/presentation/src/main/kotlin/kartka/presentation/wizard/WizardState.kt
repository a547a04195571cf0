package kartka.presentation.wizard

import kartka.presentation.Pictured
import kartka.presentation.Route
import kartka.presentation.ShopFacts
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.WizardCheck
import kartka.presentation.WizardDraft
import kartka.presentation.WizardField
import kartka.presentation.WizardInput
import kartka.presentation.WizardModel
import kartka.presentation.WizardPreview
import kartka.presentation.WizardProblem
import kartka.presentation.WizardStep
import kartka.presentation.Words

/** The field under which the name's problems are told. */
public const val NAME: String = "name"

/**
 * An instrument being made: quick, or step by step.
 *
 * @property quick only the one step that matters most is asked; everything else stays at its default
 * @property typed what was typed into the fields of numbers, as typed
 * @property insisted the owner wants to go on: from now on every problem is told, not only those of answered fields
 * @property check what the answers mean, as the core says; null while it is asked
 */
public data class WizardState(
    val draft: WizardDraft,
    val model: WizardModel? = null,
    val facts: ShopFacts? = null,
    val quick: Boolean = true,
    val typed: Map<String, String> = emptyMap(),
    val insisted: Boolean = false,
    val check: WizardCheck? = null,
    val preview: WizardPreview? = null,
    val previews: Boolean = false,
    val publishing: Boolean = false,
    val published: Boolean = false,
    val trouble: Trouble? = null,
    val open: Route? = null,
) : Pictured {
    override val face: WizardFace
        get() =
            when {
                trouble?.kind == TroubleKind.NotAllowed -> WizardFace.NotAllowed
                trouble != null -> WizardFace.Trouble
                model == null -> WizardFace.Loading
                published -> WizardFace.Published
                publishing -> WizardFace.Publishing
                previews && preview != null -> WizardFace.Preview
                problems.isNotEmpty() -> WizardFace.Problem
                quick -> WizardFace.Quick
                else -> WizardFace.Step
            }

    /** The step on the screen. */
    val step: WizardStep? get() = if (quick) model?.quick else model?.steps?.getOrNull(draft.step)

    /** The fields on the screen, as the core asks them with these answers. */
    val fields: List<WizardField>
        get() = step?.fields.orEmpty().filter { check == null || it.key in check.asked }

    /** Whether no step comes after this one. */
    val atEnd: Boolean get() = quick || draft.step >= (model?.steps?.lastIndex ?: 0)

    /** What a field holds so far: as typed, or its answer, or its default. */
    public fun text(field: WizardField): String {
        val input = field.input
        if (input is WizardInput.Text) return draft.texts[field.key] ?: input.default
        return typed[field.key] ?: written(value(field), input, facts)
    }

    /** The number of a field: its answer or its default. */
    public fun value(field: WizardField): Long = draft.answers[field.key] ?: field.default

    /** What is wrong, by field: told for fields that were answered, and for all once the owner insisted. */
    val problems: Map<String, Words>
        get() {
            val unread = typed.keys.filter { key -> fieldOf(key)?.let { readAnswer(text(it), it, facts) } == null }
            val found = check?.problems.orEmpty().filter { insisted || it.field in answered }
            return found.associate { it.field to words(it) } + unread.associateWith { Words("wizard.screen.no_number") }
        }

    /** Problems of fields that are not on the screen: the way to them is every step. */
    val elsewhere: Map<String, Words>
        get() = problems.filterKeys { key -> key != NAME && fields.none { it.key == key } }

    private val answered: Set<String>
        get() = draft.answers.keys + draft.texts.keys + typed.keys

    private fun fieldOf(key: String) = model?.let { it.steps + it.quick }?.flatMap { it.fields }?.find { it.key == key }

    private fun words(problem: WizardProblem): Words {
        val field = fieldOf(problem.field)
        val bound = problem.bound
        if (bound == null || field == null) return Words("wizard.wrong.${problem.why}.title")
        val limit = written(bound, field.input, facts)
        return Words("wizard.screen.${problem.why}", names = mapOf("bound" to limit))
    }
}

/** The lines of the table. */
public enum class WizardFace { Loading, Quick, Step, Problem, Preview, Publishing, Published, NotAllowed, Trouble }
