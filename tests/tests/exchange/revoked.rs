//! Lost and stolen phones: revoked, their ops in quarantine, wiped, found again (sync §7).

use std::sync::Mutex;

use kartka_core::domain::business::DeviceState;
use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::{CustomerId, Id};
use kartka_core::domain::op::Decision;
use kartka_core::domain::row::{Inbox, Row, RowKind};
use kartka_core::error::CoreError;
use kartka_core::sync::{Cancel, Failure, Route, Transport};
use kartka_core::usecase::customers::NewCard;
use kartka_protocol::batch::Personal;
use kartka_protocol::message::SyncAnswer;
use kartka_server::store::{Reads, read};

use crate::shops::{Counter, Fault, Line, Office, agree, copy_folder};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// An owner's phone, another phone, and Ann with 1,000 points.
struct Street {
    office: Office,
    owner: Counter,
    lost: Counter,
    ann: CustomerId,
}

impl Street {
    fn open() -> Self {
        let office = Office::founded();
        let owner = Counter::paired(&office, 1);
        let lost = Counter::paired(&office, 2);
        let ann = lost.register("Анна", "067 111 22 33", NewCard::Issue);
        lost.sell(ann, 20_000);
        agree(&office, &[&lost, &owner]);
        Self {
            office,
            owner,
            lost,
            ann,
        }
    }

    fn revoke(&self, state: DeviceState) {
        let owner = &self.owner;
        let device = self.lost.shop.sync_status().unwrap().device;
        owner.shop.revoke(owner.request(), device, state).unwrap();
        self.owner_syncs();
    }

    fn owner_syncs(&self) {
        self.owner.sync(&self.office.line()).unwrap();
        self.owner.sync(&self.office.line()).unwrap();
        assert_eq!(self.owner.digests(), self.office.digests());
    }

    /// The lost phone exchanges, and is told that it was revoked.
    fn lost_syncs(&self) {
        let told = self.lost.sync(&self.office.line());
        assert!(matches!(told, Err(CoreError::DeviceRevoked)), "{told:?}");
    }

    fn waiting(&self) -> Vec<Inbox> {
        let all = self.owner.shop.inbox().unwrap().into_iter();
        all.filter(|item| matches!(item.code, Code::Quarantined { .. }))
            .collect()
    }

    fn settle(&self, up_to: i64, decision: Decision) {
        let (owner, up_to) = (&self.owner, Id::new(up_to).unwrap());
        owner.shop.settle(owner.request(), up_to, decision).unwrap();
        self.owner_syncs();
    }

    fn rows(&self, kind: RowKind) -> Vec<Row> {
        let rows = self
            .office
            .with(|a| read(a.store(), |db: &dyn Reads| db.rows_of(kind)).unwrap());
        rows.iter().map(|wire| wire.read().unwrap()).collect()
    }
}

/// (ops, sold, redeemed, up to)
fn sums(item: &Inbox) -> (i64, i64, i64, i64) {
    match item.code {
        Code::Quarantined {
            ops,
            sold,
            redeemed,
            upto,
            ..
        } => (ops, sold, redeemed, upto),
        other => panic!("{other:?}"),
    }
}

/// Adversary: whoever stole a phone sells and redeems with it after it was revoked.
#[test]
fn stolen_phone() {
    let street = Street::open();
    street.revoke(DeviceState::Revoked);
    let before = street.owner.balance(street.ann);
    street.lost.sell(street.ann, 5_000);
    street.lost.redeem(street.ann, 2_000, 300).unwrap();
    street.lost_syncs();
    // Acked: its numbers are used, nothing is left to send, and nothing has an order.
    assert_eq!(street.lost.outbox(), 0);
    assert_eq!(street.rows(RowKind::Purchase).len(), 1);
    street.owner_syncs();
    assert_eq!(street.owner.balance(street.ann), before);
    let items = street.waiting();
    let (ops, sold, redeemed, _) = sums(&items[0]);
    assert_eq!((items.len(), ops, sold, redeemed), (1, 2, 7_000, 300));
    // It knows what it knew and hears nothing new.
    street
        .owner
        .register("Богдана", "067 222 33 44", NewCard::None);
    street.owner_syncs();
    street.lost_syncs();
    assert_eq!(street.lost.shop.find("Богдана", 5).unwrap().len(), 0);
}

