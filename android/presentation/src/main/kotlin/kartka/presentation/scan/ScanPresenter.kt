package kartka.presentation.scan

import kartka.presentation.CardEntry
import kartka.presentation.ChangeTopic
import kartka.presentation.CoreGateway
import kartka.presentation.Presenter
import kartka.presentation.Recognition
import kartka.presentation.Route
import kartka.presentation.ScanEvent
import kartka.presentation.Sight
import kartka.presentation.SyncDot
import kartka.presentation.Trouble
import kartka.presentation.TroubleKind
import kotlinx.coroutines.CoroutineScope
import kotlin.coroutines.CoroutineContext

/**
 * The start screen of a staff phone: a card before the camera, or a number typed, becomes a customer.
 *
 * State in, calls out: it knows no code, no rule and no clock. [scope] is the screen's, on the main thread, and ends the
 * scan session with it; frames are read on [reading].
 */
public class ScanPresenter(
    private val core: CoreGateway,
    scope: CoroutineScope,
    reading: CoroutineContext,
    attachTo: Long? = null,
) : Presenter<ScanState, ScanAction>(ScanState(attachTo = attachTo), scope) {
    private val sight = Sight(reading, ::wantsFrames)

    init {
        begin { asking { core.openScan() }?.let { sight.watch(it, ::take) } }
        begin { core.changes.collect(::refresh) }
    }

    override fun act(action: ScanAction) {
        if (now.camera == Camera.Off) return
        when (action) {
            ScanAction.Shown -> begin { ChangeTopic.entries.forEach { refresh(it) } }
            is ScanAction.CameraIs -> show { it.copy(camera = action.camera, hint = Hint.None) }
            is ScanAction.Frame -> sight.offer(action.frame)
            ScanAction.OpenKeypad -> show { it.copy(keypad = Keypad.Open, notice = null) }
            ScanAction.CloseKeypad -> show { it.copy(keypad = Keypad.Closed, typed = "", notice = null) }
            is ScanAction.Type -> show { it.copy(typed = action.text, notice = null) }
            ScanAction.Submit -> submit()
            is ScanAction.TapSale -> open(Route.Receipt(action.saleId))
            ScanAction.WithoutCard -> open(Route.Customer(null))
            ScanAction.OpenSearch -> open(Route.Search(now.typed, now.attachTo))
            ScanAction.OpenShift -> open(Route.Shift)
            ScanAction.OpenStanding -> open(Route.Standing)
            ScanAction.StopAttaching -> open(Route.Back)
            ScanAction.Opened -> show { it.copy(open = null, hint = Hint.None, notice = null) }
        }
    }

    private fun wantsFrames(): Boolean = now.run { camera == Camera.Searching && !looking && open == null }

    private suspend fun take(event: ScanEvent) {
        when (event) {
            is ScanEvent.Read -> lookUp(CardEntry.Scanned(event.text, event.carrier))
            is ScanEvent.LetsIn, is ScanEvent.OpensShop -> notice(Notice.NotOurs)
            ScanEvent.TorchMayHelp -> show { it.copy(hint = Hint.Torch) }
            ScanEvent.TypingMayHelp -> show { it.copy(hint = Hint.Type) }
        }
    }

    private fun submit() {
        val typed = now.typed
        if (now.looking || typed.isBlank()) return
        begin { lookUp(CardEntry.Typed(typed)) }
    }

    private suspend fun lookUp(entry: CardEntry) {
        show { it.copy(looking = true, notice = null) }
        asking { core.recognise(entry) }?.let(::lead)
        show { it.copy(looking = false) }
    }

    private fun lead(answer: Recognition) {
        when (answer) {
            is Recognition.Customer -> open(forCustomer(answer))
            is Recognition.NewCard -> open(Route.Register(cardId = answer.cardId, attachTo = now.attachTo))
            is Recognition.Several -> open(Route.Search(answer.typed, now.attachTo))
            is Recognition.Nobody -> open(Route.Search(answer.typed, now.attachTo))
            Recognition.NotOurs -> notice(Notice.NotOurs)
            Recognition.OtherShop -> notice(Notice.OtherShop)
            Recognition.Blocked -> notice(Notice.Blocked)
            Recognition.UnknownKey -> notice(Notice.SyncFirst)
            Recognition.Unreadable -> show { it.copy(notice = Notice.Unreadable, keypad = Keypad.Open) }
        }
    }

    private fun forCustomer(found: Recognition.Customer): Route =
        now.attachTo?.let { Route.Attach(it, found.customerId, found.read) }
            ?: Route.Customer(found.customerId, found.read)

    private fun open(route: Route) {
        show { it.copy(open = route, typed = "", keypad = Keypad.Closed) }
    }

    private fun notice(notice: Notice) {
        show { it.copy(notice = notice) }
    }

    private suspend fun refresh(topic: ChangeTopic) {
        when (topic) {
            ChangeTopic.Sync ->
                asking { core.syncMark() }?.let { mark ->
                    show { it.copy(sync = mark) }
                    if (mark.dot == SyncDot.Revoked) turnOff()
                }
            ChangeTopic.Sales, ChangeTopic.Customers ->
                asking { core.recentSales() }?.let { sales -> show { it.copy(recentSales = sales) } }
        }
    }

    private suspend fun <T : Any> asking(question: suspend () -> T): T? = asking(::failed, question)

    private fun failed(trouble: Trouble) {
        if (trouble.kind == TroubleKind.Revoked) turnOff() else notice(Notice.Refused(trouble))
    }

    private fun turnOff() {
        show {
            it.copy(camera = Camera.Off, notice = Notice.Revoked, hint = Hint.None, keypad = Keypad.Closed, typed = "")
        }
    }
}
