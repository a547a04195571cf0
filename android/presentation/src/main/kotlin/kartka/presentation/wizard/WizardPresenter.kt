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
    private var asked: Job? = null

    /** What the screen needs to go on after the process died; the draft itself is saved by the core. */
    public fun keep(): Kept = Kept("request" to request.hex, "draft" to now.draft.id, "quick" to now.quick)

    override fun act(action: WizardAction) {
        when (action) {
            WizardAction.Shown -> if (now.model == null) begin { begun() }
            is WizardAction.TypeName -> change { it.copy(name = action.text) }
            is WizardAction.ChooseTrade -> trade(action.trade)
            is WizardAction.Answer -> change { it.copy(answers = it.answers + (action.field to action.value)) }
            is WizardAction.AnswerText -> change { it.copy(texts = it.texts + (action.field to action.text)) }
            WizardAction.Everything -> show { it.copy(quick = false, previews = false) }
            WizardAction.Next -> step(+1)
            WizardAction.Previous -> step(-1)
            WizardAction.Preview -> begin { preview() }
            WizardAction.Publish -> if (!now.publishing && !now.published) publish()
            WizardAction.Leave -> leave()
            WizardAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun begun() {
        val saved = now.draft.id
        val instrument = route.instrument
        val draft =
            when {
                saved > 0 -> asking(::failed) { core.drafts() }?.find { it.id == saved }
                instrument != null -> asking(::failed) { core.edit(instrument, now.draft.trade) }
                else -> now.draft
            }
        if (draft == null) {
            if (now.trouble == null) failed(GONE)
            return
        }
        show { it.copy(draft = draft, quick = it.quick && draft.instrument == null) }
        model()
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
                show { if (it.draft == wanted) it.copy(check = check) else it }
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
        asked?.join()
        var shown: WizardPreview? = null
        asking(::failed) { shown = core.preview(now.draft) }
        show { it.copy(preview = shown, previews = shown != null) }
    }

    private fun publish() {
        show { it.copy(publishing = true, trouble = null) }
        begin {
            asked?.join()
            val id = if (now.check?.problems.isNullOrEmpty()) save() else null
            val done = id?.let { asking(::failed) { core.publish(request, it) } }
            show { it.copy(publishing = false, published = done != null) }
        }
    }

    private fun leave() {
        when {
            now.previews -> show { it.copy(previews = false) }
            now.published || now.model == null || now.trouble != null -> show { it.copy(open = Route.Back) }
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
                WizardDraft(kept?.long("draft") ?: route.draft ?: 0, route.kind ?: WizardKind.Bonus, Trade.Coffee)
            return WizardState(draft, quick = kept?.flag("quick") ?: (route.kind != null))
        }
    }
}
