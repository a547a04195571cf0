package kartka.ui.nav

import kartka.presentation.CoreFault
import kartka.presentation.CoreGateway
import kartka.presentation.Kept
import kartka.presentation.LumaFrame
import kartka.presentation.Pocket
import kartka.presentation.Presenter
import kartka.presentation.RequestIds
import kartka.presentation.Route
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kartka.presentation.aside.AsideAction
import kartka.presentation.aside.AsidePresenter
import kartka.presentation.carry.CarryAction
import kartka.presentation.carry.CarryPresenter
import kartka.presentation.choose.ChooseAction
import kartka.presentation.choose.ChoosePresenter
import kartka.presentation.customer.CustomerAction
import kartka.presentation.customer.CustomerPresenter
import kartka.presentation.join.JoinAction
import kartka.presentation.join.JoinPresenter
import kartka.presentation.open.OpenAction
import kartka.presentation.open.OpenPresenter
import kartka.presentation.pair.PairAction
import kartka.presentation.pair.PairPresenter
import kartka.presentation.scan.Camera
import kartka.presentation.scan.ScanAction
import kartka.presentation.scan.ScanPresenter
import kartka.presentation.sheet.SheetAction
import kartka.presentation.sheet.SheetPresenter
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.job
import kotlin.coroutines.CoroutineContext

/** What all presenters of one phone stand on. */
class Counter(
    internal val core: CoreGateway,
    internal val ids: RequestIds,
    internal val reading: CoroutineContext,
    internal val here: Here,
    internal val pocket: Pocket = Pocket(),
)

/**
 * Where this phone is.
 *
 * @property country ISO 3166 code that the platform believes
 * @property device how the phone calls itself
 * @property enrolled a business was founded here or the phone was paired
 * @property holder its person holds cards of shops
 * @property closed why the shop that is here does not open; null where it is open, or where there is none
 */
class Here(
    val country: String,
    val device: String,
    val enrolled: Boolean,
    val holder: Boolean = false,
    val closed: Trouble? = null,
)

/**
 * The screens that were opened, the last in front.
 *
 * It goes where the front screen's state says, keeps what every screen wrote down for the case that the process dies
 * ([keep]), and starts with it again. Everything on the main thread, in [scope].
 */
class OpenScreens(private val counter: Counter, private val scope: CoroutineScope, kept: List<String> = emptyList()) {
    private val stack = mutableListOf<PlaceOf<*, *>>()
    private val front: MutableStateFlow<Place>

    /** What goes on once the shop is open: before that there is nothing newer. */
    private var waiting: List<String> = emptyList()

    /** What the platform last said about its camera. */
    var camera: Camera = Camera.NotAsked
        private set

    init {
        val closed = counter.here.closed
        if (closed == null) {
            val beginnings = listOf(Route.Start, Route.Cards)
            val roots = if (counter.here.holder) beginnings.reversed() else beginnings
            goOn(kept, if (counter.here.enrolled) listOf(Route.Scan()) else roots)
        } else {
            waiting = kept
            begin(Route.Open(closed))
        }
        front = MutableStateFlow(stack.last())
        stack.last().show()
    }

    /** The screen to draw. */
    val place: StateFlow<Place> = front.asStateFlow()

    /** Whether the phone belongs to a shop: then its counter is the first screen. */
    val staffed: Boolean get() = stack.first().route == Route.Scan()

    /** Whether the phone belongs to a shop that does not open: its person's own cards do. */
    private val closed: Boolean get() = (stack.first().route as? Route.Open)?.why != null

    /** Whether the screen in front looks through the camera. */
    val looks: Boolean get() =
        front.value.presenter.run {
            this is ScanPresenter ||
                this is PairPresenter ||
                this is JoinPresenter ||
                this is AsidePresenter
        }

    /** What the open screens need to go on after the process died, the first screen first. */
    fun keep(): List<String> = if (closed) waiting else stack.map { (it.route.kept() + it.keep()).line() }

    /** The platform's word about its camera, for the screen in front and every later one. */
    fun cameraIs(now: Camera) {
        camera = now
        stack.last().presenter.camera(now)
    }

    /** A picture from the camera; only a screen that scans takes it. */
    fun frame(frame: LumaFrame) {
        when (val front = stack.last().presenter) {
            is ScanPresenter -> front.act(ScanAction.Frame(frame))
            is PairPresenter -> front.act(PairAction.Frame(frame))
            is SheetPresenter -> front.act(SheetAction.Frame(frame))
            is ChoosePresenter -> front.act(ChooseAction.Frame(frame))
            is CarryPresenter -> front.act(CarryAction.Frame(frame))
            is JoinPresenter -> front.act(JoinAction.Frame(frame))
            is OpenPresenter -> front.act(OpenAction.Frame(frame))
            is AsidePresenter -> front.act(AsideAction.Frame(frame))
            else -> Unit
        }
    }

