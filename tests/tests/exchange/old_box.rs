//! A lost server that somebody switches on again beside the one that took its place (sync §12).

use std::path::Path;

use kartka_core::error::CoreError;
use kartka_core::recovery::RecoveryError;
use kartka_core::sync::{Cancel, Failure, Route, Transport};
use kartka_server::Authority;

use super::carried::Street;
use super::forks::receipts;
use super::renumbered::lost;
use super::shops::{Dice, Line, Office, agree, copy_folder};

/// Starts a copy of the data as on another machine, which has seen none of what was served since.
pub(super) fn elsewhere(office: &Office, backup: &Path) {
    let keys = office.home().join("data.keys");
    let away = office.home().join("away.keys");
    copy_folder(&keys, &away);
    forget_epoch(&keys);
    office.restore(backup);
    copy_folder(&away, &keys);
}

/// What a server keeps beside its keys of the epoch that it has seen goes.
fn forget_epoch(keys: &Path) {
    for entry in std::fs::read_dir(keys).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "epoch") {
            std::fs::remove_file(path).unwrap();
        }
    }
}

/// The server whose data lie in `folder`, which has seen none of what was served since.
fn old_box(office: &Office, folder: &Path) -> Authority {
    let keys = folder.with_extension("keys");
    copy_folder(&office.home().join("data.keys"), &keys);
    forget_epoch(&keys);
    let business = office.with(Authority::business);
    Authority::open(folder, business, office.time.clone(), Dice::seeded(77)).unwrap()
}

/// A line that leads to the restored server, but for what is carried: that comes to the lost one, which is on again.
struct OldBox<'a>(Line<'a>, Authority);

impl Transport for OldBox<'_> {
    fn post(&self, address: &str, route: Route, message: &[u8]) -> Result<Vec<u8>, Failure> {
        match route {
            Route::Carry => self.1.carry(message).map_err(|_| Failure::Offline),
            _ => self.0.post(address, route, message),
        }
    }
}

#[test]
fn what_was_made_under_a_former_number_has_not_come_when_the_lost_server_has_it() {
    let (office, a, b, ira) = lost();
    let old = old_box(&office, &a.home().join("old"));
    let line = OldBox(office.line(), old);
    a.shop.sync(&line, &Cancel::default()).unwrap();
    assert_eq!((a.outbox(), receipts(&office)), (0, (1, 1)));
    // It is told when there is something new from others, by a line that leads to this one.
    b.sell(ira, 2_000);
    agree(&office, &[&b, &a, &b]);
    assert_eq!(receipts(&office), (3, 3));
}

#[test]
fn a_file_that_a_lost_server_takes_has_not_come() {
    let street = Street::open();
    let lost = street.office.home().join("lost");
    street.office.back_up(&lost);
    street.office.put_back(&lost);
    assert_eq!(street.owner_sees(), 0);
    street.till.sell(street.ann, 10_000);
    street.export();
    let line = OldBox(street.office.line(), old_box(&street.office, &lost));
    let (file, owner) = (street.file(), &street.owner.shop);
    let brought = owner.carry_outbox(&file, &street.sheet, &line);
    let went_back = RecoveryError::Core(CoreError::ServerWentBack);
    assert_eq!(brought.unwrap_err().to_string(), went_back.to_string());
    assert_eq!(street.owner_sees(), 0);
    assert_eq!(street.carry().unwrap().arrived, 1);
    assert_eq!(street.owner_sees(), 500);
}
