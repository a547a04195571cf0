//! A server is put back from a backup: phones tell it again what it lost, and nothing is lost or doubled (sync §12).

use kartka_core::domain::customer::Will;
use kartka_core::domain::row::RowKind;
use kartka_core::error::CoreError;
use kartka_core::usecase::customers::NewCard;
use kartka_protocol::message::Refusal;
use kartka_server::store::{Reads, read};

use super::old_box::elsewhere;
use super::shops::{Counter, Fault, Office, agree};

const DAY_MS: i64 = 86_400_000;

/// Purchases on the server.
pub(super) fn purchases(office: &Office) -> u64 {
    office.with(|a| read(a.store(), |db: &dyn Reads| db.count(RowKind::Purchase)).unwrap())
}

#[test]
fn phones_tell_a_restored_server_what_it_lost() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "0671112233", NewCard::Issue);
    a.sell(ira, 10_000);
    agree(&office, &[&a, &b]);
    let backup = a.home().join("server");
    office.back_up(&backup);

    // All of this is acked, known to both, and then lost.
    let sold = a.sell(ira, 20_000);
    let olha = b.register("Ольга", "0672223344", NewCard::Issue);
    b.sell(olha, 40_000);
    agree(&office, &[&a, &b]);
    b.redeem(ira, 5_000, 300).unwrap();
    a.shop.give_back(a.request(), sold, &[]).unwrap();
    agree(&office, &[&a, &b]);
    let before = (a.balance(ira), a.balance(olha), purchases(&office));
    // This only one phone knows when the server comes back.
    a.sell(ira, 8_000);
    office.put_back(&backup);
    assert_eq!(purchases(&office), 1);

    b.sell(olha, 2_000);
    agree(&office, &[&a, &b]);
    assert_eq!(purchases(&office), before.2 + 2);
    for counter in [&a, &b] {
        assert_eq!(counter.balance(ira), before.0 + 400);
        assert_eq!(counter.balance(olha), before.1 + 100);
    }
    assert_eq!(
        a.shop.history(ira, None, 10).unwrap().0.len(),
        b.shop.history(ira, None, 10).unwrap().0.len()
    );
}

/// What nobody tells again: a till that is gone for good had told the lost server alone, and others only know its rows.
/// They let them go, and all agree; nothing of anybody else goes with it (decision 85).
#[test]
fn what_a_till_that_is_gone_had_sold_after_the_backup_goes_with_it_and_all_agree() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let gone = Counter::paired(&office, 3);
    let ira = a.register("Іра", "0671112233", NewCard::Issue);
    agree(&office, &[&a, &b, &gone]);
    gone.sell(ira, 10_000);
    agree(&office, &[&a, &b, &gone]);
    let backup = a.home().join("server");
    office.back_up(&backup);
    gone.sell(ira, 20_000);
    agree(&office, &[&a, &b, &gone]);
    // Over what it had sold others wrote of their own.
    a.sell(ira, 40_000);
    b.redeem(ira, 5_000, 300).unwrap();
    agree(&office, &[&a, &b, &gone]);
    let known = a.balance(ira);
    drop(gone);
    office.put_back(&backup);
    agree(&office, &[&a, &b]);
    assert_eq!(purchases(&office), 3, "one of four is gone");
    for counter in [&a, &b] {
        assert_eq!(counter.balance(ira), known - 1_000);
    }
}

#[test]
fn a_phone_whose_clock_is_months_behind_tells_what_was_lost_too() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = b.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    let backup = a.home().join("server");
    office.back_up(&backup);
    let number = a.shop.sync_status().unwrap().device;
    a.time.jump(-90 * DAY_MS);
    for amount in [20_000, 30_000, 40_000] {
        a.sell(ira, amount);
        agree(&office, &[&a, &b]);
    }
    let balance = a.balance(ira);
    office.put_back(&backup);
    agree(&office, &[&a, &b]);
    assert_eq!((a.balance(ira), b.balance(ira)), (balance, balance));
    assert_eq!(purchases(&office), 3);
    assert_eq!(a.shop.sync_status().unwrap().device, number);
}

#[test]
fn a_phone_that_let_go_of_old_ops_still_follows_from_the_last_of_them() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = b.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    a.sell(ira, 20_000);
    agree(&office, &[&a, &b]);
    let backup = a.home().join("server");
    for time in [&office.time, &a.time, &b.time] {
        time.advance(20 * DAY_MS);
    }
    office.back_up(&backup);
    for time in [&office.time, &a.time, &b.time] {
        time.advance(12 * DAY_MS);
    }
    let number = a.shop.sync_status().unwrap().device;
    a.sell(ira, 30_000);
    agree(&office, &[&a, &b]);
    let balance = a.balance(ira);
    office.put_back(&backup);
    agree(&office, &[&a, &b]);
    assert_eq!((a.balance(ira), b.balance(ira)), (balance, balance));
    assert_eq!(a.shop.sync_status().unwrap().device, number);
}

