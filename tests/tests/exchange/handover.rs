//! A founding phone hands its business to a server, over a line that is cut anywhere (S7, sync §12, safety 14 and 16).

use std::sync::{Arc, Mutex};

use kartka_core::domain::founding::ShopKind;
use kartka_core::domain::ids::{CustomerId, InstrumentId};
use kartka_core::domain::money::Points;
use kartka_core::domain::programme::{Instrument, Referral, Terms};
use kartka_core::domain::purchase::VoidReason;
use kartka_core::domain::row::RowKind;
use kartka_core::error::CoreError;
use kartka_core::sync::{Cancel, Failure, Route, SyncReport, Transport};
use kartka_core::usecase::customers::NewCard;
use kartka_core::usecase::found::FoundRequest;
use kartka_core::usecase::handover::{GiveUp, HandOver, HandOverStage};
use kartka_protocol::message::Refusal;
use kartka_server::store::{Reads, read};
use kartka_server::{Authority, ExchangeError, Reception, Rights};

use super::shops::{Counter, Dice, Time, copy_folder};

/// What goes wrong with one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// It is lost.
    Down,
    /// It is served and the answer is lost.
    Lost,
    /// It comes twice.
    Twice,
    /// The server is killed after it was served, and the answer is lost.
    Killed,
}

/// An empty server that a business can come to, and the line to it.
struct Host {
    home: tempfile::TempDir,
    time: Arc<Time>,
    running: Mutex<(Reception, Option<Authority>)>,
    /// From which message on, how often, what goes wrong.
    cut: Mutex<Option<(u32, u32, Cut)>>,
    messages: Mutex<u32>,
    /// Every message of the hand-over that was sent, for sending it again.
    heard: Mutex<Vec<Vec<u8>>>,
}

impl Host {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let time = Time::new();
        let reception = Self::open(&home, &time);
        Self {
            home,
            time,
            running: Mutex::new((reception, None)),
            cut: Mutex::default(),
            messages: Mutex::default(),
            heard: Mutex::default(),
        }
    }

    fn open(home: &tempfile::TempDir, time: &Arc<Time>) -> Reception {
        let data = home.path().join("data");
        Reception::new(&data, time.clone(), Dice::seeded(77))
    }

    fn code(&self) -> String {
        let running = self.running.lock().unwrap();
        running.0.invite("local:").unwrap().to_text()
    }

    /// Everything that was in memory is gone.
    fn kill(&self) {
        let mut running = self.running.lock().unwrap();
        let business = running.1.take().map(|authority| authority.business());
        running.0 = Self::open(&self.home, &self.time);
        running.1 = business.map(|business| {
            let data = self.home.path().join("data");
            Authority::open(&data, business, self.time.clone(), Dice::seeded(78)).unwrap()
        });
    }

    fn cut(&self, from: u32, times: u32, cut: Cut) {
        *self.cut.lock().unwrap() = Some((from, times, cut));
        *self.messages.lock().unwrap() = 0;
    }

    fn now(&self) -> Option<Cut> {
        let mut messages = self.messages.lock().unwrap();
        let this = *messages;
        *messages += 1;
        let cut = *self.cut.lock().unwrap();
        let (from, times, cut) = cut?;
        (from..from + times).contains(&this).then_some(cut)
    }

    fn serve(&self, route: Route, message: &[u8]) -> Result<Vec<u8>, ExchangeError> {
        let mut running = self.running.lock().unwrap();
        let (reception, authority) = &mut *running;
        let none = ExchangeError::Refused(Refusal::Unauthorised);
        match route {
            Route::Handover => {
                let received = reception.serve(message, authority.as_ref())?;
                if let Some(arrived) = received.arrived {
                    assert!(authority.is_none());
                    *authority = Some(arrived);
                }
                Ok(received.answer)
            }
            Route::Sync => authority.as_ref().ok_or(none)?.sync(message),
            Route::Pair => authority.as_ref().ok_or(none)?.pair(message),
            Route::Reserve => authority.as_ref().ok_or(none)?.reserve(message),
            Route::Invite => authority.as_ref().ok_or(none)?.invite(message, ""),
            Route::Carry => authority.as_ref().ok_or(none)?.carry(message),
            Route::Card => authority.as_ref().ok_or(none)?.holder(message),
        }
    }

    fn with<T>(&self, work: impl FnOnce(&Authority) -> T) -> T {
        work(self.running.lock().unwrap().1.as_ref().unwrap())
    }

    fn is_authority(&self) -> bool {
        self.running.lock().unwrap().1.is_some()
    }

    fn digests(&self) -> Vec<(i64, [u8; 16])> {
        let sums = self.with(|a| read(a.store(), |db: &dyn Reads| db.digests()).unwrap());
        let sums = sums
            .iter()
            .map(|sum| (sum.scope.code(), sum.digest.to_bytes()));
        let mut sums: Vec<_> = sums.filter(|(_, sum)| *sum != [0; 16]).collect();
        sums.sort_unstable();
        sums
    }

    /// Bytes of names in the files that the server has.
    fn holds(&self, text: &str) -> bool {
        let files = std::fs::read_dir(self.home.path().join("data"));
        let files = files.map(|files| files.flatten().collect::<Vec<_>>());
        let found = |entry: &std::fs::DirEntry| {
            let bytes = std::fs::read(entry.path()).unwrap_or_default();
            bytes.windows(text.len()).any(|w| w == text.as_bytes())
        };
        files.unwrap_or_default().iter().any(found)
    }
}

