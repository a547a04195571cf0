//! The engine as a machine: every way ends in a timer or an open request, and it never stops trying.

use std::sync::Arc;

use kartka_core::domain::business::DeviceState;
use kartka_core::domain::ids::CustomerId;
use kartka_core::domain::money::Money;
use kartka_core::error::CoreError;
use kartka_core::platform::Clock as _;
use kartka_core::shop::Shop;
use kartka_core::sync::{Effect, Engine, Event, Failure, Route, SyncEvent, Transport as _};
use kartka_core::usecase::customers::NewCard;
use kartka_core::usecase::till::TillRequest;
use kartka_protocol::message::Refusal;

use super::forks::{keep, put_back};
use super::shops::{Counter, Fault, Line, Office, Time, agree};

/// A phone whose engine is driven by hand.
struct Driven {
    engine: Engine,
    shop: Arc<Shop>,
    time: Arc<Time>,
    timer: i64,
    sent: Option<(u64, Route, Vec<u8>)>,
    sends: u32,
    reports: Vec<SyncEvent>,
    _home: tempfile::TempDir,
}

impl Driven {
    fn new(counter: Counter) -> Self {
        let Counter {
            shop, time, home, ..
        } = counter;
        let shop = Arc::new(shop);
        Self {
            engine: Engine::new(shop.clone()),
            shop,
            time,
            timer: 0,
            sent: None,
            sends: 0,
            reports: Vec::new(),
            _home: home,
        }
    }

    /// One event; asserts what must hold after each.
    fn step(&mut self, event: Event) {
        let mut armed = None;
        for effect in self.engine.step(event) {
            match effect {
                Effect::Send {
                    request,
                    route,
                    message,
                    ..
                } => {
                    assert!(self.sent.is_none(), "one open request");
                    self.sent = Some((request, route, message));
                    self.sends += 1;
                }
                Effect::ArmTimer { at_ms } => armed = Some(at_ms),
                Effect::Report(report) => self.reports.push(report),
            }
        }
        self.timer = armed.expect("every step leaves a timer");
        assert!(self.timer > self.time.monotonic_ms());
    }

    /// Carries what was sent, if anything was.
    fn carry(&mut self, line: &Line<'_>) -> bool {
        let Some((request, route, message)) = self.sent.take() else {
            return false;
        };
        self.step(match line.post("", route, &message) {
            Ok(bytes) => Event::Answer { request, bytes },
            Err(failure) => Event::Failed { request, failure },
        });
        true
    }

    fn wait(&mut self) {
        let ms = self.timer - self.time.monotonic_ms();
        self.time.advance(ms);
        self.step(Event::Tick);
    }

    fn sell(&mut self, customer: CustomerId, request: u8) {
        let ask = TillRequest::amount(Some(customer), Money(10_000));
        let id = kartka_core::store::RequestId([request; 16]);
        self.shop.sell(id, &ask).unwrap();
        self.step(Event::LocalCommit);
    }
}

fn scene() -> (Office, Driven, CustomerId) {
    let office = Office::founded();
    let counter = Counter::paired(&office, 1);
    let ira = counter.register("Іра", "", NewCard::Issue);
    agree(&office, &[&counter]);
    let mut phone = Driven::new(counter);
    phone.step(Event::Tick);
    assert!(phone.carry(&office.line()));
    assert!(matches!(phone.reports.last(), Some(SyncEvent::UpToDate)));
    (office, phone, ira)
}

/// Each try without a network seals what was sold since, and a request takes a few of such batches.
#[test]
fn what_a_revoked_phone_sold_goes_out_without_a_wait_between_requests() {
    let (office, mut phone, ira) = scene();
    for n in 1..=30 {
        phone.sell(ira, n);
        while phone.sent.is_none() {
            phone.wait();
        }
        let (request, ..) = phone.sent.take().unwrap();
        let failure = Failure::Offline;
        phone.step(Event::Failed { request, failure });
    }
    let owner = Counter::paired(&office, 2);
    let line = office.line();
    let device = phone.shop.sync_status().unwrap().device;
    let revoked = owner
        .shop
        .revoke(owner.request(), device, DeviceState::Revoked);
    revoked.unwrap();
    owner.sync(&line).unwrap();
    phone.step(Event::Poke);
    while phone.carry(&line) {}
    let told = phone.reports.last();
    assert!(
        matches!(told, Some(SyncEvent::Failed(CoreError::DeviceRevoked))),
        "{told:?}"
    );
    assert_eq!(phone.shop.sync_status().unwrap().outbox, 0);
}