/// Facts that a phone made and settled under the lost server are sent to it like anybody's, though the answer that
/// brings them is not the first of the new pull.
#[test]
fn own_facts_come_back_in_whichever_part_they_lie() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let people: Vec<_> = (0..40)
        .map(|n| b.register(&format!("Гість {n}"), "", NewCard::None))
        .collect();
    agree(&office, &[&a, &b]);
    let backup = a.home().join("server");
    office.back_up(&backup);
    for person in &people {
        a.shop
            .consent(a.request(), *person, 1, Will::Given)
            .unwrap();
        a.sell(*person, 1_000);
    }
    agree(&office, &[&a, &b]);
    office.put_back(&backup);
    office.limit_pages(400);
    let line = office.line();
    for counter in [&a, &b, &a, &b, &a] {
        assert_eq!(counter.sync(&line).unwrap().mismatches, 0);
    }
    agree(&office, &[&a, &b]);
    let sheet = a.shop.customer(people[39]).unwrap();
    assert_eq!(sheet.marketing, Will::Given);
}

/// Thirty days count from when the authority that reigns now was told, not from when a lost one was.
#[test]
fn what_was_told_again_is_kept_for_thirty_days_more() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = b.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    let (first, second) = (a.home().join("first"), a.home().join("second"));
    office.back_up(&first);
    a.sell(ira, 20_000);
    agree(&office, &[&a, &b]);
    let number = a.shop.sync_status().unwrap().device;
    office.put_back(&first);
    for time in [&office.time, &a.time, &b.time] {
        time.advance(32 * DAY_MS);
    }
    // While this backup is made, the sale is on the phone alone.
    office.back_up(&second);
    agree(&office, &[&a, &b]);
    a.sell(ira, 30_000);
    agree(&office, &[&a, &b]);
    let balance = a.balance(ira);
    office.put_back(&second);
    agree(&office, &[&a, &b]);
    assert_eq!((a.balance(ira), b.balance(ira)), (balance, balance));
    assert_eq!(purchases(&office), 2);
    assert_eq!(a.shop.sync_status().unwrap().device, number);
}

/// A phone that can't tell any more what the restored server lacks goes on under a new number, also when the server
/// has nothing of it at all.
#[test]
fn a_phone_that_let_go_of_what_is_missing_goes_on_under_a_new_number() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = b.register("Іра", "", NewCard::Issue);
    agree(&office, &[&b]);
    a.sync(&office.line()).unwrap();
    let backup = a.home().join("server");
    office.back_up(&backup);
    let number = a.shop.sync_status().unwrap().device;
    for _ in 0..3 {
        a.sell(ira, 20_000);
        agree(&office, &[&a, &b]);
        for time in [&office.time, &a.time, &b.time] {
            time.advance(32 * DAY_MS);
        }
    }
    office.put_back(&backup);
    a.sell(ira, 1_000);
    let line = office.line();
    for _ in 0..4 {
        a.sync(&line).unwrap();
    }
    agree(&office, &[&a, &b]);
    assert_ne!(a.shop.sync_status().unwrap().device, number);
}

#[test]
fn a_phone_that_had_seen_nothing_of_what_was_lost_just_goes_on() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    let backup = a.home().join("server");
    office.back_up(&backup);
    a.sell(ira, 20_000);
    a.sync(&office.line()).unwrap();
    office.put_back(&backup);
    b.sell(ira, 1_000);
    let report = b.sync(&office.line()).unwrap();
    assert_eq!(
        report.rows_pulled, 1,
        "only the position that its own sale moved"
    );
    assert_eq!(b.balance(ira), 50);
    agree(&office, &[&a, &b]);
    assert_eq!(b.balance(ira), 1_050);
}

#[test]
fn a_restore_in_the_middle_of_a_restore_is_healed_as_well() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    let backup = a.home().join("server");
    office.back_up(&backup);
    for _ in 0..3 {
        a.sell(ira, 10_000);
        agree(&office, &[&a, &b]);
    }
    office.put_back(&backup);
    let line = office.line();
    line.next_fault(Fault::LostAnswer);
    assert!(matches!(b.sync(&line), Err(CoreError::Offline)));
    b.sync(&line).unwrap();
    office.put_back(&backup);
    a.sync(&line).unwrap();
    office.put_back(&backup);
    agree(&office, &[&a, &b]);
    assert_eq!(
        (a.balance(ira), b.balance(ira), purchases(&office)),
        (1_500, 1_500, 3)
    );
}

