import Observation

/// The start screen of a staff phone: a card before the camera, or a number typed, becomes a customer.
///
/// State in, calls out: it knows no code, no rule and no clock. `run()` is the screen's task; the scan session ends
/// with it.
@MainActor
@Observable
public final class ScanPresenter {
    /// What the screen draws.
    public private(set) var state = ScanState()

    private let core: any CoreGateway
    private var session: (any ScanSession)?
    private var newestFrame: LumaFrame?
    private var reading = false

    public init(core: any CoreGateway) {
        self.core = core
    }

    /// Keeps a scan session open and follows changes until the task is cancelled.
    public func run() async {
        let changes = core.changes()
        do throws(CoreFault) {
            session = try await core.openScan()
        } catch {
            show(error)
        }
        defer {
            session?.end()
            session = nil
        }
        for await topic in changes {
            await refresh(topic)
        }
    }

    /// Takes what happened on the screen. Returns when the core has answered; the screen need not wait for it.
    public func act(_ action: ScanAction) async {
        guard state.camera != .off else { return }
        switch action {
        case .shown:
            for topic in ChangeTopic.allCases { await refresh(topic) }
        case .cameraIs(let camera):
            state.camera = camera
            state.hint = .none
        case .frame(let frame):
            newestFrame = frame
            await readFrames()
        case .openKeypad:
            state.keypad = .open
            state.notice = nil
        case .closeKeypad:
            state.keypad = .closed
            state.typed = ""
            state.notice = nil
        case .type(let text):
            state.typed = text
            state.notice = nil
        case .submit:
            await submit()
        case .tapSale(let id):
            state.open = .sale(id: id)
        case .opened:
            state.open = nil
            state.hint = .none
            state.notice = nil
        }
    }

    private var wantsFrames: Bool {
        state.camera == .searching && !state.looking && state.open == nil
    }

    /// Reads the newest frame, and what has come while it was read; one at a time.
    private func readFrames() async {
        guard !reading else { return }
        reading = true
        defer { reading = false }
        while let frame = newestFrame {
            newestFrame = nil
            guard wantsFrames, let session else { return }
            for event in await session.offer(frame) {
                await take(event)
            }
        }
    }

    private func take(_ event: ScanEvent) async {
        guard wantsFrames else { return }
        switch event {
        case .read(let text, let carrier): await lookUp(.scanned(text, carrier))
        // Neither is a card, and a sheet opens the shop: its text goes no further.
        case .letsIn, .opensShop: state.notice = .notOurs
        case .torchMayHelp: state.hint = .torch
        case .typingMayHelp: state.hint = .type
        }
    }

    private func submit() async {
        let typed = state.typed
        guard !state.looking, !typed.allSatisfy(\.isWhitespace) else { return }
        await lookUp(.typed(typed))
    }

    private func lookUp(_ entry: CardEntry) async {
        state.looking = true
        state.notice = nil
        defer { state.looking = false }
        do throws(CoreFault) {
            show(try await core.recognise(entry))
        } catch {
            show(error)
        }
    }

    private func show(_ answer: Recognition) {
        switch answer {
        case .customer(let id): open(.customer(id: id))
        case .newCard(let id): open(.register(cardId: id))
        case .several(let typed), .nobody(let typed): open(.search(typed: typed))
        case .notOurs: state.notice = .notOurs
        case .otherShop: state.notice = .otherShop
        case .blocked: state.notice = .blocked
        case .unknownKey: state.notice = .syncFirst
        case .unreadable:
            state.notice = .unreadable
            state.keypad = .open
        }
    }

    private func open(_ destination: ScanState.Destination) {
        state.open = destination
        state.typed = ""
        state.keypad = .closed
    }

    private func refresh(_ topic: ChangeTopic) async {
        do throws(CoreFault) {
            switch topic {
            case .sync:
                let mark = try await core.syncMark()
                state.sync = mark
                if mark.dot == .revoked { turnOff() }
            case .sales, .customers:
                state.recentSales = try await core.recentSales()
            }
        } catch {
            show(error)
        }
    }

    private func show(_ fault: CoreFault) {
        switch fault {
        case .revoked: turnOff()
        case .refused(let key): state.notice = .refused(key: key)
        }
    }

    private func turnOff() {
        state.camera = .off
        state.notice = .revoked
        state.hint = .none
        state.keypad = .closed
        state.typed = ""
    }
}
