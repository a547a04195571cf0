//! A balance explains itself on a phone that holds the recent months only (T6).

use kartka_core::query::account::AccountView;
use kartka_core::usecase::customers::NewCard;
use kartka_server::Rights;

use crate::shops::{Counter, Office, agree};

const DAY_MS: i64 = 86_400_000;

/// Σ what is left of the lots − Σ what is owed, of the first account.
fn sum(view: &AccountView) -> i64 {
    let account = &view.accounts[0];
    let lots: i64 = account.lots.iter().map(|lot| lot.left.0).sum();
    let debts: i64 = account.debts.iter().map(|debt| debt.left.0).sum();
    lots - debts
}

#[test]
fn a_staff_phone_tells_older_lots_as_one_line_and_the_owners_tells_each() {
    let office = Office::founded();
    let first = Counter::paired(&office, 1);
    let olena = first.register("Олена", "067 123 45 67", NewCard::Issue);
    first.sell(olena, 10_000);
    first.sell(olena, 6_000);
    agree(&office, &[&first]);

    // Seven months later two new phones come: a cashier's, which gets the recent months, and the owner's.
    office.time.advance(210 * DAY_MS);
    let staff = Counter::paired_for(&office, 2, Rights::Recent);
    let owner = Counter::paired_for(&office, 3, Rights::History);
    let line = office.line();
    for phone in [&staff, &owner] {
        phone.sync(&line).unwrap();
    }
    staff.sell(olena, 2_000);
    for phone in [&staff, &owner, &staff] {
        phone.sync(&line).unwrap();
    }

    let told = |phone: &Counter| phone.shop.account(olena).unwrap();
    let (short, whole) = (told(&staff), told(&owner));
    assert_eq!((short.whole, whole.whole), (false, true));
    let lots = |view: &AccountView| {
        let lots = view.accounts[0].lots.iter();
        lots.map(|lot| lot.origin.is_some()).collect::<Vec<_>>()
    };
    // What was there before has no origin to name; what was sold since has.
    assert_eq!(lots(&short), [false, true]);
    assert_eq!(lots(&whole), [true, true, true]);
    assert_eq!(sum(&short), staff.balance(olena));
    assert_eq!(
        (sum(&short), sum(&whole)),
        (sum(&whole), owner.balance(olena))
    );
}
