//! Backups and putting one back: what lies in them, what a restored authority gives out, what goes wrong.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::*;
use kartka_domain::ids::{BusinessId, DeviceNo};
use kartka_domain::row::{Row, RowKind};
use kartka_protocol::message::Flag;
use kartka_server::backup::{BackedUp, BackupError, RestoreInput, Restored, backup, restore};
use kartka_server::store::{Fact, read, write};
use kartka_server::{Authority, StoreError};

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;

/// Where the backup lies.
fn file(place: &common::Place) -> PathBuf {
    place.folder.path().join("backup")
}

/// Where it is put back.
fn anew(place: &common::Place) -> PathBuf {
    place.folder.path().join("anew")
}

fn make(place: &common::Place) -> Result<BackedUp, BackupError> {
    let (clock, random) = (place.clock.as_ref(), place.random.as_ref());
    backup(&place.data(), &file(place), clock, random)
}

fn put_back(
    place: &common::Place,
    data: &Path,
    key: Option<PathBuf>,
) -> Result<Restored, BackupError> {
    restore(&RestoreInput {
        file: file(place),
        data: data.to_owned(),
        key,
        clock: place.clock.clone(),
        random: place.random.clone(),
    })
}

fn open(place: &common::Place, data: &Path, business: BusinessId) -> Result<Authority, StoreError> {
    Authority::open(data, business, place.clock.clone(), place.random.clone())
}

/// A business with a phone that has registered somebody and sold them something.
fn shop(place: &common::Place) -> (Authority, Phone) {
    let authority = place.found();
    let mut phone = Phone::pair(&authority, 7);
    sell(&authority, &mut phone);
    (authority, phone)
}

fn sell(authority: &Authority, phone: &mut Phone) {
    let customer = phone.register(at(0));
    phone.sell(Some(customer), 10_000, at(0));
    phone.sync_all(authority, MORNING);
}

fn author(authority: &Authority) -> DeviceNo {
    let bytes = read(authority.store(), |db| db.fact(Fact::Author)).unwrap();
    DeviceNo::new(u32::from_be_bytes(bytes.unwrap().try_into().unwrap())).unwrap()
}

#[test]
fn a_backup_of_a_running_server_is_put_back_as_a_new_reign() {
    let place = common::Place::new();
    let (authority, mut phone) = shop(&place);
    let business = authority.business();
    // The authority stays open: this is online.
    let made = make(&place).unwrap();
    let [found] = made.businesses.as_slice() else {
        panic!("{made:?}")
    };
    assert_eq!(
        (found.business, found.ops, found.customers),
        (business, 4, 1)
    );
    assert_eq!(found.head, authority.head().unwrap().head.seq);
    sell(&authority, &mut phone);
    let before = authority.head().unwrap().head;
    drop(authority);

    let restored = put_back(&place, &anew(&place), Some(made.key)).unwrap();
    assert_eq!(restored.businesses, made.businesses);
    let again = open(&place, &anew(&place), business).unwrap();
    let head = again.head().unwrap().head;
    assert_eq!(head.epoch.number, before.epoch.number + 1);
    assert_ne!(head.epoch.random, before.epoch.random);
    assert_eq!(head.seq, found.head);
    assert!(!file(&place).with_extension("part").exists());
    // Its own ops have a number that nobody had, and so have new phones.
    assert!(author(&again).get() >= 4_096);
    let new = Phone::pair(&again, 8);
    assert_eq!(new.device().get(), author(&again).get() + 1);
    let row = read(again.store(), |db| {
        db.row(RowKind::Device, i64::from(new.device().get()))
    });
    let Some(Row::Device(device)) = row.unwrap().map(|row| row.read().unwrap()) else {
        panic!("no device row")
    };
    assert!(device.slot.unwrap().value() > 64, "{:?}", device.slot);
}

