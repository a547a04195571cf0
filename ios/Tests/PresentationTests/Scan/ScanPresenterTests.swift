import Testing

@testable import Presentation

@MainActor
@Suite("Scan", .timeLimit(.minutes(1)))
struct ScanPresenterTests {
    /// A counter with the screen shown and the camera on.
    @MainActor
    private final class Counter {
        let shop: FakeShop
        private let presenter: ScanPresenter
        private let screen: Task<Void, Never>

        var state: ScanState { presenter.state }

        init(_ shop: FakeShop) async {
            self.shop = shop
            let presenter = ScanPresenter(core: shop)
            self.presenter = presenter
            screen = Task { await presenter.run() }
            await until { shop.session.openSessions == 1 }
            await act(.shown, .cameraIs(.searching))
        }

        func act(_ actions: ScanAction...) async {
            for action in actions { await presenter.act(action) }
        }

        func show(_ text: String = "", atMillis: Int64 = 0) async {
            await act(.frame(frame(text, atMillis: atMillis)))
        }

        func type(_ text: String) async {
            await act(.openKeypad, .type(text), .submit)
        }

        /// Waits for what the shop tells or holds; everything else is over when `act` returns.
        func until(_ holds: () async -> Bool) async {
            while !(await holds()) { await Task.yield() }
        }

        func leave() async {
            screen.cancel()
            await screen.value
            #expect(shop.session.openSessions == 0, "the screen left a scan session open")
        }
    }

    @Test(
        "each code leads where the core says",
        arguments: [
            ("K1-1234567890", ScanState.Destination.customer(id: 7), nil, .closed),
            ("K1-5555555555", .register(cardId: 40), nil, .closed),
            ("X1-1234567890", nil, .otherShop, .closed),
            ("B1-1234567890", nil, .blocked, .closed),
            ("N1-1234567890", nil, .syncFirst, .closed),
            ("4820000000000", nil, .notOurs, .closed),
            ("K1-0000000000", nil, .unreadable, .open),
        ] as [(String, ScanState.Destination?, ScanState.Notice?, ScanState.Keypad)])
    func codes(
        code: String, destination: ScanState.Destination?, notice: ScanState.Notice?, keypad: ScanState.Keypad
    ) async {
        let counter = await Counter(.open())
        await counter.show(code)
        #expect(counter.state.open == destination)
        #expect(counter.state.notice == notice)
        #expect(counter.state.keypad == keypad)
        #expect(await counter.shop.asked == [.scanned(code, .qr)])
        await counter.leave()
    }

    @Test(
        "what lets into a shop or opens its data is no card and is asked of nobody",
        arguments: ["KP1-owner", "SHEET-1"])
    func noCards(code: String) async {
        let counter = await Counter(.open())
        await counter.show(code)
        #expect(counter.state.notice == .notOurs)
        #expect(counter.state.open == nil && !counter.state.looking)
        #expect(await counter.shop.asked == [], "its text was handed on")
        await counter.show("K1-1234567890")
        #expect(counter.state.open == .customer(id: 7), "the search goes on")
        await counter.leave()
    }

    @Test(
        "each typed number leads where the core says and is asked as typed",
        arguments: [
            ("1234567890", .customer(id: 7)),
            ("1112233", .customer(id: 7)),
            ("2233", .search(typed: "2233")),
            ("0000", .search(typed: "0000")),
        ] as [(String, ScanState.Destination)])
    func typedNumbers(typed: String, destination: ScanState.Destination) async {
        let counter = await Counter(.open())
        await counter.type(typed)
        #expect(counter.state.open == destination)
        #expect(await counter.shop.asked == [.typed(typed)])
        #expect(counter.state.typed == "")
        #expect(counter.state.keypad == .closed)
        await counter.leave()
    }

    @Test(
        "frames count only while the camera searches",
        arguments: [ScanState.Camera.notAsked, .denied, .blocked, .busy])
    func otherCameras(camera: ScanState.Camera) async {
        let counter = await Counter(.open())
        await counter.act(.cameraIs(camera))
        await counter.show("K1-1234567890")
        #expect(counter.state.camera == camera)
        #expect(counter.state.open == nil)
        await counter.type("1112233")
        #expect(counter.state.open == .customer(id: 7), "typing works without the camera")
        #expect(await counter.shop.asked == [.typed("1112233")])
        await counter.leave()
    }

