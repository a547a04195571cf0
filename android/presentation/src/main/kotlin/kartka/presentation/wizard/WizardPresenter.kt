package kartka.presentation.wizard

import kartka.presentation.CoreGateway
import kartka.presentation.Kept
import kartka.presentation.Presenter
import kartka.presentation.RequestIds
import kartka.presentation.Route
import kartka.presentation.Trade
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.WizardDraft
import kartka.presentation.WizardInput
import kartka.presentation.WizardKind
import kartka.presentation.WizardPreview
import kartka.presentation.Words
import kartka.presentation.request
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job

/** Makes an instrument over the core's wizard: a draft is saved with every step, so that nothing is typed twice. */
public class WizardPresenter(
    private val core: CoreGateway,
    ids: RequestIds,
    scope: CoroutineScope,
    private val route: Route.Wizard,
    kept: Kept? = null,
) : Presenter<WizardState, WizardAction>(begun(route, kept), scope) {
    private val request = kept?.request() ?: ids.next()

    /** What was answered before the process died; the core holds no more of it than the last saved step. */
    private val answered = kept?.wizardDraft()

    /** The process died while the draft was being published. */
    private var wasPublishing = kept?.flag("publishing") == true
    private var asked: Job? = null

    /** What the screen needs to go on after the process died: the draft with what was answered since it was saved. */
    public fun keep(): Kept =
        Kept(
            "request" to request.hex,
            "quick" to now.quick,
            "typed" to line(now.typed),
            "insisted" to now.insisted,
            "publishing" to now.publishing,
        ) + now.draft.kept()

    override fun act(action: WizardAction) {
        when (action) {
            WizardAction.Shown -> if (now.model == null) begin { begun() }
            is WizardAction.TypeName -> change { it.copy(name = action.text) }
            is WizardAction.ChooseTrade -> trade(action.trade)
            is WizardAction.Answer -> change { it.copy(answers = it.answers + (action.field to action.value)) }
            is WizardAction.AnswerText -> type(action.field, action.text)
            WizardAction.Everything -> everything()
            WizardAction.Next -> step(+1)
            WizardAction.Previous -> step(-1)
            WizardAction.Preview -> begin { preview() }
            WizardAction.Publish -> if (!now.publishing && !now.published) publish()
            WizardAction.Leave -> leave()
            WizardAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun begun() {
        show { it.copy(trouble = null) }
        val instrument = route.instrument
        val draft =
            when {
                answered != null -> answered
                now.draft.id > 0 -> asking(::failed) { core.drafts() }?.find { it.id == now.draft.id }
                instrument != null -> asking(::failed) { core.edit(instrument, now.draft.trade) }
                else -> now.draft
            }
        if (draft == null) {
            if (now.trouble == null) failed(GONE)
            return
        }
        val facts = asking(::failed) { core.facts() } ?: return
        show { it.copy(draft = draft, facts = facts, quick = it.quick && draft.instrument == null) }
        model()
        if (wasPublishing && now.model != null) {
            wasPublishing = false
            published { now.draft.id }
        }
    }

    private suspend fun model() {
        val draft = now.draft
        asking(::failed) { core.wizard(draft.kind, draft.trade, draft.instrument) }?.let { model ->
            show { it.copy(model = model) }
            check()
        }
    }

    private fun trade(trade: Trade) {
        // Another trade has other defaults: what was answered stays answered.
        show { it.copy(draft = it.draft.copy(trade = trade), check = null, previews = false) }
        begin { model() }
    }

    private fun type(key: String, text: String) {
        val field = now.fields.find { it.key == key } ?: return
        if (field.input is WizardInput.Text) return change { it.copy(texts = it.texts + (key to text)) }
        val value = readAnswer(text, field, now.facts)
        show { it.copy(typed = it.typed + (key to text)) }
        change { draft ->
            draft.copy(answers = if (value == null) draft.answers - key else draft.answers + (key to value))
        }
    }

    private fun everything() = show { it.copy(quick = false, previews = false, draft = it.draft.copy(step = 0)) }

    private fun change(change: (WizardDraft) -> WizardDraft) {
        if (now.publishing || now.published) return
        show { it.copy(draft = change(it.draft), previews = false, trouble = null) }
        check()
    }

    private fun check() {
        asked?.cancel()
        val wanted = now.draft
        asked =
            begin {
                val check = asking(::failed) { core.check(wanted) }
                show { if (it.draft.sameAnswers(wanted)) it.copy(check = check) else it }
            }
    }

    private fun step(by: Int) {
        val last = now.model?.steps?.lastIndex ?: return
        show { it.copy(draft = it.draft.copy(step = (it.draft.step + by).coerceIn(0, last)), previews = false) }
        begin { save() }
    }

    private suspend fun save(): Long? {
        val id = asking(::failed) { core.save(now.draft) }
        if (id != null) show { it.copy(draft = it.draft.copy(id = id)) }
        return id
    }

    private suspend fun preview() {
        if (!stands()) return
        var shown: WizardPreview? = null
        asking(::failed) { shown = core.preview(now.draft) }
        show { it.copy(preview = shown, previews = shown != null) }
    }

    private fun publish() {
        show { it.copy(publishing = true, trouble = null) }
        begin { published { if (stands()) save() else null } }
    }

    /** From here on nothing wrong is passed over; whether anything is. */
    private suspend fun stands(): Boolean {
        show { it.copy(insisted = true) }
        asked?.join()
        return now.check != null && now.problems.isEmpty()
    }

    private suspend fun published(saved: suspend () -> Long?) {
        show { it.copy(publishing = true) }
        val done = saved()?.let { id -> asking(::failed) { core.publish(request, id) } }
        show { it.copy(publishing = false, published = done != null) }
    }

    private fun leave() {
        when {
            now.previews -> show { it.copy(previews = false) }
            now.published || now.model == null || now.trouble != null || now.draft.isUntouched() ->
                show { it.copy(open = Route.Back) }
            else ->
                begin {
                    save()
                    show { it.copy(open = Route.Back) }
                }
        }
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }

    private companion object {
        val GONE = Trouble(TroubleKind.NotFound, Words("error.not_found"))

        fun begun(route: Route.Wizard, kept: Kept?): WizardState {
            val draft =
                kept?.wizardDraft()
                    ?: WizardDraft(route.draft ?: 0, route.kind ?: WizardKind.Bonus, Trade.Coffee)
            return WizardState(
                draft,
                quick = kept?.flag("quick") ?: (route.kind != null),
                typed = kept?.map("typed").orEmpty(),
                insisted = kept?.flag("insisted") == true,
            )
        }
    }
}

/** Nothing was answered and nothing saved: there is no draft to keep. */
private fun WizardDraft.isUntouched(): Boolean =
    id == 0L && instrument == null && name.isBlank() && answers.isEmpty() && texts.isEmpty()

/** Saving and turning pages change no answer. */
private fun WizardDraft.sameAnswers(other: WizardDraft): Boolean = copy(id = other.id, step = other.step) == other
