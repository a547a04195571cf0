//! What a phone has not sent leaves it by a file, and comes to the server by another phone, once (sync §4, §7).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use kartka_core::domain::business::DeviceState;
use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::CustomerId;
use kartka_core::domain::money::Money;
use kartka_core::error::CoreError;
use kartka_core::platform::{FileKeyStore, KeyStore, KeyStoreError, SecretName};
use kartka_core::recovery::{CarriedOutbox, ExportedOutbox, RecoveryError};
use kartka_core::shop::{Platform, Shop};
use kartka_core::store::{RequestId, StoreError, Vfs};
use kartka_core::sync::Cancel;
use kartka_core::usecase::customers::NewCard;
use kartka_core::usecase::till::TillRequest;
use zeroize::Zeroizing;

use crate::shops::{Counter, Dice, Fault, Office, agree};

/// A shop whose owner has the sheet on paper, a till without a network, and Ann.
pub(crate) struct Street {
    pub(crate) office: Office,
    pub(crate) owner: Counter,
    pub(crate) till: Counter,
    pub(crate) ann: CustomerId,
    pub(crate) sheet: String,
}

impl Street {
    pub(crate) fn open() -> Self {
        Self::open_as(1_000)
    }

    fn open_as(seed: u64) -> Self {
        let office = Office::founded_by(seed);
        let owner = Counter::paired(&office, 1);
        let till = Counter::paired(&office, 2);
        let sheet = owner.shop.new_sheet().unwrap().letters().to_string();
        owner.shop.confirm_sheet(&sheet).unwrap();
        let ann = till.register("Анна", "067 111 22 33", NewCard::Issue);
        agree(&office, &[&owner, &till]);
        till.shop.idle().unwrap();
        Self {
            office,
            owner,
            till,
            ann,
            sheet,
        }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.office.home().join("till.kartka")
    }

    pub(crate) fn export(&self) -> ExportedOutbox {
        self.till.shop.export_outbox(&self.file()).unwrap()
    }

    pub(crate) fn carry(&self) -> Result<CarriedOutbox, RecoveryError> {
        let line = self.office.line();
        self.owner
            .shop
            .carry_outbox(&self.file(), &self.sheet, &line)
    }

    /// Points that the owner's phone shows after an exchange.
    pub(crate) fn owner_sees(&self) -> i64 {
        self.owner.sync(&self.office.line()).unwrap();
        self.owner.balance(self.ann)
    }
}

#[test]
fn a_phone_that_never_comes_back_loses_nothing() {
    let street = Street::open();
    street.till.sell(street.ann, 10_000);
    street.till.sell(street.ann, 20_000);
    let shown = street.till.balance(street.ann);
    let refused = street.till.shop.sign_out().err();
    assert!(
        matches!(
            refused,
            Some(CoreError::RuleRejected {
                reason: Code::SalesNotSent { ops: 2 }
            })
        ),
        "{refused:?}"
    );
    let made = street.export();
    assert_eq!(made.ops, 2);
    assert_eq!(std::fs::metadata(street.file()).unwrap().len(), made.bytes);
    street.till.shop.sign_out().unwrap();
    assert!(!street.till.shop.is_enrolled().unwrap());
    let came = street.carry().unwrap();
    assert_eq!((came.batches, came.arrived), (1, 1));
    assert_eq!(street.owner_sees(), shown);
    // Brought again, by whoever has the paper: counted once.
    let again = street.carry().unwrap();
    assert_eq!((again.batches, again.arrived), (1, 1));
    assert_eq!(street.owner_sees(), shown);
}

#[test]
fn what_comes_by_both_ways_counts_once() {
    let street = Street::open();
    street.till.sell(street.ann, 10_000);
    street.export();
    street.till.sell(street.ann, 20_000);
    let shown = street.till.balance(street.ann);
    // One more was sold after the file was made: it would be lost.
    let refused = street.till.shop.sign_out().err();
    assert!(
        matches!(
            refused,
            Some(CoreError::RuleRejected {
                reason: Code::SalesNotSent { ops: 1 }
            })
        ),
        "{refused:?}"
    );
    assert_eq!(street.carry().unwrap().arrived, 1);
    agree(&street.office, &[&street.till, &street.owner]);
    assert_eq!(street.till.balance(street.ann), shown);
    assert_eq!(street.owner_sees(), shown);
    assert_eq!(street.export(), ExportedOutbox { ops: 0, bytes: 0 });
    assert_eq!(street.carry().unwrap().arrived, 1);
    assert_eq!(street.owner_sees(), shown);
    // Everything is at the server: nothing is in the way of leaving, and of coming back as another phone.
    street.till.shop.sign_out().unwrap();
    let till = street.till.closed(|_| {});
    let text = street.office.pairing_text();
    let line = street.office.line();
    till.shop
        .pair(till.request(), &text, "Каса", &line)
        .unwrap();
    till.sync(&line).unwrap();
    assert_eq!(till.balance(street.ann), shown);
}