#[test]
fn an_old_server_started_again_is_refused_and_the_restored_one_served_on() {
    let office = Office::founded();
    let a = Counter::paired(&office, 1);
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a]);
    let backup = a.home().join("server");
    office.back_up(&backup);
    office.put_back(&backup);
    a.sync(&office.line()).unwrap();
    let newer = a.home().join("newer");
    office.back_up(&newer);

    // Somebody starts the old box, which knows nothing of the restore.
    elsewhere(&office, &backup);
    a.sell(ira, 10_000);
    assert!(matches!(
        a.sync(&office.line()),
        Err(CoreError::ServerWentBack)
    ));
    assert_eq!((a.outbox(), purchases(&office)), (1, 0));
    // And stops it again: no person has to press anything.
    office.restore(&newer);
    agree(&office, &[&a]);
    assert_eq!((a.balance(ira), purchases(&office)), (500, 1));
}

#[test]
fn a_server_set_back_without_a_word_learns_it_from_a_phone_and_takes_the_next_epoch() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    let backup = a.home().join("server");
    office.back_up(&backup);
    a.sell(ira, 10_000);
    b.sell(ira, 30_000);
    agree(&office, &[&a, &b]);
    let epoch = office.with(|authority| authority.head().unwrap().head.epoch);

    // The machine's disk is set to an older state; nobody runs `restore`.
    office.restore(&backup);
    a.sell(ira, 20_000);
    agree(&office, &[&a, &b]);
    assert_eq!((a.balance(ira), b.balance(ira)), (3_000, 3_000));
    assert_eq!(purchases(&office), 3);
    let after = office.with(|authority| authority.head().unwrap().head.epoch);
    assert_eq!(after.number, epoch.number + 1);
}

#[test]
fn an_old_server_that_is_shown_a_newer_head_of_its_own_stops_writing() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    let backup = a.home().join("server");
    office.back_up(&backup);
    office.put_back(&backup);
    a.sync(&office.line()).unwrap();
    let newer = a.home().join("newer");
    office.back_up(&newer);
    elsewhere(&office, &backup);
    assert!(matches!(
        a.sync(&office.line()),
        Err(CoreError::ServerWentBack)
    ));
    // A phone that does not know of the restore is turned away too: two servers never both give an order.
    b.sell(ira, 10_000);
    let refused = b.sync(&office.line());
    assert!(
        matches!(refused, Err(CoreError::ServerRejected { code: 9 })),
        "{refused:?}"
    );
    assert_eq!((b.outbox(), purchases(&office)), (1, 0));
    office.restore(&newer);
    agree(&office, &[&a, &b]);
    assert_eq!((a.balance(ira), purchases(&office)), (500, 1));
}

#[test]
fn a_phone_that_was_paired_after_the_backup_is_let_in_again_by_what_the_lost_server_signed() {
    let office = Office::founded();
    let a = Counter::paired(&office, 1);
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a]);
    let backup = a.home().join("server");
    office.back_up(&backup);
    let b = Counter::paired(&office, 2);
    agree(&office, &[&a, &b]);
    b.sell(ira, 10_000);
    agree(&office, &[&a, &b]);
    office.put_back(&backup);
    // A phone paired now must not get the number that the lost server gave.
    let c = Counter::paired(&office, 3);
    c.sell(ira, 4_000);
    b.sell(ira, 20_000);
    agree(&office, &[&b, &c, &a]);
    assert_eq!(
        (a.balance(ira), c.balance(ira), purchases(&office)),
        (1_700, 1_700, 3)
    );
    let number = |counter: &Counter| counter.shop.sync_status().unwrap().device;
    assert_ne!(number(&b), number(&c));

    // Another shop's certificate opens nothing.
    let elsewhere = Office::founded_by(77);
    let stranger = elsewhere.line();
    assert!(matches!(b.sync(&stranger), Err(CoreError::Unauthorised)));
}

#[test]
fn a_sale_told_again_keeps_its_day_though_its_phone_was_switched_off_since() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    let backup = a.home().join("server");
    office.back_up(&backup);
    // A clock that is six years behind, measured in the boot that it sold in.
    b.time.jump(-6 * 365 * DAY_MS);
    let sale = b.sell(ira, 20_000);
    agree(&office, &[&a, &b]);
    b.time.reboot();
    agree(&office, &[&a, &b]);
    let day = |who: &Counter| who.shop.purchase(sale).unwrap().purchase.at.date;
    let before = day(&a);
    office.put_back(&backup);
    agree(&office, &[&a, &b]);
    assert_eq!((day(&a), day(&b)), (before, before));
}

