package kartka.presentation

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancel
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest

/** A presenter on a stage: what is done to it, and what it shows when everything has come to rest. */
@OptIn(ExperimentalCoroutinesApi::class)
class Screen<S : Any, A : Any>(
    private val test: TestScope,
    val shop: FakeShop,
    make: (CoroutineScope) -> Presenter<S, A>,
) {
    private val scope = CoroutineScope(test.coroutineContext + Job())
    private val presenter = make(scope).also { test.runCurrent() }

    val state: S get() = presenter.state.value

    fun act(vararg actions: A) {
        actions.forEach {
            acted += it::class.java.name
            presenter.act(it)
            test.runCurrent()
        }
    }

    /** Taps faster than anything can answer. */
    fun tap(times: Int, action: A) {
        repeat(times) { presenter.act(action) }
        test.runCurrent()
    }

    /** From now on the core does not answer. */
    fun hold() {
        shop.desk.gate = CompletableDeferred()
    }

    /** The core answers again, also what was asked meanwhile. */
    fun release() {
        shop.desk.gate?.complete(Unit)
        shop.desk.gate = null
        test.runCurrent()
    }

    fun pass(millis: Long) {
        test.advanceTimeBy(millis)
        test.runCurrent()
    }

    fun settle() = test.runCurrent()

    /** The process dies: nothing more runs. */
    fun die() {
        scope.cancel()
        test.runCurrent()
    }

    companion object {
        /** Class names of all actions that were ever acted. */
        val acted = mutableSetOf<String>()
    }
}

/** Plays [script] on a screen over [shop]; answers with the last state. */
fun <S : Any, A : Any> play(
    shop: FakeShop,
    make: (CoroutineScope) -> Presenter<S, A>,
    script: Screen<S, A>.() -> Unit,
): S {
    var last: S? = null
    runTest {
        val screen = Screen(this, shop, make)
        screen.script()
        last = screen.state
        screen.die()
    }
    return checkNotNull(last)
}
