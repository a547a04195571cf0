//! Another key for the data: whatever stops in the middle, one of both keys opens the file and no sale is lost.

use kartka_core::domain::money::Money;
use kartka_core::platform::SecretName;
use kartka_core::shop::Shop;
use kartka_core::usecase::till::TillRequest;
use kartka_tests::vfs::{Fault, Image};

use super::counter::{Keys, Phone, SHOP, found, request};
use super::*;

/// A shop with sales and a sheet in the drawer, closed.
struct Evening {
    image: Image,
    secrets: std::collections::BTreeMap<SecretName, Vec<u8>>,
    sheet: String,
}

impl Evening {
    fn new() -> Self {
        let phone = Phone::new();
        let shop = phone.open();
        found(&shop);
        for n in 2..6 {
            shop.sell(request(n), &TillRequest::amount(None, Money(700)))
                .unwrap();
        }
        let sheet = new_sheet(&shop);
        drop(shop);
        Self {
            image: phone.machine.image(),
            secrets: phone.keys.image(),
            sheet,
        }
    }

    /// A phone as it was in the evening; its disk tears by this seed.
    fn phone(&self, seed: u64) -> Phone {
        let machine = Machine::new(seed);
        machine.restore(&self.image);
        let phone = Phone::of(machine, Keys::of(self.secrets.clone()));
        // What is drawn from now on was not drawn before.
        phone.still.0.store(101, Ordering::Relaxed);
        phone
    }
}

fn new_sheet(shop: &Shop) -> String {
    let sheet = shop.new_sheet().unwrap().letters().to_string();
    shop.confirm_sheet(&sheet).unwrap();
    sheet
}

fn secret(phone: &Phone, name: SecretName) -> Vec<u8> {
    phone.keys.image().remove(&name).unwrap_or_default()
}

fn receipts(shop: &Shop) -> i64 {
    shop.today(None).unwrap().day.total.receipts
}

/// Opens what a stop has left, lets it end what was begun, and tries both ways in.
fn goes_on(phone: &Phone, sheet: &str, case: &str) {
    phone.machine.heal();
    phone.keys.fail_after(None);
    let shop = phone.open();
    assert_eq!(receipts(&shop), 4, "{case}");
    shop.idle().unwrap();
    let one_more = TillRequest::amount(None, Money(1));
    shop.sell(request(9), &one_more).unwrap();
    assert_eq!(secret(phone, SecretName::NextDatabaseKey), [0; 0], "{case}");
    let key = secret(phone, SecretName::DatabaseKey);
    drop(shop);
    assert_eq!(receipts(&phone.open()), 5, "{case}");
    // The platform loses everything: the sheet opens it.
    let lost = Phone::of(Machine::new(1), Arc::default());
    lost.machine.restore(&phone.machine.image());
    let shop = Shop::unlock_with_sheet(&lost.folder(), lost.platform(), sheet).unwrap();
    assert_eq!(receipts(&shop), 5, "{case}");
    drop(shop);
    assert_eq!(secret(&lost, SecretName::DatabaseKey), key, "{case}");
}

#[test]
fn a_key_is_changed_and_the_former_one_opens_nothing() {
    let evening = Evening::new();
    let phone = evening.phone(1);
    let former = secret(&phone, SecretName::DatabaseKey);
    let shop = phone.open();
    shop.change_key().unwrap();
    assert_ne!(secret(&phone, SecretName::DatabaseKey), former);
    assert_eq!(receipts(&shop), 4);
    drop(shop);
    goes_on(&phone, &evening.sheet, "changed");
    let former = DatabaseKey::from_bytes(&former).unwrap();
    let still = Arc::new(Still::default());
    let path = phone.machine.path(SHOP);
    let opened = Store::open(&path, &phone.machine.vfs(), &former, still.clone(), still);
    assert!(
        matches!(opened, Err(StoreError::WrongKey)),
        "{}",
        show(opened)
    );
}

#[test]
fn a_stop_at_any_change_of_the_disk_leaves_a_file_of_one_key() {
    let evening = Evening::new();
    let quiet = evening.phone(0);
    let shop = quiet.open();
    let before = quiet.machine.changes();
    shop.change_key().unwrap();
    let changes = quiet.machine.changes() - before;
    assert!(changes > 20, "{changes} points to stop at");
    drop(shop);
    for point in 0..=changes {
        for loss in LOSSES {
            let case = format!("{loss:?} at change {point}");
            let phone = evening.phone(point);
            let shop = phone.open();
            phone.machine.fail_after(point, Fault::PowerCut(loss));
            let _stopped_somewhere = shop.change_key();
            drop(shop);
            // And once more while the next start ends it.
            phone.machine.fail_after(point % 13, Fault::PowerCut(loss));
            drop(Shop::open(&phone.folder(), phone.platform()));
            goes_on(&phone, &evening.sheet, &case);
        }
    }
}

