//! Copies that were rolled back or cloned go on under numbers of their own: nothing is lost, nothing counts twice
//! (sync §12).

use kartka_core::domain::codes::Code;
use kartka_core::domain::customer::Will;
use kartka_core::domain::ids::DeviceNo;
use kartka_core::domain::row::{Row, RowKind};
use kartka_core::error::CoreError;
use kartka_core::usecase::customers::NewCard;
use kartka_server::store::{Reads, read};

use super::shops::{Counter, Fault, Office, agree, copy_folder};

/// Keeps a copy of a phone's data under a name.
pub(super) fn keep(a: Counter, name: &str) -> Counter {
    let copy = a.home().join(name);
    a.closed(|data| copy_folder(data, &copy))
}

/// Puts a kept copy in the place of a phone's data.
pub(super) fn put_back(a: Counter, name: &str) -> Counter {
    let copy = a.home().join(name);
    a.closed(|data| {
        std::fs::remove_dir_all(data).unwrap();
        copy_folder(&copy, data);
    })
}

/// A second phone with everything of the first, its keys included.
pub(super) fn clone_of(a: Counter, seed: u64) -> (Counter, Counter) {
    let twin = Counter::new(seed);
    let home = twin.home().to_owned();
    let mut keys = None;
    let a = a.closed(|data| {
        copy_folder(data, &home.join("copied"));
        keys = Some(data.with_file_name("data.keys"));
    });
    let twin = twin.closed(|data| {
        std::fs::remove_dir_all(data).unwrap();
        copy_folder(&home.join("copied"), data);
        copy_folder(&keys.unwrap(), &data.with_file_name("data.keys"));
    });
    (a, twin)
}

pub(super) fn number(a: &Counter) -> DeviceNo {
    a.shop.sync_status().unwrap().device
}

/// What the owner is told.
fn told(office: &Office) -> Vec<Code> {
    let rows =
        office.with(|a| read(a.store(), |db: &dyn Reads| db.rows_of(RowKind::Inbox)).unwrap());
    let code = |row: Row| match row {
        Row::Inbox(item) => item.code,
        _ => unreachable!("a row of another kind"),
    };
    rows.iter().map(|wire| code(wire.read().unwrap())).collect()
}

/// Receipts at the office that count, and all receipts.
pub(super) fn receipts(office: &Office) -> (usize, usize) {
    let rows =
        office.with(|a| read(a.store(), |db: &dyn Reads| db.rows_of(RowKind::Purchase)).unwrap());
    let counts = rows.iter().filter(|wire| match wire.read().unwrap() {
        Row::Purchase(purchase) => purchase.refused.is_none(),
        _ => unreachable!("a row of another kind"),
    });
    (counts.count(), rows.len())
}

fn is_forked(code: &Code) -> bool {
    matches!(code, Code::PhoneForked { .. })
}

#[test]
fn a_grant_under_a_new_number_knows_what_the_same_phone_had_noted_before() {
    let office = Office::founded();
    let a = Counter::paired(&office, 1);
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a]);
    let say = |who: &Counter, will| who.shop.consent(who.request(), ira, 1, will).unwrap();
    say(&a, Will::Withdrawn);
    // A copy brings the withdrawal, and another op under the same number.
    let (a, twin) = clone_of(a, 7);
    agree(&office, &[&twin]);
    twin.sell(ira, 1_000);
    agree(&office, &[&twin]);
    say(&a, Will::Given);
    let given = |who: &Counter| who.shop.customer(ira).unwrap().marketing;
    assert_eq!(given(&a), Will::Given, "not sent yet");
    agree(&office, &[&a, &twin]);
    assert_eq!((given(&a), given(&twin)), (Will::Given, Will::Given));
}

#[test]
fn a_phone_put_back_to_an_older_file_goes_on_under_a_new_number() {
    for sales_after in [0, 1, 3] {
        let office = Office::founded();
        let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
        let ira = a.register("Іра", "", NewCard::Issue);
        agree(&office, &[&a, &b]);
        let before = number(&a);
        let a = keep(a, "older");
        let gone = a.sell(ira, 10_000);
        agree(&office, &[&a, &b]);
        let once = a.balance(ira);
        let a = put_back(a, "older");
        for _ in 0..sales_after {
            a.sell(ira, 20_000);
        }
        let line = office.line();
        let report = a.sync(&line).unwrap();
        assert_eq!(report.reissued, sales_after, "{sales_after}");
        agree(&office, &[&a, &b]);
        assert_ne!(number(&a), before);
        let want = once + 2 * once * i64::try_from(sales_after).unwrap();
        assert_eq!((a.balance(ira), b.balance(ira)), (want, want));
        // What it had lost came back under the old number.
        assert!(a.shop.purchase(gone).is_ok());
        let all = usize::try_from(sales_after).unwrap() + 1;
        assert_eq!(receipts(&office), (all, all));
        let status = a.shop.sync_status().unwrap();
        assert_eq!(status.renumbered.map(|r| r.ops), Some(sales_after));
        a.shop.resume_sync().unwrap();
        assert_eq!(a.shop.sync_status().unwrap().renumbered, None);
        assert_eq!(
            told(&office).len(),
            1,
            "one thing happened, the owner reads of one"
        );
        assert!(told(&office).iter().all(is_forked));
    }
}