#[test]
fn a_lost_answer_and_a_lost_network_only_mean_to_bring_it_again() {
    let street = Street::open();
    street.till.sell(street.ann, 10_000);
    let shown = street.till.balance(street.ann);
    street.export();
    for fault in [
        Fault::Down,
        Fault::LostAnswer,
        Fault::Truncated(40),
        Fault::Flipped(70),
        Fault::Instead(b"<html>sign in to the cafe</html>".to_vec()),
    ] {
        let line = street.office.line();
        line.next_fault(fault.clone());
        let file = street.file();
        let came = street.owner.shop.carry_outbox(&file, &street.sheet, &line);
        assert!(matches!(came, Err(RecoveryError::Core(_))), "{fault:?}");
    }
    assert_eq!(street.carry().unwrap().arrived, 1);
    assert_eq!(street.owner_sees(), shown);
}

#[test]
fn many_acts_go_in_parts() {
    let street = Street::open();
    for n in 0..2_300 {
        street.till.sell(street.ann, 1_000 + n);
    }
    let shown = street.till.balance(street.ann);
    let made = street.export();
    assert_eq!(made.ops, 2_300);
    let came = street.carry().unwrap();
    assert!(came.batches > 8, "{came:?}");
    assert_eq!(came.arrived, came.batches);
    assert_eq!(street.owner_sees(), shown);
}

#[test]
fn only_the_shops_own_sheet_opens_the_file() {
    let street = Street::open();
    street.till.sell(street.ann, 10_000);
    street.export();
    let bring = |file: &PathBuf, sheet: &str| {
        let line = street.office.line();
        street.owner.shop.carry_outbox(file, sheet, &line).err()
    };
    let file = street.file();
    assert!(matches!(
        bring(&file, "no sheet"),
        Some(RecoveryError::NotASheet)
    ));
    let other = street.till.shop.new_sheet().unwrap().letters().to_string();
    assert!(matches!(
        bring(&file, &other),
        Some(RecoveryError::WrongSheet)
    ));
    let bytes = std::fs::read(&file).unwrap();
    assert!(!bytes.windows(8).any(|at| at == "Анна".as_bytes()));
    let damaged = street.office.home().join("damaged");
    for cut in [0, 10, 16, 18, 20, 40, bytes.len() - 1] {
        std::fs::write(&damaged, &bytes[..cut]).unwrap();
        let told = bring(&damaged, &street.sheet);
        assert!(
            matches!(told, Some(RecoveryError::NotAnOutbox)),
            "{cut}: {told:?}"
        );
    }
    for at in (0..bytes.len()).step_by(7) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x40;
        std::fs::write(&damaged, &changed).unwrap();
        assert!(bring(&damaged, &street.sheet).is_some(), "{at}");
    }
    // Nothing of it came, and a phone of another shop brings nothing here.
    assert_eq!(street.owner_sees(), 0);
    let elsewhere = Street::open_as(3_000);
    let line = elsewhere.office.line();
    let told = elsewhere
        .owner
        .shop
        .carry_outbox(&file, &street.sheet, &line);
    assert!(matches!(told, Err(RecoveryError::NotAnOutbox)), "{told:?}");
}

#[test]
fn without_a_sheet_on_paper_nobody_could_open_a_file() {
    let office = Office::founded();
    let till = Counter::paired(&office, 2);
    let ann = till.register("Анна", "", NewCard::None);
    till.sell(ann, 10_000);
    let file = office.home().join("till.kartka");
    let told = till.shop.export_outbox(&file);
    assert!(matches!(told, Err(RecoveryError::NoSheet)), "{told:?}");
    assert!(!file.exists());
}