impl Transport for Host {
    fn post(&self, _: &str, route: Route, message: &[u8]) -> Result<Vec<u8>, Failure> {
        if route == Route::Handover {
            self.heard.lock().unwrap().push(message.to_vec());
        }
        let cut = self.now();
        let refused = |error| match error {
            ExchangeError::Refused(refusal) => Failure::Refused(refusal),
            ExchangeError::Store(error) => panic!("{error}"),
        };
        if cut == Some(Cut::Down) {
            return Err(Failure::Offline);
        }
        if cut == Some(Cut::Twice) {
            self.serve(route, message).map_err(refused)?;
        }
        let answer = self.serve(route, message).map_err(refused)?;
        match cut {
            Some(Cut::Killed) => {
                self.kill();
                Err(Failure::Timeout)
            }
            Some(Cut::Lost) => Err(Failure::Timeout),
            _ => Ok(answer),
        }
    }
}

fn founded(seed: u64) -> Counter {
    let counter = Counter::new(seed);
    let form = FoundRequest {
        name: "Кав'ярня".into(),
        country: "UA".into(),
        kind: ShopKind::Coffee,
        owner: "Марта".into(),
    };
    counter.shop.found(counter.request(), &form).unwrap();
    counter
}

/// A shop with some of everything; its first customer.
fn with_history(counter: &Counter) -> CustomerId {
    let olena = counter.register("Олена", "0671234567", NewCard::Issue);
    let petro = counter.register("Петро", "0501112233", NewCard::Issue);
    let card = counter.shop.emit(counter.request(), 1).unwrap()[0];
    counter.shop.bind(counter.request(), card, petro).unwrap();
    promise_for_friends(counter);
    let zoya = counter.register("Зоя", "0509998877", NewCard::None);
    for friend in [petro, zoya] {
        counter
            .shop
            .refer(counter.request(), friend, olena)
            .unwrap();
    }
    counter.sell(zoya, 7_000);
    for amount in [20_000, 35_000, 90_000] {
        counter.sell(olena, amount);
        counter.time.advance(86_400_000);
    }
    counter.redeem(olena, 30_000, 100).unwrap();
    let bought = counter.sell(petro, 10_000);
    let why = VoidReason::Mistake;
    counter.shop.void(counter.request(), bought, why).unwrap();
    // A card that is found on somebody who had a name then.
    let lost = counter.register(
        "Забута",
        "0670000001",
        NewCard::Bind(counter.shop.emit(counter.request(), 1).unwrap()[0]),
    );
    counter.sell(lost, 5_000);
    counter.shop.erase(counter.request(), lost).unwrap();
    counter.time.advance(40 * 86_400_000);
    counter.shop.idle().unwrap();
    counter.sell(olena, 1_000);
    olena
}

