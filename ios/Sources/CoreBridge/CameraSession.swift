import Foundation
import KartkaGenerated
import Presentation

/// A search for codes; ended, it shows nothing.
final class CameraSession: Presentation.ScanSession, @unchecked Sendable {
    private let lock = NSLock()
    private var core: KartkaGenerated.ScanSession?

    init(_ core: KartkaGenerated.ScanSession) {
        self.core = core
    }

    func offer(_ frame: LumaFrame) async -> [Presentation.ScanEvent] {
        guard let core = lock.withLock({ core }) else { return [] }
        // No frame of that size, or a fault that the core has logged: the next frame comes at once.
        let event = try? core.frame(
            luma: Data(frame.bytes), width: UInt32(frame.width), height: UInt32(frame.height),
            rowStride: UInt32(frame.rowStride), atMs: frame.atMillis)
        switch event {
        case .found(let scanned): return [scanned.shown]
        case .tryTorch: return [.torchMayHelp]
        case .typeNumber: return [.typingMayHelp]
        case nil: return []
        }
    }

    func end() {
        lock.withLock { core = nil }
    }
}

extension KartkaGenerated.Scanned {
    fileprivate var shown: Presentation.ScanEvent {
        switch reading {
        case .pairing: .letsIn(code: text)
        case .sheet: .opensShop(sheet: text)
        default: .read(text, carrier.shown)
        }
    }
}

extension KartkaGenerated.Carrier {
    fileprivate var shown: Presentation.Carrier {
        switch self {
        case .qr: .qr
        case .code128: .code128
        case .ean13: .ean13
        case .text: .text
        }
    }
}

extension Presentation.Carrier {
    var core: KartkaGenerated.Carrier {
        switch self {
        case .qr: .qr
        case .code128: .code128
        case .ean13: .ean13
        case .text: .text
        }
    }
}
