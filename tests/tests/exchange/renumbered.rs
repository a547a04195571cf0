//! Phones that had changed their number, and a server that was put back to before that (sync §12).

use std::path::PathBuf;

use kartka_core::domain::ids::CustomerId;
use kartka_core::error::CoreError;
use kartka_core::sync::{Cancel, Failure, Route, Transport};
use kartka_core::usecase::customers::NewCard;
use kartka_protocol::message::Refusal;

use super::forks::{clone_of, keep, number, put_back, receipts};
use super::handover::raw;
use super::shops::{Counter, Fault, Line, Office, agree};

/// A day, in milliseconds.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Two phones that know a customer, and a copy of their server.
fn backed_up() -> (Office, Counter, Counter, CustomerId, PathBuf) {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    let backup = a.home().join("server");
    office.back_up(&backup);
    (office, a, b, ira, backup)
}

#[test]
fn a_phone_gets_the_number_again_that_the_lost_server_gave_it() {
    let (office, a, b, ira, backup) = backed_up();
    let a = keep(a, "older");
    a.sell(ira, 10_000);
    agree(&office, &[&a, &b]);
    let a = put_back(a, "older");
    a.sell(ira, 20_000);
    agree(&office, &[&a, &b]);
    a.sell(ira, 4_000);
    agree(&office, &[&a, &b]);
    let before = number(&a);
    assert_eq!(receipts(&office), (3, 3));

    office.put_back(&backup);
    a.sell(ira, 2_000);
    agree(&office, &[&a, &b]);
    assert_eq!(number(&a), before, "it shows who gave it that one");
    // The first sale went with its file and its server; everything else its author still has.
    assert_eq!(receipts(&office), (3, 3));
    assert_eq!((a.balance(ira), b.balance(ira)), (1_300, 1_300));
    assert_eq!((a.outbox(), b.outbox()), (0, 0));
}

/// The phone is put back to its file from before a sale that was told: what it sells then has another number.
fn renumber(office: &Office, a: Counter, b: &Counter, ira: CustomerId, sales: [i64; 2]) -> Counter {
    let [told, after] = sales;
    let folder = format!("before-{told}");
    let a = keep(a, &folder);
    a.sell(ira, told);
    agree(office, &[&a, b]);
    let a = put_back(a, &folder);
    a.sell(ira, after);
    agree(office, &[&a, b]);
    a
}

#[test]
fn a_phone_goes_on_under_another_number_where_another_restore_had_given_it_its_own() {
    let (office, a, b, ira, backup) = backed_up();
    office.put_back(&backup);
    agree(&office, &[&a, &b]);
    let a = renumber(&office, a, &b, ira, [10_000, 20_000]);
    a.sell(ira, 4_000);
    agree(&office, &[&a, &b]);
    let before = number(&a);

    office.put_back(&backup);
    a.sell(ira, 2_000);
    agree(&office, &[&a, &b]);
    assert_ne!(number(&a), before, "this one may give it to somebody else");
    // The first sale went with its file and its server.
    assert_eq!(receipts(&office), (3, 3));
    assert_eq!((a.balance(ira), b.balance(ira)), (1_300, 1_300));
}

#[test]
fn what_a_phone_made_between_two_changes_of_its_number_is_told_a_restored_server_too() {
    for another_restore in [false, true] {
        let (office, a, b, ira, backup) = backed_up();
        if another_restore {
            office.put_back(&backup);
            agree(&office, &[&a, &b]);
        }
        let a = renumber(&office, a, &b, ira, [10_000, 20_000]);
        let between = number(&a);
        let a = renumber(&office, a, &b, ira, [40_000, 80_000]);
        assert_ne!(number(&a), between);

        office.put_back(&backup);
        a.sell(ira, 2_000);
        agree(&office, &[&a, &b]);
        // What was sold before the phone was put back went with its files and its server, all else is there.
        assert_eq!(receipts(&office), (3, 3), "{another_restore}");
        assert_eq!((a.balance(ira), b.balance(ira)), (5_100, 5_100));
        assert_eq!((a.outbox(), b.outbox()), (0, 0));
    }
}