#[test]
fn a_key_store_that_fails_at_any_secret_costs_no_data() {
    let evening = Evening::new();
    for point in 0..4 {
        for reopened in [false, true] {
            let phone = evening.phone(point);
            let shop = phone.open();
            phone.keys.fail_after(Some(point));
            let changed = shop.change_key();
            assert_eq!(changed.is_ok(), point == 3, "after {point} secrets");
            if !reopened {
                phone.keys.fail_after(None);
                shop.idle().unwrap();
                assert_eq!(receipts(&shop), 4);
            }
            drop(shop);
            goes_on(&phone, &evening.sheet, &format!("after {point} secrets"));
        }
    }
}

#[test]
fn a_full_disk_keeps_the_former_key_until_there_is_room() {
    let evening = Evening::new();
    for changes in [0, 3, 10, 30] {
        let phone = evening.phone(1);
        let shop = phone.open();
        let former = secret(&phone, SecretName::DatabaseKey);
        phone.machine.fail_after(changes, Fault::Full);
        assert!(shop.change_key().is_err(), "after {changes} changes");
        assert_eq!(secret(&phone, SecretName::DatabaseKey), former);
        // It reads on, and sells as soon as there is room: no new start is needed.
        assert_eq!(receipts(&shop), 4);
        phone.machine.heal();
        shop.change_key().unwrap();
        shop.idle().unwrap();
        assert_ne!(secret(&phone, SecretName::DatabaseKey), former);
        drop(shop);
        goes_on(&phone, &evening.sheet, "a full disk");
    }
}

#[test]
fn a_disk_that_fails_for_a_moment_costs_no_data_and_no_start() {
    let evening = Evening::new();
    for point in 0..120 {
        let case = format!("an error at change {point}");
        let phone = evening.phone(point);
        let shop = phone.open();
        phone.machine.fail_after(point, Fault::Io);
        let changed = shop.change_key();
        phone.machine.heal();
        // Twice: what was begun is ended or taken back, then it is done.
        for _ in 0..2 {
            shop.idle()
                .unwrap_or_else(|error| panic!("{case}, {changed:?}: {error:?}"));
        }
        assert_eq!(receipts(&shop), 4, "{case}");
        drop(shop);
        goes_on(&phone, &evening.sheet, &case);
    }
}

#[test]
fn who_reads_meanwhile_sees_one_state_and_the_change_ends_afterwards() {
    let evening = Evening::new();
    let phone = evening.phone(1);
    let shop = phone.open();
    let former = secret(&phone, SecretName::DatabaseKey);
    shop.store()
        .read(|r| {
            let seen = meta::get(r, "logs_begun")?;
            shop.change_key().unwrap();
            shop.sell(request(8), &TillRequest::amount(None, Money(5)))
                .unwrap();
            assert_eq!(meta::get(r, "logs_begun")?, seen);
            Ok::<_, StoreError>(())
        })
        .unwrap();
    // Its pages were needed until now: both keys are there.
    assert_eq!(secret(&phone, SecretName::DatabaseKey), former);
    assert_ne!(secret(&phone, SecretName::NextDatabaseKey), [0; 0]);
    assert_eq!(receipts(&shop), 5);
    shop.idle().unwrap();
    assert_ne!(secret(&phone, SecretName::DatabaseKey), former);
    assert_eq!(secret(&phone, SecretName::NextDatabaseKey), [0; 0]);
}

#[test]
fn a_sheet_in_place_of_another_changes_the_key_that_the_other_one_opened() {
    let evening = Evening::new();
    let phone = evening.phone(1);
    let shop = phone.open();
    let former = secret(&phone, SecretName::DatabaseKey);
    shop.idle().unwrap();
    assert_eq!(secret(&phone, SecretName::DatabaseKey), former);
    let sheet = new_sheet(&shop);
    shop.idle().unwrap();
    assert_ne!(secret(&phone, SecretName::DatabaseKey), former);
    let changed = secret(&phone, SecretName::DatabaseKey);
    shop.idle().unwrap();
    assert_eq!(secret(&phone, SecretName::DatabaseKey), changed);
    drop(shop);
    goes_on(&phone, &sheet, "another sheet");
    let refused = Shop::unlock_with_sheet(&phone.folder(), phone.platform(), &evening.sheet);
    assert!(refused.is_err(), "the older sheet opens nothing");
}