    @Test("a code that cannot be read brings the torch and then the keypad to mind")
    func hints() async {
        let counter = await Counter(.open())
        var seen: [ScanState.Hint] = []
        for at: Int64 in [0, 2_900, 3_100, 5_100] {
            await counter.show(atMillis: at)
            seen.append(counter.state.hint)
        }
        #expect(seen == [.none, .none, .torch, .type])
        await counter.act(.openKeypad)
        #expect(counter.state.keypad == .open)
        await counter.leave()
    }

    @Test("a card is looked up once however many frames show it")
    func oneLookUp() async {
        let counter = await Counter(.open())
        await counter.shop.hold()
        async let first: Void = counter.show("K1-1234567890")
        await counter.until { await counter.shop.asked.count == 1 }
        #expect(counter.state.looking)
        for _ in 0..<5 { await counter.show("K1-1234567890") }
        await counter.shop.release()
        await first
        #expect(counter.state.open == .customer(id: 7))
        await counter.show("K1-1234567890")
        #expect(await counter.shop.asked.count == 1, "the customer's sheet is opening")
        await counter.act(.opened)
        #expect(counter.state.open == nil)
        await counter.show("K1-5555555555")
        #expect(counter.state.open == .register(cardId: 40))
        await counter.leave()
    }

    @Test("an impatient second submit asks nothing")
    func impatience() async {
        let counter = await Counter(.open())
        await counter.shop.hold()
        async let first: Void = counter.type("1112233")
        await counter.until { await counter.shop.asked.count == 1 }
        await counter.act(.submit)
        await counter.shop.release()
        await first
        #expect(await counter.shop.asked.count == 1)
        await counter.act(.opened, .openKeypad, .type("  "), .submit)
        #expect(await counter.shop.asked.count == 1, "an empty field asks nothing")
        await counter.leave()
    }

    @Test("the last three sales and what waits follow the shop")
    func salesAndSync() async {
        let counter = await Counter(.open())
        #expect(counter.state.sync == SyncMark(dot: .inSync, pending: 0))
        for sale: Int64 in 1...4 {
            await counter.shop.sell(saleId: sale, amountMinor: 100 * sale, customer: nil)
        }
        await counter.until { counter.state.recentSales.map(\.saleId) == [4, 3, 2] }
        await counter.until { counter.state.sync == SyncMark(dot: .waiting, pending: 4) }
        await counter.shop.synced()
        await counter.until { counter.state.sync == SyncMark(dot: .inSync, pending: 0) }
        await counter.act(.tapSale(id: 3))
        #expect(counter.state.open == .sale(id: 3))
        await counter.leave()
    }

    @Test("a refusal is named and goes with the next try")
    func refusal() async {
        let counter = await Counter(.open())
        await counter.shop.refuse("not_allowed.type_number")
        await counter.type("1112233")
        #expect(counter.state.notice == .refused(key: "not_allowed.type_number"))
        #expect(counter.state.typed == "1112233", "nothing has to be typed twice")
        await counter.shop.refuse(nil)
        await counter.act(.submit)
        #expect(counter.state.open == .customer(id: 7))
        #expect(counter.state.notice == nil)
        await counter.leave()
    }

    private enum Way: CaseIterable {
        case toldBySync
        case toldByAnAnswer
    }

    @Test("a revoked phone turns itself off and stays off", arguments: Way.allCases)
    private func revoked(way: Way) async {
        let counter = await Counter(.open())
        await counter.shop.revoke()
        #expect(counter.state.camera == .searching, "the phone cannot know yet")
        switch way {
        case .toldBySync: await counter.shop.announceSync()
        case .toldByAnAnswer: await counter.show("K1-1234567890")
        }
        await counter.until { counter.state.camera == .off }
        #expect(counter.state.notice == .revoked)
        let before = counter.state
        await counter.act(.cameraIs(.searching), .openKeypad, .type("1"), .frame(frame("K1-1234567890")))
        #expect(counter.state == before)
        await counter.leave()
    }
}
