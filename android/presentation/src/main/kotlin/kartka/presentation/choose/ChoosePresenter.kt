package kartka.presentation.choose

import kartka.presentation.CardEntry
import kartka.presentation.Choosing
import kartka.presentation.CoreGateway
import kartka.presentation.CustomerSheet
import kartka.presentation.Kept
import kartka.presentation.Presenter
import kartka.presentation.Recognition
import kartka.presentation.RequestIds
import kartka.presentation.Route
import kartka.presentation.ScanEvent
import kartka.presentation.Sight
import kartka.presentation.Trouble
import kartka.presentation.request
import kartka.presentation.scan.Camera
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlin.coroutines.CoroutineContext

/**
 * Finds another customer and, after one more question, joins them with the first or notes that they brought them.
 *
 * Frames are read on `reading`. What comes of it, and whether it may be, the core says.
 */
public class ChoosePresenter(
    private val core: CoreGateway,
    private val ids: RequestIds,
    scope: CoroutineScope,
    reading: CoroutineContext,
    route: Route.Choose,
    kept: Kept? = null,
) : Presenter<ChooseState, ChooseAction>(
        ChooseState(
            request = kept?.request() ?: ids.next(),
            customerId = route.customerId,
            why = route.why,
            typed = kept?.get("typed").orEmpty(),
        ),
        scope,
    ) {
    private val sight = Sight(reading) { now.run { camera == Camera.Searching && wantsFrames } }
    private var asked: Job? = null
    private var resume = kept?.takeIf { it.flag("writing") }?.long("other")

    init {
        begin { asking(::failed) { core.openScan() }?.let { sight.watch(it, ::take) } }
    }

    /** What the screen needs to go on after the process died. */
    public fun keep(): Kept =
        Kept(
            "request" to now.request.hex,
            "typed" to now.typed,
            "other" to now.other?.id,
            "writing" to (now.writing || now.done),
        )

    override fun act(action: ChooseAction) {
        when (action) {
            ChooseAction.Shown -> begin { look() }
            is ChooseAction.CameraIs -> show { it.copy(camera = action.camera) }
            is ChooseAction.Frame -> sight.offer(action.frame)
            is ChooseAction.Type -> type(action.text)
            is ChooseAction.Tap -> begin { choose(action.customerId) }
            ChooseAction.Confirm -> now.other?.let { if (!now.writing && !now.done) write(it.id) }
            ChooseAction.Leave -> if (!now.writing) leave()
            ChooseAction.Opened -> show { it.copy(open = null) }
        }
    }

    private suspend fun look() {
        show { it.copy(trouble = null) }
        asking(::failed) { core.customer(now.customerId) }?.let { sheet -> show { it.copy(sheet = sheet) } }
        if (now.why == Choosing.Referrer) {
            asking(::failed) { core.promise() }?.let { promise -> show { it.copy(promise = promise) } }
        }
        val other = resume
        resume = null
        if (other != null) {
            goOn(other)
        } else if (now.typed.isNotBlank() && now.found == null) {
            find()
        }
    }

    /** It was being written when the process died: the same request does it once. */
    private suspend fun goOn(other: Long) {
        choose(other)
        if (now.other != null) write(other)
    }

    private suspend fun take(event: ScanEvent) {
        if (event !is ScanEvent.Read) return
        val answer = asking(::failed) { core.recognise(CardEntry.Scanned(event.text, event.carrier)) } ?: return
        if (answer is Recognition.Customer) choose(answer.customerId) else show { it.copy(foreign = true) }
    }

    private suspend fun choose(id: Long) {
        val other = asking(::failed) { core.customer(id) } ?: return
        show { if (it.isSelf(other)) it.copy(foreign = true) else it.copy(other = other, foreign = false) }
    }

    private fun type(text: String) {
        if (now.writing || now.done) return
        show { it.copy(typed = text, other = null, foreign = false, trouble = null) }
        find()
    }

    private fun find() {
        asked?.cancel()
        val typed = now.typed
        show { it.copy(searching = typed.isNotBlank(), found = it.found.takeIf { typed.isNotBlank() }) }
        if (typed.isBlank()) return
        asked =
            begin {
                val found = asking(::failed) { core.find(typed, MOST_ROWS) }
                show { it.copy(found = found?.filter { one -> !it.isSelf(one) } ?: it.found, searching = false) }
            }
    }

    private fun write(other: Long) {
        show { it.copy(writing = true, trouble = null) }
        begin {
            val done =
                asking(::failed) {
                    when (now.why) {
                        Choosing.Same -> core.join(now.request, now.customerId, other)
                        Choosing.Referrer -> core.refer(now.request, friend = now.customerId, referrer = other)
                    }
                } != null
            show { it.copy(writing = false, done = done) }
        }
    }

    /** Back from the question to the choice, from the choice to the sheet; another choice is another wish. */
    private fun leave() {
        when {
            now.done || now.other == null -> show { it.copy(open = Route.Back) }
            else -> show { it.copy(other = null, trouble = null, request = ids.next()) }
        }
    }

    private fun failed(trouble: Trouble): Unit = show { it.copy(trouble = trouble) }

    private companion object {
        const val MOST_ROWS = 20
    }
}

/** Nobody is chosen for themselves. */
private fun ChooseState.isSelf(one: CustomerSheet): Boolean = one.id == (sheet?.id ?: customerId)

private val ChooseState.wantsFrames get() = other == null && !writing && !done && open == null