/// A hundred points for every friend who buys.
fn promise_for_friends(counter: &Counter) {
    let programme = counter.shop.programme().unwrap();
    let (card, _) = programme.bonus().unwrap();
    let promised = Terms::Referral(Referral::plain(card, Points(100)));
    let mut all = programme.instruments().to_vec();
    all.push(Instrument::plain(InstrumentId(40), "Друзі", promised));
    let shop = &counter.shop;
    shop.publish_programme(counter.request(), &all).unwrap();
}

fn hand_over(counter: &Counter, host: &Host, code: &str) -> Result<SyncReport, CoreError> {
    let cancel = Cancel::default();
    counter.shop.hand_over(code, host, &cancel, &mut |_| ())
}

fn stage(counter: &Counter) -> Option<HandOverStage> {
    let state: Option<HandOver> = counter.shop.hand_over_state().unwrap();
    state.map(|state| state.stage)
}

/// The phone is the server's, and both hold the same.
fn agreed(counter: &Counter, host: &Host) {
    counter.shop.sync(host, &Cancel::default()).unwrap();
    let report = counter.shop.sync(host, &Cancel::default()).unwrap();
    assert_eq!(report.mismatches, 0);
    assert_eq!(stage(counter), None);
    assert_eq!(counter.outbox(), 0);
    assert_eq!(counter.digests(), host.digests());
}

fn purchases(counter: &Counter) -> u64 {
    counter.shop.store().read(|r| r.sums()).unwrap().purchases
}

#[test]
fn everything_a_founding_phone_ever_wrote_comes_to_the_server() {
    let (host, counter) = (Host::new(), founded(1));
    let olena = with_history(&counter);
    let (balance, sold) = (counter.balance(olena), purchases(&counter));
    host.time.advance(43 * 86_400_000);
    let code = host.code();
    let mut stages = Vec::new();
    let mut note = |state: &HandOver| stages.push(state.stage);
    let report = counter
        .shop
        .hand_over(&code, &host, &Cancel::default(), &mut note);
    assert!(report.unwrap().exchanges >= 3);
    assert!(stages.contains(&HandOverStage::Sending));
    agreed(&counter, &host);
    let status = counter.shop.sync_status().unwrap();
    assert_eq!(status.server.as_deref(), Some("local:"));
    assert_eq!(
        (counter.balance(olena), purchases(&counter)),
        (balance, sold)
    );
    assert_eq!(counter.phones(olena).len(), 1);
    // Life goes on, with a second phone.
    counter.sell(olena, 50_000);
    let text = host.with(|a| a.pairing("local:", Rights::History).unwrap().to_text());
    let other = Counter::new(9);
    other.time.advance(43 * 86_400_000);
    let request = other.request();
    other.shop.pair(request, &text, "Друга", &host).unwrap();
    agreed(&counter, &host);
    agreed(&other, &host);
    assert_eq!(other.balance(olena), counter.balance(olena));
    assert_eq!(purchases(&other), sold + 1);
    assert!(!host.holds("Олена"));
    // The code was good once.
    assert!(matches!(
        hand_over(&founded(2), &host, &code),
        Err(CoreError::PairingRefused)
    ));
}