#[test]
fn what_two_copies_have_of_a_number_that_another_restore_gave_counts_once() {
    for copy_first in [false, true] {
        let (office, a, b, ira, backup) = backed_up();
        office.put_back(&backup);
        agree(&office, &[&a, &b]);
        let a = renumber(&office, a, &b, ira, [10_000, 20_000]);
        let (a, twin) = clone_of(a, 7);
        // Both have the sale of 200.00 under that number; one has another number since.
        a.sell(ira, 40_000);
        agree(&office, &[&a, &b]);
        twin.sell(ira, 80_000);
        agree(&office, &[&twin, &b]);
        assert_ne!(number(&a), number(&twin));

        office.put_back(&backup);
        let (first, second) = if copy_first { (&twin, &a) } else { (&a, &twin) };
        agree(&office, &[first]);
        agree(&office, &[second, first, &b]);
        assert_eq!(receipts(&office), (3, 3), "{copy_first}");
        let all = [a.balance(ira), twin.balance(ira), b.balance(ira)];
        assert_eq!(all, [7_000; 3], "{copy_first}");
    }
}

#[test]
fn who_can_not_show_how_they_came_by_a_number_draws_nothing_that_others_noted_under_it() {
    for shows in [true, false] {
        let (office, a, b, ira, backup) = backed_up();
        office.put_back(&backup);
        agree(&office, &[&a, &b]);
        let a = renumber(&office, a, &b, ira, [10_000, 20_000]);
        let olya = a.register("Оля", "", NewCard::Issue);
        agree(&office, &[&a, &b]);
        b.sell(olya, 10_000);
        agree(&office, &[&b]);
        if !shows {
            let sql = "UPDATE incarnation SET said = NULL";
            assert_eq!(raw(&a.folder).execute(sql, []).unwrap(), 1);
        }

        office.put_back(&backup);
        let line = office.line();
        for counter in [&a, &b, &a, &b, &a] {
            counter.sync(&line).unwrap();
        }
        let olya = a.shop.find("Оля", 2).unwrap()[0].id;
        assert_eq!(a.balance(olya), if shows { 500 } else { 0 });
        // Its own things come all the same; what the other one noted waits for whom it was noted of.
        assert_eq!((a.outbox(), b.outbox()), (0, u64::from(!shows)));
    }
}

#[test]
fn what_was_born_under_a_number_that_went_with_the_server_counts_once() {
    let (office, a, b, ira, backup) = backed_up();
    let a = keep(a, "older");
    a.sell(ira, 10_000);
    agree(&office, &[&a, &b]);
    let a = put_back(a, "older");
    a.sell(ira, 20_000);
    agree(&office, &[&a, &b]);
    // Under a number that the restored server will not know; and a copy of the phone that knows of it.
    a.sell(ira, 4_000);
    let a = keep(a, "newer");
    agree(&office, &[&a, &b]);
    office.put_back(&backup);
    a.sell(ira, 2_000);
    agree(&office, &[&a, &b]);
    assert_eq!(receipts(&office), (3, 3));

    let a = put_back(a, "newer");
    a.sell(ira, 6_000);
    agree(&office, &[&a, &b]);
    assert_eq!(receipts(&office), (4, 4));
    assert_eq!((a.balance(ira), b.balance(ira)), (1_600, 1_600));
}

/// A server that was put back to before a sale of 100.00, which `a` has under its first number and has another one since,
/// and one of 200.00 under that; another phone, and the customer of both.
pub(super) fn lost() -> (Office, Counter, Counter, CustomerId) {
    let (office, a, b, ira, backup) = backed_up();
    a.sell(ira, 10_000);
    agree(&office, &[&a, &b]);
    let a = keep(a, "older");
    a.sell(ira, 40_000);
    agree(&office, &[&a, &b]);
    let a = put_back(a, "older");
    a.sell(ira, 20_000);
    agree(&office, &[&a, &b]);
    office.back_up(&a.home().join("old"));
    office.put_back(&backup);
    (office, a, b, ira)
}

