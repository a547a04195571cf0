//! A server whose machine stops at every single change it makes to its disk: what it acked is there, what it did not
//! ack is sent again, and nothing is there twice.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use kartka_core::domain::founding::ShopKind;
use kartka_core::domain::ids::BusinessId;
use kartka_core::sync::{Cancel, Failure, Route, Transport};
use kartka_core::usecase::customers::NewCard;
use kartka_protocol::message::Refusal;
use kartka_server::store::{Reads, read};
use kartka_server::{Authority, ExchangeError, FoundingInput, Place, Rights, StoreError};
use kartka_tests::vfs::{Fault, Image, Loss, Machine};

use super::shops::{Counter, Dice, Time, copy_folder};

const LOSSES: [Loss; 3] = [Loss::Nothing, Loss::Unsynced, Loss::Torn];

/// A server on a machine that may stop.
struct Hall<'k> {
    machine: Machine,
    keys: &'k Path,
    business: BusinessId,
    time: Arc<Time>,
    authority: Mutex<Option<Authority>>,
}

fn place(machine: &Machine, keys: &Path) -> Place {
    Place {
        data: machine.path("any").parent().unwrap().to_owned(),
        keys: keys.to_owned(),
        vfs: Some("kartka-memory"),
    }
}

impl<'k> Hall<'k> {
    fn founded(keys: &'k Path) -> Self {
        let (machine, time) = (Machine::new(0), Time::new());
        let input = FoundingInput {
            name: "Кав'ярня".into(),
            country: "UA".into(),
            kind: ShopKind::Coffee,
            owner: "Марта".into(),
        };
        let place = place(&machine, keys);
        let authority = Authority::found(place, &input, time.clone(), Dice::seeded(1)).unwrap();
        Self {
            machine,
            keys,
            business: authority.business(),
            time,
            authority: Mutex::new(Some(authority)),
        }
    }

    /// Another machine with the same disk; nothing runs on it yet.
    fn again(&self, image: &Image, seed: u64) -> Self {
        let machine = Machine::new(seed);
        machine.restore(image);
        Self {
            machine,
            keys: self.keys,
            business: self.business,
            time: Time::new(),
            authority: Mutex::new(None),
        }
    }

    fn running(&self) -> MutexGuard<'_, Option<Authority>> {
        self.authority.lock().unwrap()
    }

    /// Starts the server; `false` if the machine stops in it.
    fn start(&self) -> bool {
        let place = place(&self.machine, self.keys);
        let opened = Authority::open(place, self.business, self.time.clone(), Dice::seeded(2));
        *self.running() = opened.ok();
        self.running().is_some()
    }
}

impl Transport for Hall<'_> {
    fn post(&self, _: &str, route: Route, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let mut running = self.running();
        let authority = running.as_ref().ok_or(Failure::Offline)?;
        let served = match route {
            Route::Sync => authority.sync(message),
            Route::Pair => authority.pair(message),
            Route::Reserve => authority.reserve(message),
            Route::Invite => authority.invite(message, ""),
            Route::Carry => authority.carry(message),
            Route::Card => authority.holder(message),
            // Nobody was invited.
            Route::Handover => Err(ExchangeError::Refused(Refusal::PairingRefused)),
        };
        served.map_err(|error| match error {
            ExchangeError::Refused(refusal) => Failure::Refused(refusal),
            ExchangeError::Store(_) => {
                *running = None;
                Failure::Offline
            }
        })
    }
}

/// A server's disk and a phone's folder at the start of the day.
struct Morning<'k> {
    hall: Hall<'k>,
    image: Image,
    phone: tempfile::TempDir,
}

impl<'k> Morning<'k> {
    fn of(keys: &'k Path) -> Self {
        let hall = Hall::founded(keys);
        let code = hall
            .running()
            .as_ref()
            .map(|a| a.pairing("local:", Rights::Recent));
        let phone = Counter::new(1);
        let code = code.unwrap().unwrap().to_text();
        phone
            .shop
            .pair(phone.request(), &code, "Каса", &hall)
            .unwrap();
        let olena = phone.register("Олена", "067 123 45 67", NewCard::Issue);
        phone.sell(olena, 10_000);
        phone.shop.sync(&hall, &Cancel::default()).unwrap();
        let kept = tempfile::tempdir().unwrap();
        let home = phone.home().to_owned();
        drop(phone.closed(|_| copy_home(&home, kept.path())));
        *hall.running() = None;
        let image = hall.machine.image();
        Self {
            hall,
            image,
            phone: kept,
        }
    }

