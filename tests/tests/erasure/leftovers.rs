//! Planted names and numbers, looked for in every file that phone and server leave behind: 0 hits after an erasure.

use std::path::{Path, PathBuf};

use kartka_core::domain::ids::{CustomerId, InstrumentId};
use kartka_core::domain::money::{Money, Points};
use kartka_core::domain::programme::{BonusCard, Instrument, Referral, Terms};
use kartka_core::sync::Cancel;
use kartka_core::usecase::customers::{NewCard, ProfileForm, Registration};
use kartka_tests::leftovers::{Hit, Planted, files, scan};

use super::shops::{Counter, Office, agree, copy_folder, open};

/// Nobody else in the shop is called so; the number as stored begins with the country.
const TEXTS: [&str; 6] = [
    "Żużanna",
    "Прокопівна-Кващук",
    "380631597428",
    "quagga.zebra@example.org",
    "барвінкове какао",
    "зозуляста вишиванка",
];

fn planted() -> Planted {
    Planted::new(&TEXTS)
}

fn plant(counter: &Counter) -> CustomerId {
    let form = planted_form();
    counter.shop.register(counter.request(), &form).unwrap()
}

fn planted_form() -> Registration {
    Registration {
        profile: ProfileForm {
            given: "Żużanna".into(),
            family: "Прокопівна-Кващук".into(),
            phones: vec!["063 159-74-28".into()],
            emails: vec!["quagga.zebra@example.org".into()],
            note: "барвінкове какао".into(),
            ..ProfileForm::default()
        },
        card: NewCard::Issue,
        ..Registration::default()
    }
}

/// People of whom a part of the name is planted, each between others: where one lies in a page is chance, and some
/// of them were moved to another page once.
fn namesakes(counter: &Counter, count: usize) -> Vec<CustomerId> {
    let mut people = Vec::new();
    for n in 0..count {
        let scattered = n * 7_919 % 10_007;
        people.push(counter.register(&format!("{scattered:x}Żużanna"), "", NewCard::None));
        crowd(counter, 1_000 + 4 * n, 4);
    }
    people
}

/// The first of two was brought by the other one, who is thanked for it.
fn bring(counter: &Counter, friend: CustomerId, referrer: CustomerId) {
    let card = InstrumentId(40);
    let bonus = Terms::Bonus(BonusCard::plain(0, Money(1)));
    let friends = Terms::Referral(Referral::plain(card, Points(100)));
    let all = [
        Instrument::plain(card, "Points", bonus),
        Instrument::plain(InstrumentId(41), "Friends", friends),
    ];
    let shop = &counter.shop;
    shop.publish_programme(counter.request(), &all).unwrap();
    shop.refer(counter.request(), friend, referrer).unwrap();
    counter.sell(friend, 10_000);
}

/// Other people, so that pages split and move what lies on them.
fn crowd(counter: &Counter, from: usize, count: usize) {
    for n in from..from + count {
        let name = format!("Прохожа{}", n * 7919 % 10_007);
        let phone = format!("067{:07}", n * 7_919 % 9_999_991);
        let customer = counter.register(&name, &phone, NewCard::None);
        if n % 5 == 0 {
            counter.sell(customer, 10_000);
        }
    }
}

/// The keys that lie beside the data: whoever scans has them all.
fn keys(home: &Path) -> Vec<[u8; 32]> {
    let all = files(home)
        .into_iter()
        .filter_map(|file| std::fs::read(file).ok());
    all.filter_map(|bytes| bytes.try_into().ok()).collect()
}

fn hits(home: &Path) -> Vec<Hit> {
    scan(home, &keys(home), &planted())
}

fn names(hits: &[Hit]) -> Vec<String> {
    let name = |hit: &Hit| hit.file.file_name().unwrap().to_string_lossy().into_owned();
    hits.iter().map(name).collect()
}