#[test]
fn what_a_copy_had_sold_under_its_first_number_is_told_a_restored_server_too() {
    let (office, a, b, ira) = lost();
    a.sell(ira, 2_000);
    agree(&office, &[&a, &b]);
    assert_eq!(receipts(&office), (3, 3));
    assert_eq!((a.balance(ira), b.balance(ira)), (1_600, 1_600));
}

/// A line whose server knows nothing of carriers, or fails at every one.
struct NoCarriers<'a>(Line<'a>, Result<Vec<u8>, Failure>);

impl Transport for NoCarriers<'_> {
    fn post(&self, address: &str, route: Route, message: &[u8]) -> Result<Vec<u8>, Failure> {
        match route {
            Route::Carry => self.1.clone(),
            _ => self.0.post(address, route, message),
        }
    }
}

#[test]
fn an_exchange_never_waits_for_what_was_made_under_a_former_number() {
    for answer in [
        Ok(b"<html>".to_vec()),
        Err(Failure::NotTheAnswer),
        Err(Failure::Unavailable { retry_after_ms: 0 }),
        Err(Failure::Refused(Refusal::Unauthorised)),
        Err(Failure::Refused(Refusal::Malformed)),
        Err(Failure::Offline),
        Err(Failure::Timeout),
    ] {
        let (office, a, b, ira) = lost();
        let line = NoCarriers(office.line(), answer.clone());
        // Where nobody was reached that run ends, and the next one exchanges.
        let first = a.shop.sync(&line, &Cancel::default());
        assert!(
            matches!(first, Ok(_) | Err(CoreError::Offline)),
            "{answer:?}"
        );
        a.shop.sync(&line, &Cancel::default()).unwrap();
        assert_eq!((a.outbox(), receipts(&office)), (0, (1, 1)), "{answer:?}");
        // It is told when there is something new from others, by a line that carries.
        b.sell(ira, 2_000);
        agree(&office, &[&b, &a, &b]);
        assert_eq!(receipts(&office), (3, 3), "{answer:?}");
    }
}

#[test]
fn an_exchange_goes_on_where_the_chain_of_a_former_number_has_a_gap() {
    let (office, a, b, ira) = lost();
    let refused = Err(Failure::Refused(Refusal::Malformed));
    let line = NoCarriers(office.line(), refused);
    a.shop.sync(&line, &Cancel::default()).unwrap();
    // Its first op is gone, from which the sale of 100.00 follows.
    let gone = "DELETE FROM own_op WHERE op = (SELECT min(op) FROM own_op)";
    assert_eq!(raw(&a.folder).execute(gone, []).unwrap(), 1);
    b.sell(ira, 2_000);
    agree(&office, &[&b, &a, &b]);
    a.sell(ira, 6_000);
    agree(&office, &[&a, &b]);
    assert_eq!((a.outbox(), receipts(&office)), (0, (3, 3)));
}

#[test]
fn of_two_copies_both_tell_a_restored_server_and_nothing_counts_twice() {
    let office = Office::founded();
    let a = Counter::paired(&office, 1);
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a]);
    let backup = a.home().join("server");
    office.back_up(&backup);
    a.sell(ira, 10_000);
    agree(&office, &[&a]);
    let (a, twin) = clone_of(a, 7);
    a.sell(ira, 20_000);
    twin.sell(ira, 4_000);
    agree(&office, &[&a, &twin]);
    assert_eq!(receipts(&office), (3, 3));

    office.put_back(&backup);
    twin.sell(ira, 2_000);
    a.sell(ira, 6_000);
    agree(&office, &[&twin, &a]);
    assert_eq!(receipts(&office), (5, 5));
    assert_eq!((a.balance(ira), twin.balance(ira)), (2_100, 2_100));
}

