//! A hand-over while either machine stops at any change to its disk: one authority at every moment, one at the end, and
//! every sale that was confirmed is there once (sync §12, safety 14 and 16).

use std::path::Path;
use std::sync::{Arc, Mutex};

use kartka_core::domain::founding::ShopKind;
use kartka_core::domain::ids::BusinessId;
use kartka_core::domain::money::Money;
use kartka_core::error::CoreError;
use kartka_core::platform::FileKeyStore;
use kartka_core::recovery::CopyState;
use kartka_core::shop::{Platform, Shop};
use kartka_core::store::RequestId;
use kartka_core::sync::{Cancel, Failure, Route, Transport};
use kartka_core::usecase::customers::{NewCard, ProfileForm, Registration};
use kartka_core::usecase::found::FoundRequest;
use kartka_core::usecase::till::TillRequest;
use kartka_protocol::message::Refusal;
use kartka_server::{Authority, ExchangeError, Place, Reception, StoreError};
use kartka_tests::vfs::{Fault, Image, Loss, Machine};

use super::shops::{Dice, Time, copy_folder};

const LOSSES: [Loss; 3] = [Loss::Nothing, Loss::Unsynced, Loss::Torn];
/// Sales before the hand-over.
const SOLD: u64 = 4;

/// Whose machine stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Phone,
    Server,
}

/// A founding phone's disk and keys before the hand-over.
struct Before {
    image: Image,
    keys: tempfile::TempDir,
    business: BusinessId,
}

/// One try: both machines, their keys, and what runs on the server.
struct Try {
    phone: Machine,
    phone_keys: tempfile::TempDir,
    server: Machine,
    server_keys: tempfile::TempDir,
    business: BusinessId,
    time: Arc<Time>,
    /// Nothing after the server's machine has stopped.
    running: Mutex<Option<(Reception, Option<Authority>)>>,
}

fn folder(machine: &Machine) -> std::path::PathBuf {
    machine.path("any").parent().unwrap().to_owned()
}

fn open(machine: &Machine, keys: &Path, time: &Arc<Time>, seed: u64) -> Result<Shop, CoreError> {
    let platform = Platform {
        clock: time.clone(),
        rng: Dice::seeded(seed),
        keys: Arc::new(FileKeyStore::beside(&keys.join("phone"))),
        vfs: machine.vfs(),
    };
    let shop = Shop::open(&folder(machine), platform)?;
    shop.limit_pieces(3);
    Ok(shop)
}

fn request(n: u64) -> RequestId {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&n.to_be_bytes());
    RequestId(bytes)
}

fn sell(shop: &Shop, n: u64) -> Result<(), CoreError> {
    let ask = TillRequest::amount(None, Money(1_000));
    shop.sell(request(n), &ask).map(drop)
}

impl Before {
    fn new() -> Self {
        let (machine, keys) = (Machine::new(1), tempfile::tempdir().unwrap());
        let shop = open(&machine, keys.path(), &Time::new(), 1).unwrap();
        let form = FoundRequest {
            name: "Кав'ярня".into(),
            country: "UA".into(),
            kind: ShopKind::Coffee,
            owner: "Марта".into(),
        };
        shop.found(request(100), &form).unwrap();
        let olena = Registration {
            profile: ProfileForm {
                given: "Олена".into(),
                ..ProfileForm::default()
            },
            card: NewCard::Issue,
            ..Registration::default()
        };
        shop.register(request(101), &olena).unwrap();
        for n in 0..SOLD {
            sell(&shop, n).unwrap();
        }
        let business = shop.business().unwrap().id;
        drop(shop);
        Self {
            image: machine.image(),
            keys,
            business,
        }
    }

    fn again(&self, seed: u64) -> Try {
        let phone = Machine::new(seed);
        phone.restore(&self.image);
        let phone_keys = tempfile::tempdir().unwrap();
        copy_folder(
            &self.keys.path().join("phone.keys"),
            &phone_keys.path().join("phone.keys"),
        );
        let this = Try {
            phone,
            phone_keys,
            server: Machine::new(seed + 1),
            server_keys: tempfile::tempdir().unwrap(),
            business: self.business,
            time: Time::new(),
            running: Mutex::default(),
        };
        this.start();
        this
    }
}

impl Try {
    fn place(&self) -> Place {
        Place {
            data: folder(&self.server),
            keys: self.server_keys.path().to_owned(),
            vfs: Some("kartka-memory"),
        }
    }

    /// Starts the server: what it was handed before its machine stopped is its business still.
    fn start(&self) {
        let reception = Reception::new(self.place(), self.time.clone(), Dice::seeded(77));
        let (clock, dice) = (self.time.clone(), Dice::seeded(78));
        let authority = match Authority::open(self.place(), self.business, clock, dice) {
            Ok(authority) => Some(authority),
            Err(StoreError::NoKey | StoreError::Empty) => None,
            Err(error) => panic!("{error}"),
        };
        *self.running.lock().unwrap() = Some((reception, authority));
    }

