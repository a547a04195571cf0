package kartka.presentation

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/**
 * State in, gateway calls out: what all presenters share.
 *
 * Lives on the main thread in the screen's [scope] and holds no rule: a number, a permission or an order that it shows
 * is an answer of the core.
 */
public abstract class Presenter<S : Any, A : Any>(initial: S, protected val scope: CoroutineScope) {
    private val shown = MutableStateFlow(initial)

    /** What the screen draws. */
    public val state: StateFlow<S> = shown.asStateFlow()

    /** The state at this moment. */
    protected val now: S get() = shown.value

    /** Takes what happened on the screen; on the main thread. */
    public abstract fun act(action: A)

    /** Changes what is drawn. */
    protected fun show(change: (S) -> S): Unit = shown.update(change)

    /** Begins [work] in the screen's scope. */
    protected fun begin(work: suspend () -> Unit): Job = scope.launch { work() }

    /** Begins [work] that is done to its end also when the screen is left. */
    protected fun beginForGood(work: suspend () -> Unit): Job = scope.launch(NonCancellable) { work() }

    /** The answer to [question], or null after [failed] has been told why there is none. */
    protected suspend fun <T : Any> asking(failed: (Trouble) -> Unit, question: suspend () -> T): T? =
        try {
            question()
        } catch (fault: CoreFault) {
            failed(fault.trouble)
            null
        }
}
