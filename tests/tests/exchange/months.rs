//! Months that both sides let go of (sync §4).

use kartka_core::domain::purchase::VoidReason;
use kartka_core::usecase::customers::NewCard;
use kartka_server::Rights;

use crate::shops::{Counter, Office};

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