#[test]
fn nothing_of_an_erased_person_is_left_in_any_file() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let mut people = namesakes(&a, 100);
    let person = plant(&a);
    people.push(person);
    crowd(&b, 200, 120);
    bring(&a, person, people[0]);
    agree(&office, &[&a, &b]);
    let edit = |text: &str| ProfileForm {
        note: text.into(),
        ..ProfileForm::default()
    };
    b.shop
        .edit(b.request(), person, &edit("зозуляста вишиванка"))
        .unwrap();
    crowd(&b, 400, 120);
    agree(&office, &[&a, &b]);
    // An edit that waits in B's outbox, sealed, when the erasure comes.
    b.shop
        .edit(b.request(), person, &edit("барвінкове какао"))
        .unwrap();
    let line = office.line();
    line.next_fault(super::shops::Fault::Down);
    assert!(b.sync(&line).is_err());
    // B is killed: what it left is opened again.
    let b = crashed(b);

    // The scanner finds every text on every device while the person is there.
    for home in [a.home(), b.home(), office.home()] {
        let found = hits(home);
        let all: std::collections::BTreeSet<String> =
            found.iter().flat_map(|hit| hit.texts.clone()).collect();
        for text in TEXTS {
            assert!(all.contains(text), "{text} in {}", home.display());
        }
    }

    for person in people {
        a.shop.erase(a.request(), person).unwrap();
    }
    agree(&office, &[&a, &b]);
    a.shop.idle().unwrap();
    b.shop.idle().unwrap();
    agree(&office, &[&a, &b]);
    assert!(a.shop.erasures().unwrap()[0].is_complete());
    for home in [a.home(), b.home(), office.home()] {
        assert_eq!(names(&hits(home)), [""; 0], "{}", home.display());
    }
    // And after everything was closed.
    let a = a.closed(|_| {});
    let b = b.closed(|_| {});
    office.stopped(|_| {});
    for home in [a.home(), b.home(), office.home()] {
        assert_eq!(names(&hits(home)), [""; 0], "{}", home.display());
    }
}

/// A copy of a phone was set going: its branch goes on under a number of its own, and is wiped like any other.
#[test]
fn what_a_copy_of_a_phone_wrote_is_wiped_too() {
    let office = Office::founded();
    let a = Counter::paired(&office, 1);
    let person = plant(&a);
    agree(&office, &[&a]);
    let kept = tempfile::tempdir().unwrap();
    let copy = kept.path().join("copy");
    let a = a.closed(|folder| copy_folder(folder, &copy));
    a.sell(person, 10_000);
    agree(&office, &[&a]);
    let twin = open(&copy_with_keys(&a, &copy), &a.time, 9);
    let note = ProfileForm {
        note: TEXTS[5].into(),
        ..ProfileForm::default()
    };
    twin.edit(a.request(), person, &note).unwrap();
    let line = office.line();
    let exchange = || twin.sync(&line, &Cancel::default()).unwrap();
    exchange();
    let texts = |hits: Vec<Hit>| {
        let texts = hits.into_iter().flat_map(|hit| hit.texts);
        texts.collect::<Vec<_>>()
    };
    assert!(texts(hits(office.home())).contains(&TEXTS[5].to_owned()));
    a.shop.erase(a.request(), person).unwrap();
    agree(&office, &[&a]);
    exchange();
    a.shop.idle().unwrap();
    twin.idle().unwrap();
    for home in [office.home(), a.home(), kept.path()] {
        assert_eq!(texts(hits(home)), [""; 0], "{}", home.display());
    }
}

/// The batch of a copy lies apart under the old number; whom it registers is erased under the new one.
#[test]
fn who_was_registered_on_a_copy_is_wiped_out_of_what_was_kept_apart() {
    let office = Office::founded();
    let a = Counter::paired(&office, 1);
    let ira = a.register("Іра", "", NewCard::None);
    agree(&office, &[&a]);
    let kept = tempfile::tempdir().unwrap();
    let copy = kept.path().join("copy");
    let a = a.closed(|folder| copy_folder(folder, &copy));
    a.sell(ira, 10_000);
    agree(&office, &[&a]);
    let twin = open(&copy_with_keys(&a, &copy), &a.time, 9);
    twin.register(a.request(), &planted_form()).unwrap();
    let line = office.line();
    let exchange = || twin.sync(&line, &Cancel::default()).unwrap();
    exchange();
    exchange();
    agree(&office, &[&a]);
    assert_ne!(names(&hits(office.home())), [""; 0]);
    erase_found(&a);
    agree(&office, &[&a]);
    exchange();
    a.shop.idle().unwrap();
    twin.idle().unwrap();
    for home in [office.home(), a.home(), kept.path()] {
        assert_eq!(names(&hits(home)), [""; 0], "{}", home.display());
    }
}