#[test]
fn a_line_cut_at_any_message_loses_and_doubles_nothing() {
    for cut in [Cut::Down, Cut::Lost, Cut::Twice, Cut::Killed] {
        for at in 0..7 {
            let (host, counter) = (Host::new(), founded(3));
            let olena = with_history(&counter);
            counter.shop.limit_pieces(8);
            host.time.advance(43 * 86_400_000);
            let code = host.code();
            // Twice in a row: two answers are lost.
            host.cut(at, 2, cut);
            let mut sold = purchases(&counter);
            let mut rounds = 0;
            while !matches!(
                hand_over(&counter, &host, &code),
                Ok(_) | Err(CoreError::AlreadyPaired)
            ) {
                // The shop sells meanwhile, as an authority or as a phone.
                counter.sell(olena, 7_000);
                sold += 1;
                rounds += 1;
                assert!(rounds < 6, "{cut:?} {at}");
            }
            *host.cut.lock().unwrap() = None;
            agreed(&counter, &host);
            assert_eq!(purchases(&counter), sold, "{cut:?} {at}");
        }
    }
}

#[test]
fn a_phone_that_died_in_the_middle_goes_on_by_itself() {
    for at in 0..4 {
        let (host, counter) = (Host::new(), founded(4));
        let olena = with_history(&counter);
        host.time.advance(43 * 86_400_000);
        host.cut(at, 1, Cut::Lost);
        let _ = hand_over(&counter, &host, &host.code());
        counter.sell(olena, 7_000);
        let counter = counter.closed(|_| ());
        *host.cut.lock().unwrap() = None;
        agreed(&counter, &host);
    }
}

#[test]
fn while_it_waits_the_phone_claims_and_the_limits_apply() {
    let (host, counter) = (Host::new(), founded(5));
    let olena = with_history(&counter);
    host.cut(1, 1, Cut::Lost);
    assert!(hand_over(&counter, &host, &host.code()).is_err());
    assert_eq!(stage(&counter), Some(HandOverStage::Waiting));
    assert!(host.is_authority());
    counter.sell(olena, 10_000);
    assert_eq!(counter.outbox(), 1);
    // A day later its word is too old for redeeming.
    counter.time.advance(25 * 3_600_000);
    assert!(counter.redeem(olena, 30_000, 100).is_err());
    agreed(&counter, &host);
}

#[test]
fn given_up_in_time_the_phone_decides_again_and_the_server_keeps_nothing() {
    for waiting in [false, true] {
        let (host, counter) = (Host::new(), founded(6));
        let olena = with_history(&counter);
        if !waiting {
            counter.shop.limit_pieces(8);
        }
        host.cut(1, 9, Cut::Down);
        let code = host.code();
        assert!(hand_over(&counter, &host, &code).is_err());
        counter.sell(olena, 10_000);
        counter.shop.give_up_hand_over(GiveUp::AskServer).unwrap();
        *host.cut.lock().unwrap() = None;
        counter.shop.sync(&host, &Cancel::default()).unwrap();
        assert_eq!(stage(&counter), None);
        assert!(!host.is_authority());
        let status = counter.shop.sync_status().unwrap();
        assert_eq!((status.outbox, status.server), (0, None));
        counter.redeem(olena, 30_000, 100).unwrap();
        // What was on its way comes too late, in whatever order.
        for message in host.heard.lock().unwrap().clone().iter().rev() {
            let _ = host.serve(Route::Handover, message);
        }
        assert!(!host.is_authority());
        // And another time it works.
        let sold = purchases(&counter);
        hand_over(&counter, &host, &host.code()).unwrap();
        agreed(&counter, &host);
        assert_eq!(purchases(&counter), sold);
    }
}