#[test]
fn what_others_noted_of_somebody_whom_two_copies_bring_is_theirs() {
    let (office, a, b, olya, backup) = renumbered();
    let (a, twin) = clone_of(a, 7);
    b.sell(olya, 10_000);
    agree(&office, &[&b]);

    office.put_back(&backup);
    agree(&office, &[&a, &twin, &b]);
    let olya = b.shop.find("Оля", 2).unwrap()[0].id;
    assert_eq!((a.balance(olya), b.balance(olya)), (500, 500));
}

/// A phone with a number that a copy of the server from before does not know, and who was registered under it.
fn renumbered() -> (Office, Counter, Counter, CustomerId, PathBuf) {
    let (office, a, b, _, backup) = backed_up();
    let a = keep(a, "older");
    a.register("Марта", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    let a = put_back(a, "older");
    a.register("Ніна", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    let olya = a.register("Оля", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    (office, a, b, olya, backup)
}

#[test]
fn who_was_erased_stays_so_though_their_number_went_with_the_server() {
    let (office, a, b, olya, backup) = renumbered();
    b.shop.erase(b.request(), olya).unwrap();
    agree(&office, &[&b]);
    // Neither the phone that registered her has heard of it, nor does the one that asked for it call.
    office.put_back(&backup);
    agree(&office, &[&a]);
    assert!(a.shop.find("Оля", 1).unwrap().is_empty());
    assert_eq!(a.shop.find("Ніна", 1).unwrap().len(), 1);
    agree(&office, &[&a, &b]);
    assert_eq!(b.shop.find("Ніна", 1).unwrap().len(), 1);
}

#[test]
fn nobody_is_erased_for_the_number_that_another_copy_had_told_of_somebody_else() {
    let (office, a, b, _, backup) = renumbered();
    let (a, twin) = clone_of(a, 7);
    // Both under one number; the server never hears of the second one.
    let zoya = a.register("Зоя", "", NewCard::Issue);
    assert_eq!(twin.register("Віра", "", NewCard::Issue), zoya);
    agree(&office, &[&a, &b]);
    b.shop.erase(b.request(), zoya).unwrap();
    agree(&office, &[&b]);

    office.put_back(&backup);
    agree(&office, &[&twin, &a, &b]);
    for phone in [&twin, &a, &b] {
        assert_eq!(phone.shop.find("Віра", 1).unwrap().len(), 1);
        assert!(phone.shop.find("Зоя", 1).unwrap().is_empty());
    }
}

#[test]
fn a_phone_that_had_met_another_history_when_its_server_was_lost_shows_how_it_came_by_its_number() {
    let (office, a, b, olya, backup) = renumbered();
    let a = keep(a, "third");
    a.sell(olya, 10_000);
    agree(&office, &[&a, &b]);
    let a = put_back(a, "third");
    a.sell(olya, 20_000);
    // It is told that it is a copy, and hears no more of that server.
    let line = office.line();
    line.fault_after(1, Fault::Down);
    assert!(matches!(a.sync(&line), Err(CoreError::Offline)));

    office.put_back(&backup);
    agree(&office, &[&a, &b]);
    assert_eq!((receipts(&office), b.balance(olya)), ((1, 1), 1_000));
}

#[test]
fn who_was_erased_leaves_also_a_phone_whose_copy_had_told_a_restored_server_of_them_first() {
    let (office, a, b, _, backup) = backed_up();
    let a = keep(a, "older");
    a.register("Марта", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    let a = put_back(a, "older");
    a.register("Оля", "", NewCard::Issue);
    // Both have Olya; one tells of her under a number of its own, and that was settled.
    let (a, twin) = clone_of(a, 7);
    agree(&office, &[&a, &b]);

    office.put_back(&backup);
    agree(&office, &[&twin, &a, &b]);
    let olya = a.shop.find("Оля", 2).unwrap();
    assert_eq!(olya.len(), 1, "she is one person");
    assert!(has_ops_about_olya(&a) && has_ops_about_olya(&twin));
    b.shop.erase(b.request(), olya[0].id).unwrap();
    agree(&office, &[&b, &a, &twin]);
    assert!(!has_ops_about_olya(&a) && !has_ops_about_olya(&twin));
}

/// Whether a phone's own ops have her name.
fn has_ops_about_olya(phone: &Counter) -> bool {
    let sql = "SELECT EXISTS (SELECT 1 FROM own_op WHERE instr(personal, CAST('Оля' AS BLOB)) > 0)";
    let found = raw(&phone.folder).query_row(sql, [], |row| row.get(0));
    found.unwrap()
}

#[test]
fn who_was_erased_leaves_also_what_a_phone_had_noted_under_a_former_number() {
    let (office, _first, b, _, backup) = backed_up();
    office.put_back(&backup);
    let a = Counter::paired(&office, 5);
    a.register("Оля", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    let (a, twin) = clone_of(a, 7);
    a.register("Марта", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    twin.register("Ніна", "", NewCard::Issue);
    agree(&office, &[&twin, &b]);
    assert_ne!(number(&a), number(&twin));

    // A server that had given neither number hears of her by one phone, and then of the other's former number.
    office.put_back(&backup);
    agree(&office, &[&a]);
    agree(&office, &[&twin, &a, &b]);
    let olya = b.shop.find("Оля", 2).unwrap();
    assert_eq!(olya.len(), 1, "she is one person");
    assert!(has_ops_about_olya(&a) && has_ops_about_olya(&twin));
    b.shop.erase(b.request(), olya[0].id).unwrap();
    agree(&office, &[&b, &a, &twin]);
    assert!(!has_ops_about_olya(&a) && !has_ops_about_olya(&twin));
}

/// How long an own op is kept is counted from when the authority had it, and no clock of this phone's is asked.
#[test]
fn a_sale_whose_clock_was_wrong_is_told_under_a_former_number_too() {
    let (office, a, b, ira, backup) = backed_up();
    // The clock of the middle one of three sales says that it is old.
    a.sell(ira, 10_000);
    a.time.jump(-50 * DAY_MS);
    a.sell(ira, 20_000);
    a.time.jump(50 * DAY_MS);
    a.sell(ira, 40_000);
    agree(&office, &[&a, &b]);
    let a = keep(a, "older");
    a.sell(ira, 80_000);
    agree(&office, &[&a, &b]);
    let a = put_back(a, "older");
    a.sell(ira, 4_000);
    agree(&office, &[&a, &b]);
    assert_eq!(receipts(&office), (5, 5));

    office.put_back(&backup);
    a.sell(ira, 2_000);
    agree(&office, &[&a, &b]);
    assert_eq!((a.outbox(), b.outbox()), (0, 0));
    // The fourth went with its file and its server.
    assert_eq!(receipts(&office), (5, 5));
}

#[test]
fn what_was_made_under_a_former_number_is_let_go_of_thirty_days_after_that_was_left() {
    for (days, told) in [(28, 3), (32, 2)] {
        let (office, a, b, ira, backup) = backed_up();
        a.sell(ira, 10_000);
        agree(&office, &[&a, &b]);
        let a = keep(a, "older");
        a.sell(ira, 20_000);
        agree(&office, &[&a, &b]);
        let a = put_back(a, "older");
        a.sell(ira, 4_000);
        agree(&office, &[&a, &b]);
        for time in [&office.time, &a.time, &b.time] {
            time.advance(days * DAY_MS);
        }
        agree(&office, &[&a, &b]);
        office.put_back(&backup);
        a.sell(ira, 2_000);
        agree(&office, &[&a, &b]);
        assert_eq!(receipts(&office), (told, told), "after {days} days");
    }
}
