package kartka.presentation.wizard

import kartka.presentation.Pictured
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.WizardCheck
import kartka.presentation.WizardDraft
import kartka.presentation.WizardField
import kartka.presentation.WizardModel
import kartka.presentation.WizardPreview

/**
 * An instrument being made: quick, or step by step.
 *
 * @property quick only the one step that matters most is asked; everything else stays at its default
 * @property check what the answers mean, as the core says; null while it is asked
 */
public data class WizardState(
    val draft: WizardDraft,
    val model: WizardModel? = null,
    val quick: Boolean = true,
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
                check != null && check.problems.isNotEmpty() -> WizardFace.Problem
                quick -> WizardFace.Quick
                else -> WizardFace.Step
            }

    /** The fields on the screen, as the core asks them with these answers. */
    val fields: List<WizardField>
        get() {
            val step = if (quick) model?.quick else model?.steps?.getOrNull(draft.step)
            return step?.fields.orEmpty().filter { check == null || it.key in check.asked }
        }
}

/** The lines of the table. */
public enum class WizardFace { Loading, Quick, Step, Problem, Preview, Publishing, Published, NotAllowed, Trouble }