#[test]
fn what_a_revoked_phone_made_waits_for_the_owner() {
    let street = Street::open();
    street.till.sell(street.ann, 10_000);
    street.export();
    let device = street.till.shop.sync_status().unwrap().device;
    let owner = &street.owner;
    let state = DeviceState::Revoked;
    owner.shop.revoke(owner.request(), device, state).unwrap();
    owner.sync(&street.office.line()).unwrap();
    assert_eq!(street.carry().unwrap().arrived, 1);
    assert_eq!(street.owner_sees(), 0);
    let waits = |code: &Code| {
        matches!(
            code,
            Code::Quarantined {
                ops: 1,
                sold: 10_000,
                ..
            }
        )
    };
    assert!(
        owner
            .shop
            .inbox()
            .unwrap()
            .iter()
            .any(|item| waits(&item.code))
    );
    // And a revoked phone brings nothing itself.
    let line = street.office.line();
    let brought = street
        .till
        .shop
        .carry_outbox(&street.file(), &street.sheet, &line);
    assert!(
        matches!(brought, Err(RecoveryError::Core(CoreError::DeviceRevoked))),
        "{brought:?}"
    );
}

#[test]
fn behind_a_gap_the_file_is_kept() {
    let street = Street::open();
    let backup = street.office.home().join("backup");
    street.office.back_up(&backup);
    street.till.sell(street.ann, 10_000);
    street.till.sync(&street.office.line()).unwrap();
    street.till.sell(street.ann, 20_000);
    street.export();
    let shown = street.till.balance(street.ann);
    // The server lost the first sale; the file goes on from it.
    street.office.put_back(&backup);
    street.owner.sync(&street.office.line()).unwrap();
    let came = street.carry().unwrap();
    assert_eq!((came.batches, came.arrived), (1, 0));
    agree(&street.office, &[&street.till, &street.owner]);
    assert_eq!(street.carry().unwrap().arrived, 1);
    assert_eq!(street.owner_sees(), shown);
}

#[test]
fn the_owners_paper_opens_a_colleagues_phone_that_lost_its_key() {
    let street = Street::open();
    street.till.sell(street.ann, 10_000);
    let shown = street.till.balance(street.ann);
    assert!(street.till.shop.has_printed_sheet().unwrap());
    let Counter {
        shop,
        time,
        folder,
        home,
        ..
    } = street.till;
    drop(shop);
    std::fs::remove_dir_all(home.path().join("data.keys")).unwrap();
    let platform = |seed| Platform {
        clock: time.clone(),
        rng: Dice::seeded(seed),
        keys: std::sync::Arc::new(kartka_core::platform::FileKeyStore::beside(&folder)),
        vfs: kartka_core::store::Vfs::system(),
    };
    let lost = Shop::open(&folder, platform(8)).err();
    assert!(
        matches!(lost, Some(CoreError::Store(StoreError::WrongKey))),
        "{lost:?}"
    );
    let shop = Shop::unlock_with_sheet(&folder, platform(9), &street.sheet).unwrap();
    let file = street.office.home().join("till.kartka");
    assert_eq!(shop.export_outbox(&file).unwrap().ops, 1);
    let line = street.office.line();
    let owner = &street.owner.shop;
    assert_eq!(
        owner
            .carry_outbox(&file, &street.sheet, &line)
            .unwrap()
            .arrived,
        1
    );
    street.owner.sync(&line).unwrap();
    assert_eq!(street.owner.balance(street.ann), shown);
}

#[test]
fn a_phone_that_signed_out_keeps_no_way_to_what_it_had() {
    let street = Street::open();
    agree(&street.office, &[&street.till, &street.owner]);
    street.till.shop.sign_out().unwrap();
    let sheet = street.sheet.clone();
    let till = street.till.closed(|folder| {
        let platform = Platform {
            clock: crate::shops::Time::new(),
            rng: Dice::seeded(11),
            keys: std::sync::Arc::new(kartka_core::platform::FileKeyStore::beside(folder)),
            vfs: kartka_core::store::Vfs::system(),
        };
        let told = Shop::unlock_with_sheet(folder, platform, &sheet).err();
        assert!(matches!(told, Some(RecoveryError::NoSheet)), "{told:?}");
    });
    assert!(!till.shop.is_enrolled().unwrap());
}