#[test]
fn a_revoked_phone_remembers_it_and_closes_what_a_thief_wants() {
    let street = Street::open();
    street.revoke(DeviceState::Revoked);
    street.lost_syncs();
    let Street {
        office,
        owner,
        lost,
        ann,
    } = street;
    // Off and on again, without a network.
    let lost = lost.closed(|_| ());
    let status = lost.shop.sync_status().unwrap();
    assert_eq!(status.stopped, Some(5));
    assert_eq!(status.trust.closed, Some(Code::Revoked));
    let refused = |result: Result<(), CoreError>| match result {
        Err(CoreError::RuleRejected { reason }) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        refused(lost.redeem(ann, 2_000, 10).map(drop)),
        Code::Revoked
    );
    assert_eq!(refused(lost.shop.today(None).map(drop)), Code::Revoked);
    let sheet = lost.shop.customer(ann).unwrap();
    assert!(sheet.phones.is_empty() && sheet.flags.contains(&Code::Revoked));
    // Recording never closes.
    lost.sell(ann, 1_000);
    let told = lost.sync(&office.line());
    assert!(matches!(told, Err(CoreError::DeviceRevoked)));
    assert_eq!((lost.outbox(), owner.outbox()), (0, 0));
}

#[test]
fn what_was_sold_before_the_theft_is_taken_in_and_the_rest_is_refused() {
    let street = Street::open();
    street.lost.sell(street.ann, 5_000);
    street.lost.time.advance(DAY_MS);
    street.office.time.advance(DAY_MS);
    street.owner.time.advance(DAY_MS);
    street.lost.redeem(street.ann, 2_000, 300).unwrap();
    let stranger = street
        .lost
        .register("Чужий", "067 333 44 55", NewCard::Issue);
    street.lost.sell(stranger, 9_000);
    street.revoke(DeviceState::Revoked);
    street.lost_syncs();
    street.owner_syncs();
    let items = street.waiting();
    let said: Vec<_> = items
        .iter()
        .map(|item| (sums(item).0, sums(item).1))
        .collect();
    assert_eq!(said, [(1, 5_000), (3, 11_000)]);

    street.settle(sums(&items[0]).3, Decision::Accept);
    assert_eq!(street.owner.balance(street.ann), 1_250);
    assert_eq!(street.waiting().len(), 1);
    street.settle(sums(&items[1]).3, Decision::Refuse);
    assert_eq!(street.waiting(), []);
    assert_eq!(street.owner.balance(street.ann), 1_250);
    // Refused facts are kept, without effect; the stranger never came to be.
    let purchases = street.rows(RowKind::Purchase);
    let refused = purchases.iter().filter(|row| match row {
        Row::Purchase(purchase) => purchase.refused == Some(Code::RefusedByOwner),
        _ => false,
    });
    assert_eq!((purchases.len(), refused.count()), (4, 2));
    assert!(street.owner.shop.find("Чужий", 5).unwrap().is_empty());
    // Everybody agrees on the sums, a new phone as well.
    let fresh = Counter::paired(&street.office, 3);
    agree(&street.office, &[&fresh, &street.owner]);
}

#[test]
fn what_nobody_decided_about_in_ninety_days_is_refused_and_its_names_go() {
    let street = Street::open();
    street.revoke(DeviceState::Revoked);
    street.lost.sell(street.ann, 5_000);
    let stranger = street
        .lost
        .register("Чужий", "067 333 44 55", NewCard::Issue);
    street.lost.sell(stranger, 9_000);
    street.lost_syncs();
    let pass = |days: i64| {
        street.office.time.advance(days * DAY_MS);
        street.owner.time.advance(days * DAY_MS);
        street.office.with(|a| a.begin_day().unwrap());
        street.owner_syncs();
    };
    pass(90);
    assert_eq!(sums(&street.waiting()[0]).0, 3);
    pass(1);
    assert_eq!(street.waiting(), []);
    let why = Some(Code::NobodyDecided { days: 90 });
    let purchases = street.rows(RowKind::Purchase);
    let refused = purchases
        .iter()
        .filter(|row| matches!(row, Row::Purchase(purchase) if purchase.refused == why));
    assert_eq!((purchases.len(), refused.count()), (3, 2));
    assert_eq!(street.owner.shop.find("Чужий", 5).unwrap().len(), 0);
    let names = street.office.with(|a| {
        read(a.store(), |db: &dyn Reads| {
            let op = db.op_with(stranger.0)?.unwrap();
            Ok(matches!(op.personal, Personal::Here { .. }))
        })
    });
    assert!(!names.unwrap());
    let fresh = Counter::paired(&street.office, 3);
    agree(&street.office, &[&fresh, &street.owner]);
}