/// The authority lets it in under the number that it was paired with, which is not the one that it has: asking for that
/// again and again would be a storm.
#[test]
fn a_phone_whose_number_went_with_the_server_shows_once_what_let_it_in() {
    let office = Office::founded();
    let counter = Counter::paired(&office, 1);
    let ira = counter.register("Іра", "", NewCard::Issue);
    agree(&office, &[&counter]);
    let backup = counter.home().join("server");
    office.back_up(&backup);
    let counter = keep(counter, "older");
    counter.sell(ira, 10_000);
    agree(&office, &[&counter]);
    let counter = put_back(counter, "older");
    counter.sell(ira, 20_000);
    agree(&office, &[&counter]);
    office.put_back(&backup);

    let mut phone = Driven::new(counter);
    let line = office.line();
    let mut ways = Vec::new();
    phone.step(Event::Tick);
    while let Some((_, route, _)) = &phone.sent {
        ways.push(*route);
        assert!(ways.len() < 12, "{ways:?}");
        phone.carry(&line);
    }
    assert_eq!(ways[..3], [Route::Sync, Route::Pair, Route::Sync]);
    assert!(!ways[2..].contains(&Route::Pair), "{ways:?}");
    assert_eq!(phone.shop.sync_status().unwrap().outbox, 0);
}

/// Whoever turns it away may be anybody: nobody signed that.
#[test]
fn a_phone_that_is_let_in_and_turned_away_again_and_again_waits_between() {
    let (office, mut phone, ira) = scene();
    phone.sell(ira, 9);
    phone.wait();
    for _ in 0..3 {
        let mut sent = 0;
        while let Some((request, route, message)) = phone.sent.take() {
            sent += 1;
            assert!(sent < 8, "without a pause");
            phone.step(match route {
                Route::Pair => Event::Answer {
                    request,
                    bytes: office.line().post("", route, &message).unwrap(),
                },
                _ => Event::Failed {
                    request,
                    failure: Failure::Refused(Refusal::Unauthorised),
                },
            });
        }
        assert_eq!(sent, 3, "a question, a certificate, a question");
        phone.wait();
    }
    while phone.carry(&office.line()) {}
    assert_eq!(phone.shop.sync_status().unwrap().outbox, 0);
}

#[test]
fn a_sale_goes_up_soon_and_an_idle_phone_asks_now_and_then() {
    let (office, mut phone, ira) = scene();
    let line = office.line();
    phone.sell(ira, 1);
    phone.sell(ira, 2);
    assert!(phone.sent.is_none(), "what follows at once goes along");
    phone.wait();
    assert!(phone.carry(&line));
    assert_eq!(phone.shop.sync_status().unwrap().outbox, 0);
    assert_eq!(phone.sends, 2);
    assert!(!phone.carry(&line));
    phone.wait();
    assert!(phone.carry(&line));
    phone.step(Event::Poke);
    assert!(phone.carry(&line), "a poke is followed at once");
}

#[test]
fn a_thousand_failures_are_bounded_in_rate_and_not_in_number() {
    let (office, mut phone, ira) = scene();
    let line = office.line();
    phone.sell(ira, 1);
    let began = phone.time.monotonic_ms();
    let failures = [Failure::Offline, Failure::Timeout, Failure::NotTheAnswer];
    phone.step(Event::Tick);
    for n in 0..1_000 {
        phone.sell(ira, u8::try_from(n % 200).unwrap());
        if let Some((request, ..)) = phone.sent.take() {
            let failure = failures[n % failures.len()];
            phone.step(Event::Failed { request, failure });
        }
        phone.wait();
    }
    let hours = (phone.time.monotonic_ms() - began) / 3_600_000;
    assert!((40..150).contains(&hours), "{hours} hours");
    assert!(phone.sends > 900);
    while phone.carry(&line) {}
    assert_eq!(phone.shop.sync_status().unwrap().outbox, 0);
}