#[test]
fn a_file_does_not_stand_for_what_a_restored_server_lost_before_it() {
    let street = Street::open();
    let backup = street.office.home().join("backup");
    street.office.back_up(&backup);
    street.till.sell(street.ann, 10_000);
    street.till.sync(&street.office.line()).unwrap();
    street.till.sell(street.ann, 20_000);
    // Only the second sale lies in the file: the server had the first.
    assert_eq!(street.export().ops, 1);
    street.till.shop.sync_status().unwrap();
    street.office.put_back(&backup);
    let line = street.office.line();
    line.fault_after(1, Fault::Down);
    assert!(street.till.sync(&line).is_err());
    let told = street.till.shop.sign_out();
    assert!(
        matches!(
            told,
            Err(CoreError::RuleRejected {
                reason: Code::SalesNotSent { .. }
            })
        ),
        "{told:?}"
    );
    agree(&street.office, &[&street.till, &street.owner]);
    assert_eq!(street.owner_sees(), street.till.balance(street.ann));
    street.till.shop.sign_out().unwrap();
}

#[test]
fn a_sign_out_that_was_cut_short_leaves_no_way_in() {
    let street = Street::open();
    let sealed = street.till.folder.join("kartka.db-recovery");
    let kept = std::fs::read(&sealed).unwrap();
    assert!(!kept.is_empty());
    street.till.shop.sign_out().unwrap();
    let till = street.till.closed(|_| {
        // As if the power had gone before the sealed keys were dropped.
        std::fs::write(&sealed, &kept).unwrap();
    });
    assert!(!till.shop.is_enrolled().unwrap());
    let left = std::fs::read(&sealed).unwrap();
    assert_ne!(
        left, kept,
        "the former shop's sheet has a way to the next one's data"
    );
}

/// A platform that has lost what it kept secrets with: it keeps no new ones until those that it lost are given up, and
/// says of those that they are empty.
struct Forgetful {
    keys: FileKeyStore,
    lost: Mutex<BTreeSet<SecretName>>,
}

impl Forgetful {
    fn all(folder: &Path) -> Arc<Self> {
        let lost = [
            SecretName::DatabaseKey,
            SecretName::DeviceSecret,
            SecretName::HighestEpoch,
        ];
        Arc::new(Self {
            keys: FileKeyStore::beside(folder),
            lost: Mutex::new(lost.into()),
        })
    }
}

impl KeyStore for Forgetful {
    fn load(&self, name: SecretName) -> Result<Option<Zeroizing<Vec<u8>>>, KeyStoreError> {
        if self.lost.lock().unwrap().contains(&name) {
            return Err(KeyStoreError::Lost);
        }
        self.keys.load(name)
    }

    fn store(&self, name: SecretName, secret: &[u8]) -> Result<(), KeyStoreError> {
        let mut lost = self.lost.lock().unwrap();
        if !lost.is_empty() && !secret.is_empty() {
            return Err(KeyStoreError::Lost);
        }
        lost.remove(&name);
        self.keys.store(name, secret)
    }
}

/// A till whose platform lost its keys with sales that were never sent; it is paired anew before anybody has the sheet.
#[test]
fn a_phone_that_lost_its_keys_is_paired_anew_and_the_sheet_brings_what_it_had_not_sent() {
    let Street {
        office,
        owner,
        till,
        ann,
        sheet,
    } = Street::open();
    till.sell(ann, 10_000);
    till.sell(ann, 20_000);
    till.register("Богдана", "067 333 44 55", NewCard::None);
    let shown = till.balance(ann);
    let waited = till.shop.sync_status().unwrap().outbox;
    let keys = Forgetful::all(&till.folder);
    let platform = || Platform {
        clock: till.time.clone(),
        rng: Dice::seeded(77),
        keys: keys.clone(),
        vfs: Vfs::system(),
    };
    let healthy = Platform {
        keys: Arc::new(FileKeyStore::beside(&till.folder)),
        ..platform()
    };
    let folder = till.folder.clone();
    let requests: Vec<RequestId> = (0..2).map(|_| till.request()).collect();
    drop(till.shop);
    // While the platform has the key nothing is put aside.
    let refused = Shop::set_aside(&folder, &healthy);
    assert!(
        matches!(refused, Err(RecoveryError::NotEmpty)),
        "{refused:?}"
    );
    let lost = Shop::open(&folder, platform()).err();
    assert!(
        matches!(lost, Some(CoreError::Keys(KeyStoreError::Lost))),
        "{lost:?}"
    );
    Shop::set_aside(&folder, &platform()).unwrap();
    let shop = Shop::open(&folder, platform()).unwrap();
    let (line, code) = (office.line(), office.pairing_text());
    shop.pair(requests[0], &code, "Каса", &line).unwrap();
    shop.sync(&line, &Cancel::default()).unwrap();
    assert_eq!(shop.aside().unwrap().len(), 1);
    let ask = TillRequest::amount(Some(ann), Money(5_000));
    shop.sell(requests[1], &ask).unwrap();
    shop.sync(&line, &Cancel::default()).unwrap();

    // The owner comes with the paper; the line breaks once.
    let another = owner.shop.new_sheet().unwrap().letters().to_string();
    assert!(matches!(
        shop.bring_aside(&another, &line),
        Err(RecoveryError::WrongSheet)
    ));
    line.next_fault(Fault::LostAnswer);
    assert!(shop.bring_aside(&sheet, &line).is_err());
    assert_eq!(
        shop.aside().unwrap().len(),
        1,
        "nothing was said to have arrived"
    );
    let brought = shop.bring_aside(&sheet, &line).unwrap();
    assert_eq!(brought.len(), 1);
    let carried = brought[0].carried;
    assert!(carried.batches > 0);
    assert_eq!(carried.arrived, carried.batches);
    assert_eq!(brought[0].ops, waited, "what the lost keys kept back");
    assert_eq!(shop.aside().unwrap(), [0_i64; 0]);
    shop.sync(&line, &Cancel::default()).unwrap();
    owner.sync(&line).unwrap();
    assert_eq!(owner.balance(ann), shown + 250);
    for phone in [&shop, &owner.shop] {
        assert_eq!(phone.find("4455", 1).unwrap().len(), 1);
        assert_eq!(phone.find("2233", 1).unwrap().len(), 1);
    }
}