#[test]
fn everything_a_branch_names_moves_with_it() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    let a = keep(a, "older");
    a.sell(ira, 10_000);
    a.sync(&office.line()).unwrap();
    let a = put_back(a, "older");
    // A person, their card, a sale to them, and a return of it: all of them under numbers that somebody else has.
    let olha = a.register("Ольга", "+380671112233", NewCard::Issue);
    let sale = a.sell(olha, 40_000);
    a.shop.give_back(a.request(), sale, &[]).unwrap();
    let second = a.sell(olha, 50_000);
    let balance = a.balance(olha);
    let request = a.request();
    let ask = kartka_core::usecase::till::TillRequest::amount(
        Some(olha),
        kartka_core::domain::money::Money(700),
    );
    let last = a.shop.sell(request, &ask).unwrap();
    agree(&office, &[&a, &b]);
    let found = |c: &Counter| {
        let hits = c.shop.find("380671112233", 10).unwrap();
        assert_eq!(hits.len(), 1);
        hits[0].id
    };
    let moved = found(&a);
    assert_eq!(moved, found(&b));
    assert_ne!(moved, olha);
    assert_eq!(a.balance(moved), balance + 35);
    assert_eq!(b.balance(moved), balance + 35);
    assert_eq!(a.shop.history(moved, None, 10).unwrap().0.len(), 3);
    // A shell that repeats its request is answered with the sale under its number of now.
    let again = a.shop.sell(request, &ask).unwrap();
    assert_ne!(again, last);
    assert_eq!(a.shop.purchase(again).unwrap().total().0, 700);
    assert_ne!(again, second);
    assert_eq!(receipts(&office), (4, 4));
}

#[test]
fn of_two_copies_of_one_phone_one_keeps_the_number_and_both_keep_their_sales() {
    let office = Office::founded();
    let a = Counter::paired(&office, 1);
    let ira = a.register("Іра", "", NewCard::Issue);
    let line = office.line();
    a.sync(&line).unwrap();
    let before = number(&a);
    let (a, twin) = clone_of(a, 7);
    for n in 0..3 {
        a.sell(ira, 10_000);
        twin.sell(ira, 30_000 + n);
        a.sync(&line).unwrap();
        twin.sync(&line).unwrap();
    }
    agree(&office, &[&a, &twin]);
    assert_eq!(number(&a), before);
    assert_ne!(number(&twin), before);
    assert_eq!(a.balance(ira), 3 * 500 + 3 * 1_500);
    assert_eq!(receipts(&office), (6, 6));
    assert_eq!(
        told(&office).iter().filter(|code| is_forked(code)).count(),
        1
    );
}

#[test]
fn a_branch_that_is_issued_twice_counts_once() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    let a = keep(a, "older");
    a.sell(ira, 10_000);
    a.sync(&office.line()).unwrap();
    let a = put_back(a, "older");
    let olha = a.register("Ольга", "+380671112233", NewCard::Issue);
    let sale = a.sell(olha, 40_000);
    let a = keep(a, "with the branch");
    agree(&office, &[&a, &b]);
    let numbers = number(&a);
    // Back to a file in which nothing of the branch was sent, and on from there.
    let a = put_back(a, "with the branch");
    a.sell(olha, 60_000);
    let request = a.request();
    a.shop.give_back(request, sale, &[]).unwrap();
    agree(&office, &[&a, &b]);
    assert_ne!(number(&a), numbers);
    let hits = b.shop.find("380671112233", 10).unwrap();
    assert_eq!(hits.len(), 1, "Olha is registered once");
    let olha = hits[0].id;
    // 400.00 was sold once and came back; 600.00 found her under the number she has.
    assert_eq!((a.balance(olha), b.balance(olha)), (3_000, 3_000));
    assert_eq!(a.shop.history(olha, None, 10).unwrap().0.len(), 2);
    assert_eq!(receipts(&office), (3, 3));
}

#[test]
fn a_lost_answer_to_a_branch_costs_no_second_number() {
    let office = Office::founded();
    let a = Counter::paired(&office, 1);
    let ira = a.register("Іра", "", NewCard::Issue);
    a.sync(&office.line()).unwrap();
    let a = keep(a, "older");
    a.sell(ira, 10_000);
    a.sync(&office.line()).unwrap();
    let a = put_back(a, "older");
    a.sell(ira, 20_000);
    let line = office.line();
    // The first answer shows the fork, the second gives the number: it gets lost, the machine stops, sales go on.
    line.fault_after(1, Fault::LostAnswer);
    assert!(a.sync(&line).is_err());
    let a = a.closed(|_| {});
    a.sell(ira, 30_000);
    agree(&office, &[&a]);
    let devices = office.with(|a| read(a.store(), |db: &dyn Reads| db.devices()).unwrap());
    assert_eq!(
        devices.len(),
        3,
        "the server, the phone, and its one incarnation"
    );
    assert_eq!(a.balance(ira), 500 + 1_000 + 1_500);
}