/// Taking in is as if the ops came now.
#[test]
fn accepted_ops_come_to_the_same_as_if_they_were_never_held_back() {
    let tell = |revoked: bool| {
        let street = Street::open();
        street.lost.sell(street.ann, 5_000);
        street.lost.redeem(street.ann, 2_000, 300).unwrap();
        let bob = street
            .lost
            .register("Богдан", "067 222 33 44", NewCard::Issue);
        street.lost.sell(bob, 7_700);
        if revoked {
            street.revoke(DeviceState::Revoked);
            street.lost_syncs();
            street.owner_syncs();
            let item = street.waiting()[0];
            street.settle(sums(&item).3, Decision::Accept);
        } else {
            agree(&street.office, &[&street.lost, &street.owner]);
        }
        let kinds = [
            RowKind::Purchase,
            RowKind::Entry,
            RowKind::Position,
            RowKind::Card,
        ];
        let rows = kinds.into_iter().flat_map(|kind| street.rows(kind));
        rows.map(|row| kartka_protocol::row::encode(&row))
            .collect::<Vec<_>>()
    };
    assert!(tell(true) == tell(false));
}

#[test]
fn a_revocation_ordered_before_a_push_holds_it_back_and_one_after_does_not() {
    let street = Street::open();
    let early = street.lost.sell(street.ann, 5_000);
    agree(&street.office, &[&street.lost, &street.owner]);
    street.revoke(DeviceState::Revoked);
    // Received before: stays valid.
    let known = |id: i64| {
        street.rows(RowKind::Purchase).iter().any(|row| match row {
            Row::Purchase(purchase) => purchase.id.get() == id && purchase.refused.is_none(),
            _ => false,
        })
    };
    assert!(known(early.get()));
    let late = street.lost.sell(street.ann, 5_000);
    // The answer is lost: the push is acked once, not twice.
    let line = street.office.line();
    line.next_fault(Fault::LostAnswer);
    assert!(street.lost.sync(&line).is_err());
    street.lost_syncs();
    street.owner_syncs();
    assert!(!known(late.get()));
    assert_eq!(sums(&street.waiting()[0]).0, 1);
}

#[test]
fn a_wiped_phone_sends_everything_first_deletes_it_and_says_so() {
    let street = Street::open();
    street.lost.sell(street.ann, 5_000);
    street.revoke(DeviceState::WipeWhenEmpty);
    street.lost_syncs();
    // What it held arrived.
    street.owner_syncs();
    assert_eq!(sums(&street.waiting()[0]).0, 1);
    for _ in 0..3 {
        let _ = street.lost.sync(&street.office.line());
    }
    assert!(!street.lost.shop.is_enrolled().unwrap());
    street.owner_syncs();
    let states: Vec<_> = street
        .owner
        .shop
        .devices()
        .unwrap()
        .iter()
        .map(|d| d.state)
        .collect();
    assert_eq!(states, [DeviceState::Active, DeviceState::Wiped]);
    let Street { office, lost, .. } = street;
    // Nothing of anybody lies in any file, and the next start begins anew.
    let lost = lost.closed(|folder| {
        for entry in std::fs::read_dir(folder).unwrap() {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            assert!(!bytes.windows(8).any(|w| w == "Анна".as_bytes()));
        }
    });
    assert!(!lost.shop.is_enrolled().unwrap());
    let request = lost.request();
    let (text, line) = (office.pairing_text(), office.line());
    lost.shop.pair(request, &text, "Знайдена", &line).unwrap();
    assert_eq!(lost.shop.find("Анна", 5).unwrap().len(), 1);
}

