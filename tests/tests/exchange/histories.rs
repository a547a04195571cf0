//! What a phone finds out by what it was told before: a server that went back, rows that got lost (sync §4, §12).

use kartka_core::usecase::customers::NewCard;

use super::shops::{Counter, Fault, Office, agree};

#[test]
fn rows_that_got_lost_are_found_by_digest_and_pulled_anew() {
    let office = Office::founded();
    let (a, b) = (Counter::paired(&office, 1), Counter::paired(&office, 2));
    let ira = a.register("Іра", "", NewCard::Issue);
    agree(&office, &[&a, &b]);
    for _ in 0..3 {
        a.sell(ira, 10_000);
    }
    a.sync(&office.line()).unwrap();
    let mine = b.sell(ira, 4_000);
    let line = office.line();
    // Another hand takes the rows out of an answer and leaves the cursors.
    line.next_fault(Fault::WithoutPages);
    let report = b.sync(&line).unwrap();
    assert_eq!(report.mismatches, 2, "base and the month");
    assert_eq!(b.outbox(), 0);
    b.shop.give_back(b.request(), mine, &[]).unwrap();
    agree(&office, &[&a, &b]);
    assert_eq!(b.balance(ira), a.balance(ira));
    assert_eq!(b.shop.history(ira, None, 10).unwrap().0.len(), 4);
}