#[test]
fn what_a_copy_sold_is_shown_while_everything_is_fetched_anew() {
    let office = Office::founded();
    let a = Counter::paired(&office, 1);
    let ira = a.register("Іра", "", NewCard::Issue);
    a.sync(&office.line()).unwrap();
    let a = keep(a, "older");
    a.sell(ira, 10_000);
    a.sync(&office.line()).unwrap();
    let a = put_back(a, "older");
    let balance = a.balance(ira);
    a.sell(ira, 20_000);
    let line = office.line();
    // It has its number, and nothing of the authority's rows yet.
    line.fault_after(2, Fault::Down);
    assert!(a.sync(&line).is_err());
    assert_eq!(a.balance(ira), balance + 1_000);
    assert_eq!(a.outbox(), 1);
    // Until it has fetched everything it gives no points away.
    assert!(a.redeem(ira, 10_000, 100).is_err());
    agree(&office, &[&a]);
    assert!(a.redeem(ira, 10_000, 100).is_ok());
    agree(&office, &[&a]);
}

#[test]
fn a_server_without_incarnations_stops_a_copy_and_costs_it_nothing() {
    let office = Office::founded();
    let a = Counter::paired(&office, 1);
    let ira = a.register("Іра", "", NewCard::Issue);
    a.sync(&office.line()).unwrap();
    let a = keep(a, "older");
    a.sell(ira, 10_000);
    a.sync(&office.line()).unwrap();
    let a = put_back(a, "older");
    a.sell(ira, 20_000);
    let line = office.line();
    // The first answer shows the fork; after that the copy asks at once.
    for clean in [1, 0] {
        line.fault_after(clean, Fault::WithoutIncarnation);
        assert!(matches!(a.sync(&line), Err(CoreError::Forked)));
        assert_eq!(a.outbox(), 1);
    }
    // One that knows them has been put in its place.
    agree(&office, &[&a]);
    assert_eq!(a.balance(ira), 500 + 1_000);
}

/// What one copy of a phone has sold, by amount, and what the office has had from any of them.
#[derive(Clone, Default)]
struct Sold {
    here: Vec<i64>,
    arrived: std::collections::BTreeSet<i64>,
}

#[test]
fn in_any_history_of_copies_every_sale_counts_once() {
    for seed in 0..12_u64 {
        let mut n = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut roll = |below: u64| {
            n ^= n << 13;
            n ^= n >> 7;
            n ^= n << 17;
            n % below
        };
        let office = Office::founded();
        let b = Counter::paired(&office, 2);
        let a = Counter::paired(&office, 1);
        let ira = a.register("Іра", "", NewCard::Issue);
        agree(&office, &[&a, &b]);
        let (a, twin) = clone_of(a, 50 + seed);
        let mut copies = [Some(a), Some(twin)];
        let mut sold = [Sold::default(), Sold::default()];
        let mut kept: [Vec<(String, Vec<i64>)>; 2] = Default::default();
        let mut amount = 1_000;
        for step in 0..24 {
            let who = usize::from(roll(2) == 1);
            let copy = copies[who].take().unwrap();
            copies[who] = Some(match roll(8) {
                0..=3 => {
                    amount += 20;
                    copy.sell(ira, amount);
                    sold[who].here.push(amount);
                    copy
                }
                4 | 5 => {
                    copy.sync(&office.line()).unwrap();
                    let here = sold[who].here.clone();
                    sold[who].arrived.extend(here);
                    copy
                }
                6 => {
                    let name = format!("copy {step}");
                    kept[who].push((name.clone(), sold[who].here.clone()));
                    keep(copy, &name)
                }
                _ if kept[who].is_empty() => copy,
                _ => {
                    let at = usize::try_from(roll(kept[who].len() as u64)).unwrap();
                    let (name, here) = kept[who][at].clone();
                    sold[who].here = here;
                    put_back(copy, &name)
                }
            });
        }
        let [a, twin] = copies.map(Option::unwrap);
        agree(&office, &[&a, &twin, &b]);
        let mut all = std::collections::BTreeSet::new();
        for one in sold {
            all.extend(one.here);
            all.extend(one.arrived);
        }
        let want: i64 = all.iter().map(|amount| amount / 20).sum();
        assert_eq!(receipts(&office), (all.len(), all.len()), "seed {seed}");
        for copy in [&a, &twin, &b] {
            assert_eq!(copy.balance(ira), want, "seed {seed}");
        }
    }
}
