//! A shop comes back by its sheet: after the key store lost the key, and on a new phone from a copy.
#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;
use std::sync::Arc;

use kartka_core::domain::money::{Money, Points};
use kartka_core::error::CoreError;
use kartka_core::platform::FileKeyStore;
use kartka_core::recovery::{CopyState, RecoveryError};
use kartka_core::shop::{Platform, Shop};
use kartka_core::store::{StoreError, Vfs};
use kartka_core::usecase::customers::{NewCard, ProfileForm, Registration};
use kartka_core::usecase::till::TillRequest;
use support::{Counter, NOW, TestClock, TestRng, request};

const DAY_MS: i64 = 86_400_000;

fn registered(counter: &Counter) -> kartka_core::domain::ids::CustomerId {
    let form = Registration {
        profile: ProfileForm {
            given: "Олена".into(),
            phones: vec!["0671234567".into()],
            ..ProfileForm::default()
        },
        card: NewCard::Issue,
        ..Registration::default()
    };
    let customer = counter.shop.register(request(1), &form).unwrap();
    let ask = TillRequest::amount(Some(customer), Money(1_000_000));
    counter.shop.sell(request(2), &ask).unwrap();
    customer
}

fn platform(clock: &Arc<TestClock>, folder: &Path, seed: u64) -> Platform {
    Platform {
        clock: clock.clone(),
        rng: TestRng::seeded(seed),
        keys: Arc::new(FileKeyStore::beside(folder)),
        vfs: Vfs::system(),
    }
}

#[test]
fn a_lost_key_comes_back_by_the_sheet_and_by_nothing_else() {
    let counter = Counter::founded();
    let customer = registered(&counter);
    assert!(!counter.shop.has_printed_sheet().unwrap());
    let sheet = counter.shop.new_sheet().unwrap();
    let text = sheet.letters().to_string();
    counter.shop.confirm_sheet(&text).unwrap();
    assert!(counter.shop.has_printed_sheet().unwrap());
    let Counter { shop, clock, home } = counter;
    drop(shop);
    let data = home.path().join("data");
    std::fs::remove_dir_all(home.path().join("data.keys")).unwrap();
    let open = Shop::open(&data, platform(&clock, &data, 2)).err();
    assert!(
        matches!(open, Some(CoreError::Store(StoreError::WrongKey))),
        "{open:?}"
    );
    let unlock = |text: &str| Shop::unlock_with_sheet(&data, platform(&clock, &data, 3), text);
    assert!(matches!(
        unlock("not a sheet").err(),
        Some(RecoveryError::NotASheet)
    ));
    let other = Counter::founded();
    let foreign = other.shop.new_sheet().unwrap().letters().to_string();
    // Two counters of one seed draw the same numbers: another draw is another sheet.
    let foreign = if foreign == text {
        other.shop.new_sheet().unwrap().letters().to_string()
    } else {
        foreign
    };
    assert!(matches!(
        unlock(&foreign).err(),
        Some(RecoveryError::WrongSheet)
    ));
    let shop = unlock(&text.to_lowercase()).unwrap();
    assert_eq!(
        shop.customer(customer).unwrap().name.as_deref(),
        Some("Олена")
    );
    drop(shop);
    Shop::open(&data, platform(&clock, &data, 4)).unwrap();
}

#[test]
fn a_new_sheet_that_nobody_confirmed_makes_no_old_one_worthless() {
    let counter = Counter::founded();
    let first = counter.shop.new_sheet().unwrap();
    counter.shop.confirm_sheet(&first.qr_text()).unwrap();
    let second = counter.shop.new_sheet().unwrap();
    let third = counter.shop.new_sheet().unwrap();
    assert!(matches!(
        counter.shop.confirm_sheet(&second.qr_text()).err(),
        Some(RecoveryError::WrongSheet)
    ));
    let Counter { shop, clock, home } = counter;
    drop(shop);
    let data = home.path().join("data");
    let unlock = |text: &str| Shop::unlock_with_sheet(&data, platform(&clock, &data, 3), text);
    assert!(matches!(
        unlock(&second.letters()).err(),
        Some(RecoveryError::WrongSheet)
    ));
    drop(unlock(&first.letters()).unwrap());
    let shop = unlock(&third.letters()).unwrap();
    shop.confirm_sheet(&third.letters()).unwrap();
    drop(shop);
    assert!(matches!(
        unlock(&first.letters()).err(),
        Some(RecoveryError::WrongSheet)
    ));
}