#[test]
fn a_key_revoked_after_the_backup_stays_revoked() {
    let place = common::Place::new();
    let (authority, phone) = shop(&place);
    let business = authority.business();
    let key = common::public_key(&phone.key);
    make(&place).unwrap();
    write(authority.store(), |db| db.put_revoked(&key)).unwrap();
    drop(authority);
    drop(open(&place, &place.data(), business).unwrap());
    fs::rename(place.data(), place.folder.path().join("old")).unwrap();
    put_back(&place, &place.data(), None).unwrap();
    let again = open(&place, &place.data(), business).unwrap();
    assert!(read(again.store(), |db| db.is_revoked(&key)).unwrap());
}

#[test]
fn two_restores_of_one_backup_give_out_different_numbers() {
    let place = common::Place::new();
    let (authority, _) = shop(&place);
    let business = authority.business();
    let key = make(&place).unwrap().key;
    drop(authority);
    let other = place.folder.path().join("other");
    put_back(&place, &anew(&place), Some(key.clone())).unwrap();
    put_back(&place, &other, Some(key)).unwrap();
    let first = open(&place, &anew(&place), business).unwrap();
    let second = open(&place, &other, business).unwrap();
    let blocks = [&first, &second].map(|one| author(one).get() / 4_096);
    assert_ne!(blocks[0], blocks[1]);
    assert_ne!(
        first.head().unwrap().head.epoch,
        second.head().unwrap().head.epoch
    );
}

#[test]
fn a_restore_over_the_old_place_takes_the_epoch_after_the_highest_ever_served_there() {
    let place = common::Place::new();
    let (authority, _) = shop(&place);
    let business = authority.business();
    make(&place).unwrap();
    drop(authority);
    for number in [2, 3] {
        fs::rename(
            place.data(),
            place.folder.path().join(format!("old{number}")),
        )
        .unwrap();
        put_back(&place, &place.data(), None).unwrap();
        let epoch = open(&place, &place.data(), business).unwrap().head();
        assert_eq!(epoch.unwrap().head.epoch.number, number);
    }
    // The old folder, put back by hand, is refused.
    fs::rename(place.data(), place.folder.path().join("newest")).unwrap();
    fs::rename(place.folder.path().join("old2"), place.data()).unwrap();
    let refused = open(&place, &place.data(), business).err().unwrap();
    assert!(
        matches!(refused, StoreError::EpochBehind { found: 1, known: 3 }),
        "{refused}"
    );
}

#[test]
fn expiry_waits_until_every_phone_has_called_or_three_days_have_passed() {
    let place = common::Place::new();
    let (authority, mut phone) = shop(&place);
    let business = authority.business();
    let mut second = Phone::pair(&authority, 9);
    second.sync_all(&authority, MORNING);
    let key = make(&place).unwrap().key;
    drop(authority);
    put_back(&place, &anew(&place), Some(key)).unwrap();
    let again = open(&place, &anew(&place), business).unwrap();
    let heals = |phone: &mut Phone| {
        let answer = phone.sync(&again, MORNING).unwrap();
        answer.flags.has(Flag::Heal)
    };
    // Twice each: once to learn the epoch, once to say that there is nothing more.
    for _ in 0..2 {
        assert!(heals(&mut phone));
    }
    assert!(
        heals(&mut second) && heals(&mut second),
        "told until the wait ends"
    );
    let swept = |authority: &Authority| read(authority.store(), |db| db.fact(Fact::Swept)).unwrap();
    let before = swept(&again);
    place.clock.pass(DAY_MS);
    sell(&again, &mut phone);
    assert_ne!(swept(&again), before, "everybody has called");
    assert!(!heals(&mut phone));

    // Nobody calls: three days.
    let third = place.folder.path().join("third");
    put_back(
        &place,
        &third,
        Some(place.folder.path().join("data.keys").join(key_name(&place))),
    )
    .unwrap();
    let silent = open(&place, &third, business).unwrap();
    let mut late = Phone::pair(&silent, 10);
    let before = swept(&silent);
    place.clock.pass(71 * HOUR_MS);
    sell(&silent, &mut late);
    assert_eq!(swept(&silent), before);
    place.clock.pass(HOUR_MS);
    sell(&silent, &mut late);
    assert_ne!(swept(&silent), before);
}