/// A registration that two copies bring under two numbers is one; whoever was erased under the first is erased under
/// the second too, also when it comes later.
#[test]
fn who_was_registered_twice_by_copies_is_wiped_under_both_numbers() {
    for erased_before_the_second in [false, true] {
        let office = Office::founded();
        let a = Counter::paired(&office, 1);
        let ira = a.register("Іра", "", NewCard::None);
        agree(&office, &[&a]);
        let kept = tempfile::tempdir().unwrap();
        let (earlier, copy) = (kept.path().join("earlier"), kept.path().join("copy"));
        let a = a.closed(|folder| copy_folder(folder, &earlier));
        a.sell(ira, 10_000);
        agree(&office, &[&a]);
        // The branch with the registration is copied before it was ever sent.
        let twin = open(&copy_with_keys(&a, &earlier), &a.time, 9);
        twin.register(a.request(), &planted_form()).unwrap();
        drop(twin);
        copy_folder(&earlier, &copy);
        let one = open(&copy_with_keys(&a, &earlier), &a.time, 10);
        let two = open(&copy_with_keys(&a, &copy), &a.time, 11);
        let line = office.line();
        let exchange = |phone: &kartka_core::shop::Shop| {
            for _ in 0..3 {
                phone.sync(&line, &Cancel::default()).unwrap();
            }
        };
        exchange(&one);
        if !erased_before_the_second {
            exchange(&two);
        }
        agree(&office, &[&a]);
        erase_found(&a);
        agree(&office, &[&a]);
        exchange(&one);
        exchange(&two);
        a.shop.idle().unwrap();
        one.idle().unwrap();
        two.idle().unwrap();
        for home in [office.home(), a.home(), kept.path()] {
            assert_eq!(
                names(&hits(home)),
                [""; 0],
                "{} {erased_before_the_second}",
                home.display()
            );
        }
    }
}

/// Erases whoever bears the planted number.
fn erase_found(counter: &Counter) {
    let hits = counter.shop.find("0631597428", 10).unwrap();
    assert_eq!(hits.len(), 1);
    counter.shop.erase(counter.request(), hits[0].id).unwrap();
}

/// The copy of a phone's folder in a place of its own, beside a copy of the keys.
fn copy_with_keys(counter: &Counter, copy: &Path) -> PathBuf {
    let keys = counter.home().join("data.keys");
    copy_folder(&keys, &copy.with_extension("keys"));
    copy.to_owned()
}

/// Whoever has the key of yesterday reads nothing in the files of today, and who was erased is in none of them.
#[test]
fn a_former_key_opens_nothing_that_is_left_and_who_was_erased_is_nowhere() {
    let office = Office::founded();
    let a = Counter::paired(&office, 1);
    let mut people = namesakes(&a, 20);
    people.push(plant(&a));
    agree(&office, &[&a]);
    let mut former = [keys(a.home()), keys(office.home())].concat();
    // Before the erasure: the files are full of names, and of no page under a former key.
    a.shop.change_key().unwrap();
    let business = office.with(kartka_server::Authority::business);
    let random = kartka_server::platform::SystemRandom;
    let change = |data: &Path| {
        kartka_server::Authority::change_key(data, business, &random).unwrap();
    };
    office.stopped(change);
    let now = [keys(a.home()), keys(office.home())].concat();
    former.retain(|key| !now.contains(key));
    assert_eq!(former.len(), 2, "both have another one");
    for home in [a.home(), office.home()] {
        assert_eq!(scan(home, &former, &planted()), [], "{}", home.display());
        assert_ne!(names(&hits(home)), [""; 0], "{}", home.display());
    }
    for person in people {
        a.shop.erase(a.request(), person).unwrap();
    }
    a.shop.change_key().unwrap();
    agree(&office, &[&a]);
    a.shop.idle().unwrap();
    agree(&office, &[&a]);
    office.stopped(change);
    former.extend(now);
    for home in [a.home(), office.home()] {
        assert_eq!(names(&hits(home)), [""; 0], "{}", home.display());
        assert_eq!(scan(home, &former, &planted()), [], "{}", home.display());
    }
}

