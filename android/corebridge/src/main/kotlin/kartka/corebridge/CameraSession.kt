package kartka.corebridge

import kartka.generated.CoreException
import kartka.generated.Reading
import kartka.presentation.Carrier
import kartka.presentation.LumaFrame
import kartka.presentation.ScanEvent
import kartka.presentation.ScanSession
import kartka.generated.Carrier as CoreCarrier
import kartka.generated.ScanEvent as CoreEvent
import kartka.generated.ScanSession as CoreSession

/** A search for codes; ended, it shows nothing. */
internal class CameraSession(private val core: CoreSession) : ScanSession {
    @Volatile
    private var ended = false

    override fun offer(frame: LumaFrame): List<ScanEvent> {
        if (ended) return emptyList()
        val event =
            try {
                core.frame(
                    frame.bytes,
                    frame.width.toUInt(),
                    frame.height.toUInt(),
                    frame.rowStride.toUInt(),
                    frame.atMillis,
                )
            } catch (_: CoreException) {
                // No frame of that size, or a fault that the core has logged: the next frame comes at once.
                null
            }
        return listOfNotNull(event?.asEvent())
    }

    override fun end() {
        ended = true
        core.destroy()
    }
}

private fun CoreEvent.asEvent(): ScanEvent =
    when (this) {
        is CoreEvent.Found ->
            when (scanned.reading) {
                Reading.Pairing -> ScanEvent.LetsIn(scanned.text)
                Reading.Sheet -> ScanEvent.OpensShop(scanned.text)
                else -> ScanEvent.Read(scanned.text, scanned.carrier.asCarrier())
            }
        CoreEvent.TryTorch -> ScanEvent.TorchMayHelp
        CoreEvent.TypeNumber -> ScanEvent.TypingMayHelp
    }

private fun CoreCarrier.asCarrier(): Carrier =
    when (this) {
        CoreCarrier.QR -> Carrier.Qr
        CoreCarrier.CODE128 -> Carrier.Code128
        CoreCarrier.EAN13 -> Carrier.Ean13
        CoreCarrier.TEXT -> Carrier.Text
    }

internal fun Carrier.asCore(): CoreCarrier =
    when (this) {
        Carrier.Qr -> CoreCarrier.QR
        Carrier.Code128 -> CoreCarrier.CODE128
        Carrier.Ean13 -> CoreCarrier.EAN13
        Carrier.Text -> CoreCarrier.TEXT
    }