#[test]
fn given_up_without_the_server_it_follows_a_yes_that_it_had_not_heard() {
    for accepted in [false, true] {
        let (host, counter) = (Host::new(), founded(7));
        let olena = with_history(&counter);
        host.time.advance(43 * 86_400_000);
        host.cut(1, 9, if accepted { Cut::Lost } else { Cut::Down });
        assert!(hand_over(&counter, &host, &host.code()).is_err());
        counter.sell(olena, 10_000);
        let before = counter.shop.sync_status().unwrap().outbox;
        assert_eq!(before, 1);
        counter
            .shop
            .give_up_hand_over(GiveUp::WithoutServer)
            .unwrap();
        assert_eq!(counter.outbox(), 0);
        counter.sell(olena, 11_000);
        let sold = purchases(&counter);
        let balance = counter.balance(olena);
        *host.cut.lock().unwrap() = None;
        counter.shop.sync(&host, &Cancel::default()).unwrap();
        assert_eq!(host.is_authority(), accepted);
        if accepted {
            agreed(&counter, &host);
        } else {
            assert_eq!(stage(&counter), None);
            assert_eq!(counter.shop.sync_status().unwrap().server, None);
        }
        assert_eq!(purchases(&counter), sold);
        assert_eq!(counter.balance(olena), balance);
    }
}

#[test]
fn a_phone_that_was_put_back_before_the_hand_over_follows_the_server_and_loses_nothing() {
    let (host, counter) = (Host::new(), founded(10));
    let olena = with_history(&counter);
    host.time.advance(43 * 86_400_000);
    let code = host.code();
    host.cut(0, 1, Cut::Down);
    assert!(hand_over(&counter, &host, &code).is_err());
    let backup = tempfile::tempdir().unwrap();
    let counter = counter.closed(|folder| copy_folder(folder, backup.path()));
    hand_over(&counter, &host, &code).unwrap();
    counter.sell(olena, 7_000);
    agreed(&counter, &host);
    let counter = counter.closed(|folder| {
        std::fs::remove_dir_all(folder).unwrap();
        copy_folder(backup.path(), folder);
    });
    // It thinks that it decides, and sells on.
    counter.sell(olena, 8_000);
    counter.sell(olena, 9_000);
    let sold = purchases(&counter) + 1;
    agreed(&counter, &host);
    assert_eq!(purchases(&counter), sold);
}

#[test]
fn a_mismatch_leaves_the_phone_in_charge_and_names_the_first_row() {
    let (host, counter) = (Host::new(), founded(8));
    let olena = with_history(&counter);
    // As if an older program had come to another end: one row and the sum that counts it.
    let counter = counter.closed(spoil);
    let sold = purchases(&counter);
    hand_over(&counter, &host, &host.code()).unwrap();
    let Some(HandOverStage::Refused(difference)) = stage(&counter) else {
        panic!("{:?}", stage(&counter));
    };
    assert_eq!(difference.row, Some((RowKind::Position, olena.get())));
    assert!(!host.is_authority());
    let status = counter.shop.sync_status().unwrap();
    assert_eq!((status.outbox, status.server), (0, None));
    counter.sell(olena, 10_000);
    assert_eq!(purchases(&counter), sold + 1);
    counter.shop.give_up_hand_over(GiveUp::AskServer).unwrap();
    assert_eq!(stage(&counter), None);
}

/// Changes a position and the sum over `base`.
fn spoil(folder: &std::path::Path) {
    raw(folder)
        .execute_batch(
            "UPDATE position SET seq = seq - 1 WHERE id = (SELECT min(id) FROM position);
             UPDATE scope SET digest = zeroblob(16) WHERE code = 1;",
        )
        .unwrap();
}

/// The data in a folder, past all code of the core's.
pub(super) fn raw(folder: &std::path::Path) -> rusqlite::Connection {
    let key = std::fs::read_dir(folder.with_extension("keys")).unwrap();
    let key = key
        .flatten()
        .find(|entry| entry.file_name().to_string_lossy().contains("database"));
    let key = std::fs::read(key.unwrap().path()).unwrap();
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let conn = rusqlite::Connection::open(folder.join("kartka.db")).unwrap();
    conn.execute_batch(&format!(
        "PRAGMA key = \"x'{hex}'\"; PRAGMA cipher_page_size = 2048; PRAGMA cipher_hmac_algorithm = HMAC_SHA256;"
    ))
    .unwrap();
    conn
}