#[test]
fn an_owner_who_insists_has_a_phone_wiped_with_what_it_never_sent() {
    let street = Street::open();
    street.revoke(DeviceState::WipeNow);
    street.lost.sell(street.ann, 5_000);
    street.lost_syncs();
    for _ in 0..3 {
        let _ = street.lost.sync(&street.office.line());
    }
    assert!(!street.lost.shop.is_enrolled().unwrap());
}

/// Adversary: somebody on the line tells a phone to delete everything.
#[test]
fn a_word_that_the_authority_did_not_sign_deletes_nothing() {
    let street = Street::open();
    let line = street.office.line();
    // A word that the authority did sign, for another phone.
    let other = Counter::paired(&street.office, 3);
    let device = other.shop.sync_status().unwrap().device;
    let owner = &street.owner;
    let wipe = DeviceState::WipeNow;
    agree(&street.office, &[owner]);
    owner.shop.revoke(owner.request(), device, wipe).unwrap();
    agree(&street.office, &[owner]);
    assert!(other.sync(&line).is_err());
    let heard = SyncAnswer::decode(&line.last_answer()).unwrap().word;
    assert!(heard.is_some());
    for word in [None, heard] {
        street.lost.sell(street.ann, 5_000);
        line.next_fault(Fault::Revoked(word));
        // It asks again, and hears the truth.
        street.lost.sync(&line).unwrap();
        let status = street.lost.shop.sync_status().unwrap();
        let unmoved = (status.stopped, status.trust.closed, status.outbox);
        assert_eq!(unmoved, (None, None, 0));
    }
    assert_eq!(street.lost.shop.find("Анна", 5).unwrap().len(), 1);
}

/// Adversary: a thief puts an older copy of the data back, and gets another number with it.
#[test]
fn revoked_phone_under_a_new_incarnation_stays_in_quarantine() {
    let Street {
        office,
        owner,
        lost,
        ann,
    } = Street::open();
    let old = tempfile::tempdir().unwrap();
    let lost = lost.closed(|folder| copy_folder(folder, old.path()));
    lost.sell(ann, 4_000);
    agree(&office, &[&lost, &owner]);
    let device = lost.shop.sync_status().unwrap().device;
    owner
        .shop
        .revoke(owner.request(), device, DeviceState::Revoked)
        .unwrap();
    agree(&office, &[&owner]);
    let lost = lost.closed(|folder| {
        std::fs::remove_dir_all(folder).unwrap();
        copy_folder(old.path(), folder);
    });
    lost.sell(ann, 7_000);
    for _ in 0..4 {
        let _ = lost.sync(&office.line());
    }
    assert_ne!(lost.shop.sync_status().unwrap().device, device);
    assert_eq!(lost.outbox(), 0);
    let street = Street {
        office,
        owner,
        lost,
        ann,
    };
    street.owner_syncs();
    assert_eq!(street.rows(RowKind::Purchase).len(), 2);
    let sold: Vec<_> = street.waiting().iter().map(|item| sums(item).1).collect();
    assert_eq!(sold, [7_000]);
    let states: Vec<_> = street
        .owner
        .shop
        .devices()
        .unwrap()
        .iter()
        .map(|d| d.state)
        .collect();
    let (active, revoked) = (DeviceState::Active, DeviceState::Revoked);
    assert_eq!(states, [active, revoked, revoked]);
}

/// Adversary: the server is put back to a moment before the revocation.
#[test]
fn a_restored_server_keeps_a_revoked_phone_out() {
    let street = Street::open();
    let backup = tempfile::tempdir().unwrap();
    street.office.back_up(backup.path());
    street.revoke(DeviceState::Revoked);
    street.office.restore(backup.path());
    let told = street.lost.sync(&street.office.line());
    assert!(matches!(told, Err(CoreError::DeviceRevoked)), "{told:?}");
}