    fn phone(&self) -> Result<Shop, CoreError> {
        open(&self.phone, self.phone_keys.path(), &self.time, 9)
    }

    fn server_decides(&self) -> bool {
        let running = self.running.lock().unwrap();
        running.as_ref().is_some_and(|(_, found)| found.is_some())
    }

    fn serve(&self, route: Route, message: &[u8]) -> Result<Vec<u8>, ExchangeError> {
        let mut running = self.running.lock().unwrap();
        let gone = ExchangeError::Store(StoreError::Empty);
        let (reception, authority) = running.as_mut().ok_or(gone)?;
        let none = ExchangeError::Refused(Refusal::Unauthorised);
        match route {
            Route::Handover => {
                let received = reception.serve(message, authority.as_ref())?;
                if let Some(arrived) = received.arrived {
                    assert!(authority.replace(arrived).is_none());
                }
                Ok(received.answer)
            }
            Route::Sync => authority.as_ref().ok_or(none)?.sync(message),
            other => panic!("{other:?} is no part of this"),
        }
    }

    /// A hand-over in which a machine stops at this change; how many changes phone and server made.
    fn run(&self, stop: Option<(Who, u64, Loss)>) -> (u64, u64) {
        let reception = Reception::new(self.place(), self.time.clone(), Dice::seeded(77));
        let code = reception.invite("local:").unwrap().to_text();
        let shop = self.phone().unwrap();
        let before = (self.phone.changes(), self.server.changes());
        if let Some((who, point, loss)) = stop {
            let machine = match who {
                Who::Phone => &self.phone,
                Who::Server => &self.server,
            };
            machine.fail_after(point, Fault::PowerCut(loss));
        }
        let _stopped_somewhere = shop.hand_over(&code, self, &Cancel::default(), &mut |_| ());
        let sold = sell(&shop, SOLD).is_ok();
        drop(shop);
        let changes = (
            self.phone.changes() - before.0,
            self.server.changes() - before.1,
        );
        self.phone.heal();
        self.server.heal();
        *self.running.lock().unwrap() = None;
        self.start();

        let shop = self.phone().unwrap();
        let phone_decides = shop.copy_state().unwrap() != CopyState::NotNeeded;
        assert!(!(phone_decides && self.server_decides()), "{stop:?}");
        // The till says it once more, as it does when it was not told that the sale is there.
        sell(&shop, SOLD).unwrap();
        for _ in 0..4 {
            match shop.hand_over(&code, self, &Cancel::default(), &mut |_| ()) {
                Ok(_) | Err(CoreError::AlreadyPaired) => break,
                Err(error) => assert!(sold || stop.is_some(), "{stop:?}: {error}"),
            }
        }
        self.agreed(&shop, stop);
        changes
    }

    fn agreed(&self, shop: &Shop, stop: Option<(Who, u64, Loss)>) {
        shop.sync(self, &Cancel::default()).unwrap();
        let report = shop.sync(self, &Cancel::default()).unwrap();
        assert_eq!(report.mismatches, 0, "{stop:?}");
        assert!(self.server_decides(), "{stop:?}");
        assert_eq!(shop.copy_state().unwrap(), CopyState::NotNeeded, "{stop:?}");
        assert!(shop.hand_over_state().unwrap().is_none(), "{stop:?}");
        assert_eq!(shop.sync_status().unwrap().outbox, 0, "{stop:?}");
        let sums = shop.store().read(|r| r.sums()).unwrap();
        assert_eq!(sums.purchases, SOLD + 1, "{stop:?}");
    }
}

impl Transport for Try {
    fn post(&self, _: &str, route: Route, message: &[u8]) -> Result<Vec<u8>, Failure> {
        self.serve(route, message).map_err(|error| match error {
            ExchangeError::Refused(refusal) => Failure::Refused(refusal),
            ExchangeError::Store(_) => {
                *self.running.lock().unwrap() = None;
                Failure::Offline
            }
        })
    }
}

#[test]
fn a_hand_over_survives_a_stop_of_either_machine_at_any_change() {
    let before = Before::new();
    let (phone, server) = before.again(0).run(None);
    assert!(phone > 10 && server > 30, "{phone} and {server} points");
    for (who, changes) in [(Who::Phone, phone), (Who::Server, server)] {
        for point in 0..=changes {
            // Each point with one way to stop, each way at every third.
            let loss = LOSSES[usize::try_from(point % 3).unwrap()];
            before.again(point).run(Some((who, point, loss)));
        }
    }
}