#[test]
fn a_copy_opens_on_a_new_phone_in_the_next_epoch_with_all_limits_for_72_hours() {
    let counter = Counter::founded();
    let customer = registered(&counter);
    let picked = tempfile::tempdir().unwrap();
    assert_eq!(counter.shop.copy_state().unwrap(), CopyState::Never);
    assert!(matches!(
        counter.shop.make_copy(picked.path()).err(),
        Some(RecoveryError::NoSheet)
    ));
    let sheet = counter.shop.new_sheet().unwrap();
    let made = counter.shop.make_copy(picked.path()).unwrap();
    let files = std::fs::read_dir(picked.path()).unwrap().count();
    assert_eq!((files, made.bytes > 10_000), (1, true));
    counter.clock.advance(8 * DAY_MS);
    let aged = |overdue| CopyState::Aged {
        age_ms: 8 * DAY_MS,
        overdue,
    };
    // Nothing is new since: an old copy is as good as a new one.
    assert_eq!(counter.shop.copy_state().unwrap(), aged(false));
    let more = TillRequest::amount(Some(customer), Money(1_000));
    counter.shop.sell(request(3), &more).unwrap();
    assert_eq!(counter.shop.copy_state().unwrap(), aged(true));
    let before = counter.shop.sync_status().unwrap();

    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let clock = TestClock::at(NOW + 9 * DAY_MS);
    let restore = |text: &str, seed| {
        Shop::restore_copy(&data, platform(&clock, &data, seed), text, &made.file)
    };
    let old = counter.shop.new_sheet().unwrap();
    assert!(matches!(
        restore(&old.letters(), 7).err(),
        Some(RecoveryError::WrongSheet)
    ));
    assert_eq!(
        std::fs::read_dir(&data).unwrap().count(),
        0,
        "nothing is left of a try"
    );
    let shop = restore(&sheet.letters(), 8).unwrap();
    let after = shop.sync_status().unwrap();
    assert_eq!(after.business, before.business);
    assert!(after.device > before.device);
    assert_eq!(
        shop.customer(customer).unwrap().name.as_deref(),
        Some("Олена")
    );
    // 50,000 points could be spent on the old phone at once; here the limits of a phone without network hold.
    let ask = |spend| TillRequest {
        spend: Points(spend),
        ..TillRequest::amount(Some(customer), Money(1_000_000))
    };
    let all = shop.customer(customer).unwrap().points[0].spendable.0;
    assert!(all >= 50_000, "{all}");
    let refused = shop.sell(request(10), &ask(all)).err();
    assert!(
        matches!(refused, Some(CoreError::RuleRejected { .. })),
        "{refused:?}"
    );
    clock.advance(3 * DAY_MS);
    shop.sell(request(11), &ask(all)).unwrap();
    assert!(matches!(
        restore(&sheet.letters(), 9).err(),
        Some(RecoveryError::NotEmpty)
    ));
    drop(shop);
    let again = Shop::unlock_with_sheet(&data, platform(&clock, &data, 10), &sheet.letters());
    again.unwrap();
}

#[test]
fn nobody_is_erased_while_a_copy_still_holds_them() {
    let counter = Counter::founded();
    let customer = registered(&counter);
    let picked = tempfile::tempdir().unwrap();
    counter.shop.new_sheet().unwrap();
    counter.shop.make_copy(picked.path()).unwrap();
    counter.shop.erase(request(5), customer).unwrap();
    counter.shop.idle().unwrap();
    assert_eq!(counter.shop.erasures().unwrap()[0].done, 0);
    let state = counter.shop.copy_state().unwrap();
    assert!(
        matches!(state, CopyState::Aged { overdue: true, .. }),
        "{state:?}"
    );
    counter.shop.make_copy(picked.path()).unwrap();
    counter.shop.idle().unwrap();
    let proof = &counter.shop.erasures().unwrap()[0];
    assert!(proof.is_complete() && proof.done == 1, "{proof:?}");
}

#[test]
fn the_copy_is_due_after_closing_time_when_something_is_new_and_at_once_after_an_erasure() {
    const HOUR_MS: i64 = DAY_MS / 24;
    let counter = Counter::founded();
    let (shop, clock) = (&counter.shop, &counter.clock);
    let picked = tempfile::tempdir().unwrap();
    let due = || shop.copy_due().unwrap();
    let sold = |n| {
        let ask = TillRequest::amount(None, Money(1_000));
        shop.sell(request(n), &ask).unwrap()
    };
    assert!(!due(), "nobody could open it");
    shop.new_sheet().unwrap();
    assert!(due(), "there was never one");
    // Written, and not brought to its place: it does not count.
    let made = shop.write_copy(picked.path()).unwrap();
    assert_eq!(
        (due(), shop.copy_state().unwrap()),
        (true, CopyState::Never)
    );
    shop.copy_lies(made.upto).unwrap();
    assert!(!due(), "nothing is new");

    clock.advance(HOUR_MS);
    sold(3);
    assert!(!due(), "customers may stand there");
    clock.advance(HOUR_MS);
    assert!(due(), "it has been quiet for an hour");
    shop.make_copy(picked.path()).unwrap();
    // Sold around the clock: once a day.
    clock.advance(23 * HOUR_MS);
    sold(4);
    assert!(!due());
    clock.advance(HOUR_MS);
    sold(5);
    assert!(due());
    let customer = registered(&counter);
    shop.make_copy(picked.path()).unwrap();

    sold(6);
    assert!(!due());
    shop.erase(request(7), customer).unwrap();
    assert!(due(), "nobody is erased while a copy holds them");
}

#[test]
fn a_damaged_copy_is_told_and_nothing_is_kept_of_it() {
    let counter = Counter::founded();
    registered(&counter);
    let picked = tempfile::tempdir().unwrap();
    let sheet = counter.shop.new_sheet().unwrap();
    let made = counter.shop.make_copy(picked.path()).unwrap();
    let whole = std::fs::read(&made.file).unwrap();
    let home = tempfile::tempdir().unwrap();
    let data = home.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    let ends = [0, 10, 19, 20, 200, whole.len() - 1];
    let cut = ends.map(|end| whole[..end].to_vec());
    for bytes in cut
        .into_iter()
        .chain([flipped, b"something else entirely, and long".to_vec()])
    {
        std::fs::write(&made.file, &bytes).unwrap();
        let clock = TestClock::at(NOW);
        let restored = Shop::restore_copy(
            &data,
            platform(&clock, &data, 5),
            &sheet.letters(),
            &made.file,
        );
        assert!(
            matches!(restored.err(), Some(RecoveryError::NotACopy)),
            "{} bytes",
            bytes.len()
        );
        assert!(!data.join("kartka.db").exists());
    }
}
