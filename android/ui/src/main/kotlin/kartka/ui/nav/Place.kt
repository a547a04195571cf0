package kartka.ui.nav

import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Modifier
import kartka.presentation.Kept
import kartka.presentation.Presenter
import kartka.presentation.Route
import kartka.ui.screen.Host
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/** What the platform lends to the screens: what only it can do, and its camera's picture. */
class Stage(val host: Host, val preview: @Composable (Modifier) -> Unit)

/** A screen that is open: its presenter, and how it is told what happens to it as a whole. */
abstract class Place internal constructor(val route: Route) {
    /** What it asks and does. */
    abstract val presenter: Presenter<*, *>

    /** The screen came to the front. */
    internal abstract fun show()

    /** The person wants to go back; the screen decides what that is. */
    internal abstract fun leave()

    /** What it needs to go on after the process died. */
    internal abstract fun keep(): Kept

    /** It is gone for good. */
    internal abstract fun end()

    /** Draws it. */
    @Composable
    abstract fun Draw(stage: Stage)
}

/** The actions that every screen has. */
internal class Common<A>(val shown: A, val opened: A, val leave: A)

/** A place of one kind of screen; when its state says where to go, [go] is told. */
internal class PlaceOf<S : Any, A : Any>(
    route: Route,
    private val scope: CoroutineScope,
    override val presenter: Presenter<S, A>,
    private val common: Common<A>,
    private val opens: (S) -> Route?,
    private val keeps: () -> Kept = { Kept() },
    private val draw: @Composable (S, (A) -> Unit, Stage) -> Unit,
) : Place(route) {
    /** Tells [go] where the screen leads, until the screen is gone. */
    fun follow(go: (Route) -> Unit): Job =
        scope.launch {
            presenter.state.collect { state ->
                val route = opens(state) ?: return@collect
                presenter.act(common.opened)
                go(route)
            }
        }

    override fun show(): Unit = presenter.act(common.shown)

    override fun leave(): Unit = presenter.act(common.leave)

    override fun keep(): Kept = keeps()

    override fun end(): Unit = scope.cancel()

    @Composable
    override fun Draw(stage: Stage) {
        val state by presenter.state.collectAsState()
        draw(state, presenter::act, stage)
    }
}
