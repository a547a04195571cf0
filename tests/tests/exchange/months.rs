//! Months that both sides let go of (sync §4).

use kartka_core::domain::purchase::VoidReason;
use kartka_core::usecase::customers::NewCard;
use kartka_server::Rights;

use crate::shops::{Counter, Office, copy_folder};

const DAY_MS: i64 = 86_400_000;

/// The authority's row of the sale comes in one answer, the place of its void in the next: in between it lies under the
/// void, and is let go of when the void is settled.
#[test]
fn a_sale_that_was_voided_and_comes_late_goes_with_its_month() {
    let office = Office::founded();
    let owner = Counter::paired_for(&office, 1, Rights::History);
    let staff = Counter::paired_for(&office, 2, Rights::Recent);
    let olena = staff.register("Олена", "", NewCard::Issue);
    let line = office.line();
    staff.sync(&line).unwrap();
    // The authority sets the time of what follows, so its row of the sale comes to the phone that made it.
    staff.time.jump(159 * 60_000);
    let sold = staff.sell(olena, 10_000);
    let mistake = VoidReason::Mistake;
    staff.shop.void(staff.request(), sold, mistake).unwrap();
    for time in [&office.time, &owner.time, &staff.time] {
        time.advance(117 * DAY_MS);
    }
    office.limit_pages(300);
    for n in 0..12 {
        owner.register(&format!("Гість {n}"), "", NewCard::Issue);
    }
    owner.sync(&line).unwrap();
    staff.sync(&line).unwrap();
    assert!(staff.shop.purchase(sold).is_err());
    owner.sync(&line).unwrap();
    assert_eq!(owner.shop.purchase(sold).unwrap().returns.len(), 1);
}

/// A till whose clock stood years ahead is put back to an older copy and goes on under a new number: what it fetches anew
/// are the months that it may keep, and its sale of a year that never was is in none of them.
#[test]
fn a_sale_of_a_year_that_never_was_goes_when_everything_is_fetched_anew() {
    let office = Office::founded();
    let owner = Counter::paired_for(&office, 1, Rights::History);
    let staff = Counter::paired_for(&office, 2, Rights::Recent);
    let olena = staff.register("Олена", "", NewCard::Issue);
    let line = office.line();
    staff.sync(&line).unwrap();
    staff.time.jump(6 * 365 * DAY_MS);
    let sold = staff.sell(olena, 10_000);
    let copy = staff.home().join("copy");
    let staff = staff.closed(|data| copy_folder(data, &copy));
    for time in [&office.time, &owner.time, &staff.time] {
        time.advance(150 * DAY_MS);
    }
    owner.sync(&line).unwrap();
    staff.sync(&line).unwrap();
    staff.register("Гість", "", NewCard::Issue);
    staff.sync(&line).unwrap();
    let number = staff.shop.sync_status().unwrap().device;
    let staff = staff.closed(|data| {
        std::fs::remove_dir_all(data).unwrap();
        copy_folder(&copy, data);
    });
    // One run and no more: nothing is left for the next minute to put right.
    staff.sync(&line).unwrap();
    owner.sync(&line).unwrap();
    assert_ne!(staff.shop.sync_status().unwrap().device, number);
    let dated = owner.shop.purchase(sold).unwrap().purchase.at.date;
    assert!(staff.shop.purchase(sold).is_err(), "it is of {dated}");
    assert_eq!(staff.balance(olena), owner.balance(olena));
}