fn key_name(place: &common::Place) -> String {
    let entries = fs::read_dir(place.folder.path().join("data.keys")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names
        .into_iter()
        .find(|name| name.starts_with("backup-"))
        .unwrap()
}

#[test]
fn a_damaged_backup_is_never_put_back() {
    let place = common::Place::new();
    let (authority, _) = shop(&place);
    let key = make(&place).unwrap().key;
    drop(authority);
    let whole = fs::read(file(&place)).unwrap();
    let refused = || {
        put_back(&place, &anew(&place), Some(key.clone()))
            .err()
            .unwrap()
    };
    // A bit in the head, in a database, in the sum; and every kind of cut.
    for at in [45, 60, 70, 5_000, whole.len() / 2, whole.len() - 1] {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(file(&place), &bytes).unwrap();
        assert!(matches!(refused(), BackupError::Damaged(_)), "bit at {at}");
    }
    for length in [32, 43, 44, 60, 5_000, whole.len() - 1] {
        fs::write(file(&place), &whole[..length]).unwrap();
        assert!(
            matches!(refused(), BackupError::Damaged(_)),
            "cut at {length}"
        );
    }
    for (bytes, what) in [
        (&b""[..], "empty"),
        (&b"hello"[..], "short"),
        (&[7; 64][..], "else"),
    ] {
        fs::write(file(&place), bytes).unwrap();
        assert!(matches!(refused(), BackupError::NotABackup(_)), "{what}");
    }
    let mut newer = whole.clone();
    newer[14] = b'2';
    fs::write(file(&place), &newer).unwrap();
    assert!(matches!(refused(), BackupError::TooNew(_)));
    assert!(!anew(&place).exists(), "nothing appears");
    fs::write(file(&place), &whole).unwrap();
    put_back(&place, &anew(&place), Some(key)).unwrap();
}

#[test]
fn what_can_go_wrong_with_a_backup_is_named() {
    let place = common::Place::new();
    fs::create_dir_all(place.data()).unwrap();
    assert!(matches!(
        make(&place).err().unwrap(),
        BackupError::Nothing(_)
    ));
    let (authority, _) = shop(&place);
    let key = make(&place).unwrap().key;

    let kept = fs::read(file(&place)).unwrap();
    let refused = put_back(&place, &place.data(), None).err().unwrap();
    assert!(matches!(refused, BackupError::NotEmpty(_)), "{refused}");
    let refused = put_back(&place, &anew(&place), None).err().unwrap();
    assert!(matches!(refused, BackupError::NoKey { .. }), "{refused}");
    let other = make(&place).unwrap().key;
    fs::write(file(&place), &kept).unwrap();
    let refused = put_back(&place, &anew(&place), Some(other)).err().unwrap();
    assert!(
        matches!(refused, BackupError::NoKey { .. }),
        "another backup's: {refused}"
    );

    // After thirty days nobody opens it, and the next backup destroys its key.
    let copy = place.folder.path().join("copy-of-the-key");
    fs::copy(&key, &copy).unwrap();
    place.clock.pass(30 * DAY_MS + 1);
    let refused = put_back(&place, &anew(&place), Some(copy)).err().unwrap();
    assert!(matches!(refused, BackupError::Ended), "{refused}");
    make(&place).unwrap();
    assert!(!key.exists());

    // A file that can't be written leaves the older backup, no key and nothing half made.
    let nowhere = place.folder.path().join("no").join("such").join("backup");
    fs::write(place.folder.path().join("no"), b"a file").unwrap();
    let keys = || {
        fs::read_dir(place.folder.path().join("data.keys"))
            .unwrap()
            .count()
    };
    let before = keys();
    let (clock, random) = (place.clock.as_ref(), place.random.as_ref());
    assert!(backup(&place.data(), &nowhere, clock, random).is_err());
    assert_eq!(keys(), before);
    drop(authority);
}
