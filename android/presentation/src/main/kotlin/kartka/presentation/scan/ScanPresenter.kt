package kartka.presentation.scan

import kartka.presentation.CardEntry
import kartka.presentation.ChangeTopic
import kartka.presentation.CoreFault
import kartka.presentation.CoreGateway
import kartka.presentation.LumaFrame
import kartka.presentation.Recognition
import kartka.presentation.ScanEvent
import kartka.presentation.SyncDot
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import kotlin.coroutines.CoroutineContext

/**
 * The start screen of a staff phone: a card before the camera, or a number typed, becomes a customer.
 *
 * State in, calls out: it knows no code, no rule and no clock. [scope] is the screen's, on the main thread, and ends the
 * scan session with it; frames are read on [reading].
 */
public class ScanPresenter(
    private val core: CoreGateway,
    private val scope: CoroutineScope,
    private val reading: CoroutineContext,
) {
    private val shown = MutableStateFlow(ScanState())
    private val frames = Channel<LumaFrame>(Channel.CONFLATED)

    /** What the screen draws. */
    public val state: StateFlow<ScanState> = shown.asStateFlow()

    init {
        scope.launch { readFrames() }
        scope.launch { core.changes.collect(::refresh) }
    }

    /** Takes what happened on the screen; on the main thread. */
    public fun act(action: ScanAction) {
        if (shown.value.camera == Camera.Off) return
        when (action) {
            ScanAction.Shown -> scope.launch { ChangeTopic.entries.forEach { refresh(it) } }
            is ScanAction.CameraIs -> shown.update { it.copy(camera = action.camera, hint = Hint.None) }
            is ScanAction.Frame -> if (wantsFrames()) frames.trySend(action.frame)
            ScanAction.OpenKeypad -> shown.update { it.copy(keypad = Keypad.Open, notice = null) }
            ScanAction.CloseKeypad -> shown.update { it.copy(keypad = Keypad.Closed, typed = "", notice = null) }
            is ScanAction.Type -> shown.update { it.copy(typed = action.text, notice = null) }
            ScanAction.Submit -> submit()
            is ScanAction.TapSale -> shown.update { it.copy(open = Destination.Sale(action.saleId)) }
            ScanAction.Opened -> shown.update { it.copy(open = null, hint = Hint.None, notice = null) }
        }
    }

    private fun wantsFrames(): Boolean = shown.value.run { camera == Camera.Searching && !looking && open == null }

    private suspend fun readFrames() {
        val session = asking { core.openScan() } ?: return
        try {
            for (frame in frames) {
                if (!wantsFrames()) continue
                withContext(reading) { session.offer(frame) }.forEach { take(it) }
            }
        } finally {
            session.end()
        }
    }

    private suspend fun take(event: ScanEvent) {
        if (!wantsFrames()) return
        when (event) {
            is ScanEvent.Read -> lookUp(CardEntry.Scanned(event.text, event.carrier))
            ScanEvent.TorchMayHelp -> shown.update { it.copy(hint = Hint.Torch) }
            ScanEvent.TypingMayHelp -> shown.update { it.copy(hint = Hint.Type) }
        }
    }

    private fun submit() {
        val typed = shown.value.typed
        if (shown.value.looking || typed.isBlank()) return
        scope.launch { lookUp(CardEntry.Typed(typed)) }
    }

    private suspend fun lookUp(entry: CardEntry) {
        shown.update { it.copy(looking = true, notice = null) }
        asking { core.recognise(entry) }?.let(::show)
        shown.update { it.copy(looking = false) }
    }

    private fun show(answer: Recognition) {
        when (answer) {
            is Recognition.Customer -> open(Destination.Customer(answer.customerId))
            is Recognition.NewCard -> open(Destination.Register(answer.cardId))
            is Recognition.Several -> open(Destination.Search(answer.typed))
            is Recognition.Nobody -> open(Destination.Search(answer.typed))
            Recognition.NotOurs -> notice(Notice.NotOurs)
            Recognition.OtherShop -> notice(Notice.OtherShop)
            Recognition.Blocked -> notice(Notice.Blocked)
            Recognition.UnknownKey -> notice(Notice.SyncFirst)
            Recognition.Unreadable -> shown.update { it.copy(notice = Notice.Unreadable, keypad = Keypad.Open) }
        }
    }

    private fun open(destination: Destination) {
        shown.update { it.copy(open = destination, typed = "", keypad = Keypad.Closed) }
    }

    private fun notice(notice: Notice) {
        shown.update { it.copy(notice = notice) }
    }

    private suspend fun refresh(topic: ChangeTopic) {
        when (topic) {
            ChangeTopic.Sync ->
                asking { core.syncMark() }?.let { mark ->
                    shown.update { it.copy(sync = mark) }
                    if (mark.dot == SyncDot.Revoked) turnOff()
                }
            ChangeTopic.Sales, ChangeTopic.Customers ->
                asking { core.recentSales() }?.let { sales -> shown.update { it.copy(recentSales = sales) } }
        }
    }

    /** The answer, or null after the fault has been shown. */
    private suspend fun <T> asking(question: suspend () -> T): T? =
        try {
            question()
        } catch (fault: CoreFault) {
            when (fault) {
                is CoreFault.Revoked -> turnOff()
                is CoreFault.Refused -> notice(Notice.Refused(fault.key))
            }
            null
        }

    private fun turnOff() {
        shown.update {
            it.copy(camera = Camera.Off, notice = Notice.Revoked, hint = Hint.None, keypad = Keypad.Closed, typed = "")
        }
    }
}