#[test]
fn past_the_grace_redemption_contacts_and_reports_close_and_an_exchange_opens_them() {
    let street = Street::open();
    let owner = &street.owner;
    owner.shop.set_lifetimes(owner.request(), 24, 7).unwrap();
    assert!(owner.shop.set_lifetimes(owner.request(), 24, 6).is_err());
    let bound = owner.shop.lost_phone().unwrap();
    assert_eq!((bound.days, bound.lifetimes.grace_days), (8, 7));
    assert_eq!(bound.worth.map(|money| money.0), Some(100_000));
    agree(&street.office, &[owner, &street.lost]);
    let lost = &street.lost;
    lost.time.advance(8 * DAY_MS);
    assert!(lost.shop.today(None).is_ok());
    lost.time.advance(1);
    let over = Code::GraceOver { days: 7 };
    let closed = lost.shop.today(None);
    assert!(matches!(closed, Err(CoreError::RuleRejected { reason }) if reason == over));
    assert!(lost.shop.customer(street.ann).unwrap().phones.is_empty());
    let redeemed = lost.redeem(street.ann, 2_000, 10);
    assert!(matches!(redeemed, Err(CoreError::RuleRejected { reason }) if reason == over));
    // Restarted with the clock set back: still closed.
    lost.time.reboot();
    lost.time.jump(-30 * DAY_MS);
    assert_eq!(lost.shop.sync_status().unwrap().trust.closed, Some(over));
    lost.sell(street.ann, 1_000);
    street.office.time.advance(8 * DAY_MS);
    lost.sync(&street.office.line()).unwrap();
    assert!(lost.shop.today(None).is_ok());
    assert_eq!(lost.shop.customer(street.ann).unwrap().phones.len(), 1);
}

/// Hands a pairing on and keeps what was asked.
struct Eavesdropper<'l>(Line<'l>, Mutex<Vec<u8>>);

impl Transport for Eavesdropper<'_> {
    fn post(&self, address: &str, route: Route, message: &[u8]) -> Result<Vec<u8>, Failure> {
        if route == Route::Pair {
            *self.1.lock().unwrap() = message.to_vec();
        }
        self.0.post(address, route, message)
    }
}

#[test]
fn a_revoked_phone_is_not_told_its_pairing_again() {
    let office = Office::founded();
    let (owner, lost) = (Counter::paired(&office, 1), Counter::new(2));
    let wire = Eavesdropper(office.line(), Mutex::default());
    let code = office.pairing_text();
    lost.shop
        .pair(lost.request(), &code, "Каса 2", &wire)
        .unwrap();
    let asked = wire.1.into_inner().unwrap();
    // Its first answer may have been lost, so it is told again.
    office.with(|a| a.pair(&asked)).unwrap();
    owner.sync(&office.line()).unwrap();
    let device = lost.shop.sync_status().unwrap().device;
    let state = DeviceState::Revoked;
    owner.shop.revoke(owner.request(), device, state).unwrap();
    owner.sync(&office.line()).unwrap();
    let again = office.with(|a| a.pair(&asked).err().map(|error| error.to_string()));
    assert_eq!(again.as_deref(), Some("refused: pairing-refused"));
}

/// Hands messages on, and sells once before an answer is looked at.
struct BusyTill<'l>(Line<'l>, &'l Counter, Mutex<Option<CustomerId>>);

impl Transport for BusyTill<'_> {
    fn post(&self, address: &str, route: Route, message: &[u8]) -> Result<Vec<u8>, Failure> {
        let answer = self.0.post(address, route, message)?;
        if let Some(customer) = self.2.lock().unwrap().take() {
            self.1.sell(customer, 5_000);
        }
        Ok(answer)
    }
}

#[test]
fn a_wipe_that_crosses_a_phones_very_first_sale_waits_for_it() {
    let street = Street::open();
    let till = Counter::paired(&street.office, 3);
    till.sync(&street.office.line()).unwrap();
    let device = till.shop.sync_status().unwrap().device;
    street.owner_syncs();
    let owner = &street.owner;
    let wipe = DeviceState::WipeWhenEmpty;
    owner.shop.revoke(owner.request(), device, wipe).unwrap();
    street.owner_syncs();
    let wire = BusyTill(street.office.line(), &till, Mutex::new(Some(street.ann)));
    let _ = till.shop.sync(&wire, &Cancel::default());
    assert!(till.shop.is_enrolled().unwrap());
    let waiting = |owner: &Counter| {
        let _ = owner.sync(&street.office.line());
        street.waiting().len()
    };
    let _ = till.sync(&street.office.line());
    assert_eq!(waiting(owner), 1, "the sale waits for the owner");
}