#[test]
fn who_is_not_known_any_more_shows_at_once_what_let_them_in() {
    let office = Office::founded();
    let first = Counter::paired(&office, 1);
    let ira = first.register("Іра", "", NewCard::Issue);
    agree(&office, &[&first]);
    let backup = first.home().join("server");
    office.back_up(&backup);
    let mut phone = Driven::new(Counter::paired(&office, 2));
    phone.step(Event::Tick);
    assert!(phone.carry(&office.line()));
    phone.sell(ira, 1);
    office.put_back(&backup);
    // A long time without a network: the waits are long.
    phone.wait();
    for _ in 0..12 {
        let (request, ..) = phone.sent.take().unwrap();
        let failure = Failure::Offline;
        phone.step(Event::Failed { request, failure });
        phone.wait();
    }
    let line = office.line();
    let began = phone.time.monotonic_ms();
    while phone.carry(&line) {}
    assert_eq!(phone.shop.sync_status().unwrap().outbox, 0);
    assert_eq!(phone.time.monotonic_ms(), began);
}

#[test]
fn an_answer_that_comes_too_late_or_twice_is_ignored() {
    let (office, mut phone, ira) = scene();
    let line = office.line();
    phone.sell(ira, 1);
    phone.wait();
    let (late, route, message) = phone.sent.take().unwrap();
    let bytes = line.post("", route, &message).unwrap();
    phone.wait();
    assert!(matches!(
        phone.reports.last(),
        Some(SyncEvent::Failed(CoreError::Offline))
    ));
    phone.step(Event::Answer {
        request: late,
        bytes: bytes.clone(),
    });
    assert!(matches!(phone.reports.last(), Some(SyncEvent::Ignored)));
    assert_eq!(phone.shop.sync_status().unwrap().outbox, 1);
    phone.wait();
    let (request, ..) = phone.sent.take().unwrap();
    phone.step(Event::Answer { request, bytes });
    assert!(matches!(
        phone.reports.last(),
        Some(SyncEvent::Failed(CoreError::Offline))
    ));
    phone.wait();
    assert!(phone.carry(&line));
    assert_eq!(phone.shop.sync_status().unwrap().outbox, 0);
}

#[test]
fn two_exchanges_at_once_use_one_answer() {
    let (office, mut phone, ira) = scene();
    let line = office.line();
    phone.sell(ira, 1);
    phone.wait();
    // A person presses "sync now" while the engine waits for its answer.
    let cancel = kartka_core::sync::Cancel::default();
    phone.shop.sync(&line, &cancel).unwrap();
    assert!(phone.carry(&line));
    assert!(matches!(phone.reports.last(), Some(SyncEvent::Ignored)));
    assert!(phone.carry(&line));
    assert!(matches!(phone.reports.last(), Some(SyncEvent::UpToDate)));
    cancel.cancel();
    assert!(matches!(
        phone.shop.sync(&line, &cancel),
        Err(CoreError::Cancelled)
    ));
    line.next_fault(Fault::Down);
    phone.step(Event::Poke);
    assert!(phone.carry(&line));
}

#[test]
fn a_poke_while_a_request_is_open_is_followed_after_its_answer() {
    let (office, mut phone, ira) = scene();
    let line = office.line();
    phone.step(Event::Poke);
    let (request, route, message) = phone.sent.take().unwrap();
    let bytes = line.post("", route, &message).unwrap();
    // The server answered before it had what it pokes about; the poke is quicker than the answer.
    phone.step(Event::Poke);
    phone.step(Event::Answer { request, bytes });
    assert!(phone.carry(&line), "what the poke was about is asked for");
    phone.sell(ira, 1);
}