    /**
     * What another app has read and opened here: as if it had been typed at the start.
     *
     * The link to a card goes to the person's own cards, on every phone. Any other code is looked up at the counter; a
     * phone without a shop takes it for a pairing code. A card is taken in and a phone is paired only when its person
     * says so: anybody can send a link.
     */
    fun read(text: String) {
        val trouble = linkTrouble(text)
        if (trouble == null || trouble == TroubleKind.Rule && !staffed) {
            go(Route.Cards)
            return go(Route.Join(text))
        }
        when {
            // Which shop a code belongs to is known once it is open.
            closed -> Unit
            staffed -> lookUp(text)
            else -> pairBy(text)
        }
    }

    private fun pairBy(code: String) {
        if (stack.first().route != Route.Start) go(Route.Start)
        if (stack.last().route != Route.Pair) go(Route.Pair)
        (stack.last().presenter as? PairPresenter)?.act(PairAction.Type(code))
    }

    private fun lookUp(typed: String) {
        go(Route.Scan())
        val scan = stack.last().presenter as? ScanPresenter ?: return
        scan.act(ScanAction.Type(typed))
        scan.act(ScanAction.Submit)
    }

    /** Why [text] hands no card over; null where it does. */
    private fun linkTrouble(text: String): TroubleKind? =
        try {
            counter.core.linked(text)
            null
        } catch (fault: CoreFault) {
            fault.trouble.kind
        }

    /** Goes to [route]: forwards, back, or to the start. */
    fun go(route: Route) {
        when (route) {
            Route.Back -> leave()
            is Route.Redeemed -> {
                leave()
                (stack.last().presenter as? CustomerPresenter)?.act(CustomerAction.Redeemed(route.draft))
            }
            is Route.Scan ->
                when {
                    closed -> goOn(waiting, listOf(route))
                    route.attachTo == null -> toStart()
                    else -> push(route)
                }
            // Founded or paired: the way back is the counter, no longer the choice how to begin.
            Route.Sheet, Route.Aside -> {
                if (!staffed) begin(Route.Scan())
                push(route)
            }
            // Put aside: the way back is the choice how to begin, no longer the data that does not open.
            Route.Pair -> {
                if (closed) begin(Route.Start)
                push(route)
            }
            Route.Start -> begin(route)
            // On a phone of a shop one's own cards stand beside the counter, on any other they are the first screen.
            Route.Cards ->
                when {
                    staffed -> toStart().also { push(route) }
                    closed -> toFirst().also { push(route) }
                    else -> begin(route)
                }
            is Route.Card -> toCard(route)
            is Route.Done -> {
                toStart()
                push(route)
            }
            is Route.Customer -> {
                if (stack.last().route is Route.Register) leave()
                push(route)
            }
            else -> push(route)
        }
        if (front.value !== stack.last()) {
            front.value = stack.last()
            stack.last().show()
        }
    }

    /** A card that was taken in stands where its link was; one that is open already has a new link. */
    private fun toCard(route: Route.Card) {
        if (stack.last().route is Route.Join) leave()
        if (stack.last().route != route) push(route)
    }

    /** The screen in front asks anew for what it shows. */
    fun again(): Unit = stack.last().show()

    /** The system's way back; false where there is nothing before and the system may leave the app. */
    fun back(): Boolean {
        stack.last().leave()
        return stack.size > 1
    }

    /** Ends every screen. */
    fun end(): Unit = stack.forEach { it.end() }

    private fun push(route: Route, kept: Kept? = null) {
        val own = CoroutineScope(scope.coroutineContext + SupervisorJob(scope.coroutineContext.job))
        val place = counter.open(route, own, kept) ?: return
        place.presenter.camera(camera)
        stack += place
        place.follow(::go)
    }

    private fun leave() {
        if (stack.size > 1) stack.removeAt(stack.lastIndex).end()
    }

    private fun toFirst() {
        while (stack.size > 1) leave()
    }

    private fun toStart() {
        toFirst()
        if (stack.first().route != Route.Scan()) begin(Route.Scan())
    }

    private fun begin(root: Route) {
        endAll()
        push(root)
    }

    /** What was [kept] goes on if it begins with one of [roots]; else the first of them does. */
    private fun goOn(kept: List<String>, roots: List<Route>) {
        endAll()
        kept.mapNotNull { Kept.of(it) }.forEach { fields -> fields.route()?.let { push(it, fields) } }
        if (stack.firstOrNull()?.route !in roots) begin(roots.first())
    }

    private fun endAll() {
        stack.forEach { it.end() }
        stack.clear()
    }
}

/** Tells a screen that scans how the camera is. */
private fun Presenter<*, *>.camera(now: Camera) {
    when (this) {
        is ScanPresenter -> act(ScanAction.CameraIs(now))
        is PairPresenter -> act(PairAction.CameraIs(now))
        is SheetPresenter -> act(SheetAction.CameraIs(now))
        is ChoosePresenter -> act(ChooseAction.CameraIs(now))
        is CarryPresenter -> act(CarryAction.CameraIs(now))
        is JoinPresenter -> act(JoinAction.CameraIs(now))
        is OpenPresenter -> act(OpenAction.CameraIs(now))
        is AsidePresenter -> act(AsideAction.CameraIs(now))
        else -> Unit
    }
}