/// Why a file is written anew: SQLite zeroes what is deleted, and forgets what it once moved to another page.
#[test]
fn secure_delete_alone_leaves_copies_behind() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("plain.db");
    let conn = rusqlite::Connection::open(&file).unwrap();
    conn.execute_batch(
        "PRAGMA page_size = 2048; PRAGMA secure_delete = ON; PRAGMA synchronous = OFF;
         CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT); BEGIN",
    )
    .unwrap();
    let mut dice = 12_345_u64;
    let mut roll = || {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        dice
    };
    for n in 0..20_000 {
        let id = i64::try_from(roll() % (1 << 40)).unwrap() * 2 + i64::from(n % 20 == 0);
        let name = if n % 20 == 0 { TEXTS[4] } else { "other" };
        let text =
            format!("{:x}{name}", roll() >> 28).repeat(usize::try_from(roll() % 10 + 1).unwrap());
        conn.execute("INSERT OR REPLACE INTO note VALUES (?1, ?2)", (id, text))
            .unwrap();
    }
    conn.execute_batch("DELETE FROM note WHERE id % 2 = 1; COMMIT")
        .unwrap();
    assert_eq!(names(&hits(home.path())), ["plain.db"]);
    conn.execute_batch("VACUUM").unwrap();
    assert_eq!(names(&hits(home.path())), [""; 0]);
}

#[test]
fn a_damaged_file_that_was_moved_aside_goes_before_done_is_said() {
    const DAY_MS: i64 = 86_400_000;
    let office = Office::founded();
    let a = Counter::paired(&office, 1);
    let person = plant(&a);
    agree(&office, &[&a]);
    let aside = format!("kartka.db.damaged-{}", super::shops::NOW);
    std::fs::copy(a.folder.join("kartka.db"), a.folder.join(&aside)).unwrap();
    std::fs::copy(
        a.folder.join("kartka.db-wal"),
        a.folder.join(format!("{aside}-wal")),
    )
    .unwrap();
    a.shop.erase(a.request(), person).unwrap();
    agree(&office, &[&a]);
    a.shop.idle().unwrap();
    agree(&office, &[&a]);
    assert_eq!(names(&hits(&a.folder.join(".."))), [format!("{aside}-wal")]);
    assert_eq!(a.shop.erasures().unwrap()[0].done, 0);
    a.time.advance(31 * DAY_MS);
    a.shop.idle().unwrap();
    agree(&office, &[&a]);
    assert_eq!(names(&hits(a.home())), [""; 0]);
    assert_eq!(a.shop.erasures().unwrap()[0].done, 1);
}

/// Data whose key was lost may hold the only copy of sales: they go 30 days after the authority was heard beside them, by
/// its clock, whatever this phone's own clock says.
#[test]
fn a_wrong_clock_deletes_no_data_that_wait_for_the_sheet() {
    const DAY_MS: i64 = 86_400_000;
    let office = Office::founded();
    let a = Counter::paired(&office, 1);
    let person = plant(&a);
    agree(&office, &[&a]);
    let locked = a.folder.join("locked-0");
    std::fs::create_dir(&locked).unwrap();
    std::fs::copy(a.folder.join("kartka.db"), locked.join("kartka.db")).unwrap();
    a.shop.erase(a.request(), person).unwrap();
    agree(&office, &[&a]);
    let later = |server_ms: i64| {
        office.time.advance(server_ms);
        agree(&office, &[&a]);
        a.shop.idle().unwrap();
        agree(&office, &[&a]);
        (locked.exists(), a.shop.erasures().unwrap()[0].done)
    };
    a.time.jump(3_650 * DAY_MS);
    assert_eq!(later(0), (true, 0));
    a.time.reboot();
    assert_eq!(later(DAY_MS), (true, 0));
    assert_eq!(later(28 * DAY_MS), (true, 0));
    assert_eq!(later(2 * DAY_MS), (false, 1));
}

/// The phone as a kill leaves it: its files are taken while it runs, and put back after it has closed.
fn crashed(counter: Counter) -> Counter {
    let kept = tempfile::tempdir().unwrap();
    let copy = kept.path().join("copy");
    copy_folder(&counter.folder, &copy);
    counter.closed(|folder| {
        std::fs::remove_dir_all(folder).unwrap();
        copy_folder(&copy, folder);
    })
}