#[test]
fn a_phone_that_was_turned_away_by_mistake_comes_back_under_its_number() {
    let office = Office::founded();
    let a = Counter::paired(&office, 1);
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a]);
    let backup = a.home().join("server");
    office.back_up(&backup);
    let b = Counter::paired(&office, 2);
    b.sell(ira, 10_000);
    agree(&office, &[&a, &b]);
    let number = b.shop.sync_status().unwrap().device;
    office.put_back(&backup);
    // What it shows to be let in arrives damaged, and is no certificate then.
    let line = office.line();
    line.fault_after(1, Fault::Refused(Refusal::PairingRefused));
    let report = b.sync(&line).unwrap();
    assert_eq!((report.reissued, b.outbox()), (0, 0));
    agree(&office, &[&a, &b]);
    assert_eq!(b.shop.sync_status().unwrap().device, number);
    assert_eq!((a.balance(ira), purchases(&office)), (500, 1));
}

#[test]
fn a_phone_that_another_restore_let_in_goes_on_under_a_new_number() {
    let office = Office::founded();
    let a = Counter::paired(&office, 1);
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a]);
    let backup = a.home().join("server");
    office.back_up(&backup);
    office.put_back(&backup);
    // Only this server ever hears of her phone, and of whom it registers.
    let b = Counter::paired(&office, 2);
    let olha = b.register("Ольга", "", NewCard::Issue);
    b.sell(olha, 10_000);
    agree(&office, &[&a, &b]);
    a.sell(olha, 20_000);
    b.sell(ira, 4_000);
    agree(&office, &[&a, &b]);
    let number = |counter: &Counter| counter.shop.sync_status().unwrap().device;
    let before = number(&b);
    office.put_back(&backup);

    a.sell(olha, 2_000);
    a.sync(&office.line()).unwrap();
    assert_eq!(a.outbox(), 2, "what names her waits for her phone");
    b.sell(olha, 6_000);
    let report = b.sync(&office.line()).unwrap();
    assert_eq!(report.reissued, 4, "a registration and three sales");
    assert_ne!(number(&b), before);
    agree(&office, &[&a, &b]);
    assert_eq!(purchases(&office), 5);
    let moved = b.shop.find("Ольга", 5).unwrap()[0].id;
    assert_eq!((a.balance(moved), b.balance(moved)), (1_900, 1_900));
    assert_eq!((a.balance(ira), b.balance(ira)), (200, 200));
    // What a server of its line gives out later is nobody's twice.
    let c = Counter::paired(&office, 3);
    agree(&office, &[&a, &b, &c]);
    assert!(![before, number(&b), number(&a)].contains(&number(&c)));
    // A copy of it goes on by the same line.
    let report = b.sync(&office.line()).unwrap();
    assert_eq!((report.reissued, b.outbox()), (0, 0));
}

#[test]
fn whatever_was_sold_around_a_restore_is_there_once() {
    for seed in 0..24 {
        let mut dice = Walk(seed);
        let office = Office::founded();
        let counters = [1, 2, 3].map(|n| Counter::paired(&office, n));
        let all: Vec<&Counter> = counters.iter().collect();
        let known: Vec<_> = all
            .iter()
            .map(|c| c.register("Хтось", "", NewCard::Issue))
            .collect();
        agree(&office, &all);
        let backup = counters[0].home().join("server");
        let (mut sold, mut points) = (0, 0);
        let (backed, back) = (5 + dice.below(10), 20 + dice.below(10));
        for step in 0..45 {
            if step == backed {
                office.back_up(&backup);
            }
            if step == back {
                office.put_back(&backup);
            }
            let one = all[dice.below(3)];
            let line = office.line();
            match dice.below(10) {
                0..4 => {
                    let amount = 1_000 + 20 * dice.below(50) as i64;
                    let customer = known[dice.below(3)];
                    one.sell(customer, amount);
                    (sold, points) = (sold + 1, points + amount / 20);
                }
                4 => line.next_fault(Fault::LostAnswer),
                5 => line.next_fault(Fault::Twice),
                6 => line.next_fault(Fault::Down),
                _ => {}
            }
            if dice.below(2) == 0 {
                // A lost answer is only late.
                let _ = one.sync(&line);
            }
        }
        agree(&office, &all);
        assert_eq!(purchases(&office), sold, "seed {seed}");
        let balance: i64 = known.iter().map(|c| all[0].balance(*c)).sum();
        assert_eq!(balance, points, "seed {seed}");
    }
}

/// A walk that a seed decides.
struct Walk(u64);

impl Walk {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }
}