/// With the sheet at hand nothing is put aside: number, outbox and all come back, also on a platform that keeps nothing
/// before what it lost is given up.
#[test]
fn a_phone_that_lost_its_keys_and_has_the_sheet_at_hand_goes_on_as_it_was() {
    let Street {
        office,
        owner,
        till,
        ann,
        sheet,
    } = Street::open();
    till.sell(ann, 10_000);
    let shown = till.balance(ann);
    let platform = Platform {
        clock: till.time.clone(),
        rng: Dice::seeded(77),
        keys: Forgetful::all(&till.folder),
        vfs: Vfs::system(),
    };
    drop(till.shop);
    let shop = Shop::unlock_with_sheet(&till.folder, platform, &sheet).unwrap();
    let line = office.line();
    shop.sync(&line, &Cancel::default()).unwrap();
    assert_eq!(shop.sync_status().unwrap().outbox, 0);
    owner.sync(&line).unwrap();
    assert_eq!(owner.balance(ann), shown);
}

/// A phone that only ever tried to be paired belongs to no shop: nothing is asked of its person when a key is lost, and a
/// copy finds its folder empty.
#[test]
fn data_that_no_shop_ever_filled_are_no_shop() {
    let phone = Counter::new(8);
    let platform = || Platform {
        clock: phone.time.clone(),
        rng: Dice::seeded(9),
        keys: Arc::new(FileKeyStore::beside(&phone.folder)),
        vfs: Vfs::system(),
    };
    let folder = phone.folder.clone();
    drop(phone.shop);
    let file = folder.join("kartka.db");
    assert!(std::fs::metadata(&file).unwrap().len() > 0);
    assert!(Shop::open_if_here(&folder, platform()).unwrap().is_none());
    assert_eq!(std::fs::metadata(&file).unwrap().len(), 0);
    // Nothing is made where nothing is.
    let nowhere = folder.join("new");
    std::fs::create_dir(&nowhere).unwrap();
    assert!(Shop::open_if_here(&nowhere, platform()).unwrap().is_none());
    assert_eq!(std::fs::read_dir(&nowhere).unwrap().count(), 0);

    let Street { owner, sheet, .. } = Street::open();
    let copy = owner.shop.make_copy(&nowhere).unwrap().file;
    let again = Shop::open(&folder, platform()).unwrap();
    assert!(!again.is_enrolled().unwrap());
    drop(again);
    let restored = Shop::restore_copy(&folder, platform(), &sheet, &copy).unwrap();
    assert!(restored.is_enrolled().unwrap());
    drop(restored);
    let full = Shop::restore_copy(&folder, platform(), &sheet, &copy).err();
    assert!(matches!(full, Some(RecoveryError::NotEmpty)), "{full:?}");
    assert!(Shop::open_if_here(&folder, platform()).unwrap().is_some());
}