    /// The day of a phone and a server whose machine stops at this change; how many changes it made.
    fn day(&self, stop: Option<(u64, Loss)>) -> u64 {
        let hall = self
            .hall
            .again(&self.image, stop.map_or(0, |(point, _)| point));
        let home = tempfile::tempdir().unwrap();
        copy_home(self.phone.path(), home.path());
        let phone = Counter::left_in(home, 9);
        let before = hall.machine.changes();
        if let Some((point, loss)) = stop {
            hall.machine.fail_after(point, Fault::PowerCut(loss));
        }
        let olena = phone.shop.find("4567", 1).unwrap()[0].id;
        if hall.start() {
            for amount in [3_000, 5_000] {
                phone.sell(olena, amount);
                phone.redeem(olena, 2_000, 10).unwrap();
                // What the phone makes of a server that stops is seen below.
                let _ = phone.shop.sync(&hall, &Cancel::default());
            }
        } else {
            for amount in [3_000, 5_000] {
                phone.sell(olena, amount);
                phone.redeem(olena, 2_000, 10).unwrap();
            }
        }
        *hall.running() = None;
        let changes = hall.machine.changes() - before;
        hall.machine.heal();
        assert!(hall.start(), "{stop:?}");
        self.agree(&hall, &phone, stop);
        changes
    }

    /// Everything arrives once, and both sides hold the same.
    fn agree(&self, hall: &Hall<'_>, phone: &Counter, stop: Option<(u64, Loss)>) {
        for _ in 0..2 {
            let report = phone.shop.sync(hall, &Cancel::default());
            let report = report.unwrap_or_else(|error| panic!("{stop:?}: {error}"));
            assert_eq!(report.mismatches, 0, "{stop:?}");
        }
        assert_eq!(phone.outbox(), 0, "{stop:?}");
        let running = hall.running();
        let authority = running.as_ref().unwrap();
        let sums = read(authority.store(), |db: &dyn Reads| db.digests()).unwrap();
        let mut sums: Vec<_> = sums
            .iter()
            .map(|sum| (sum.scope.code(), sum.digest.to_bytes()))
            .collect();
        sums.sort_unstable();
        assert_eq!(phone.digests(), sums, "{stop:?}");
        // Founding, pairing, a registration, and five sales of which two spend points.
        assert_eq!(authority.head().unwrap().head.seq.0, 2 + 1 + 5, "{stop:?}");
        let olena = phone.shop.find("4567", 1).unwrap()[0].id;
        let earned = 500 + 150 + 99 + 250 + 99;
        assert_eq!(phone.balance(olena), earned - 20, "{stop:?}");
    }
}

fn copy_home(from: &Path, to: &Path) {
    for folder in ["data", "data.keys"] {
        copy_folder(&from.join(folder), &to.join(folder));
    }
}

#[test]
fn a_server_that_stops_at_any_change_to_its_disk_loses_nothing_and_takes_nothing_twice() {
    let keys = tempfile::tempdir().unwrap();
    let morning = Morning::of(keys.path());
    let changes = morning.day(None);
    assert!(changes > 30, "{changes} points to stop at");
    for point in 0..=changes {
        for loss in LOSSES {
            morning.day(Some((point, loss)));
        }
    }
}

/// A stopped server's data are given another key while its machine stops at any change to its disk: the next start opens
/// them by one of both keys, and nothing of the shop is missing.
#[test]
fn a_stop_while_the_servers_key_is_changed_leaves_data_of_one_key() {
    let kept = tempfile::tempdir().unwrap();
    let morning = Morning::of(kept.path());
    let business = morning.hall.business;
    let key = format!("{}.key", hex(&business.0));
    let former = std::fs::read(kept.path().join(&key)).unwrap();
    let change = |stop: Option<(u64, Loss)>| {
        let keys = tempfile::tempdir().unwrap();
        copy_folder(kept.path(), keys.path());
        let hall = morning
            .hall
            .again(&morning.image, stop.map_or(0, |(point, _)| point));
        let hall = Hall {
            keys: keys.path(),
            ..hall
        };
        let before = hall.machine.changes();
        if let Some((point, loss)) = stop {
            hall.machine.fail_after(point, Fault::PowerCut(loss));
        }
        let random = Dice::seeded(5);
        let place = || place(&hall.machine, keys.path());
        let changed = Authority::change_key(place(), business, random.as_ref());
        let changes = hall.machine.changes() - before;
        hall.machine.heal();
        if stop.is_none() {
            changed.unwrap();
            assert_ne!(std::fs::read(keys.path().join(&key)).unwrap(), former);
        }
        assert!(hall.start(), "{stop:?}");
        let next = format!("{}.next-key", hex(&business.0));
        assert!(!keys.path().join(next).exists(), "{stop:?}");
        let head = hall.running().as_ref().unwrap().head().unwrap();
        assert_eq!(head.head.seq.0, 2 + 1 + 1, "{stop:?}");
        // While it runs nobody else gives it a key.
        let busy = Authority::change_key(place(), business, random.as_ref());
        assert!(matches!(busy, Err(StoreError::Busy)), "{busy:?}");
        changes
    };
    let changes = change(None);
    assert!(changes > 30, "{changes} points to stop at");
    for point in 0..=changes {
        for loss in LOSSES {
            change(Some((point, loss)));
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
