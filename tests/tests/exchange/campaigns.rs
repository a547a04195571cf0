//! A campaign's budget over two phones without a network and a server (E3): what was promised counts, and the owner sees
//! what it cost more.

use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::{CustomerId, InstrumentId, PurchaseId};
use kartka_core::domain::money::{Money, Points};
use kartka_core::domain::programme::{BonusCard, Campaign, Instrument, Terms};
use kartka_core::domain::row::{Row, RowKind};
use kartka_core::usecase::customers::NewCard;
use kartka_server::store::{Reads, read};

use crate::shops::{Counter, Office, agree};

const BONUS: InstrumentId = InstrumentId(7);
const DOUBLE: InstrumentId = InstrumentId(8);

/// A shop that gives 5 %, and twice as much while 800 more points last.
struct Shop {
    office: Office,
    tills: [Counter; 2],
    people: [CustomerId; 2],
}

impl Shop {
    fn open() -> Self {
        let office = Office::founded();
        let tills = [Counter::paired(&office, 1), Counter::paired(&office, 2)];
        let card = Terms::Bonus(BonusCard::plain(500, Money(1)));
        let campaign = Terms::Campaign(Campaign::plain(BONUS, 20_000, Points(800)));
        let instruments = [
            Instrument::plain(BONUS, "Points", card),
            Instrument::plain(DOUBLE, "Double", campaign),
        ];
        let [a, b] = &tills;
        a.shop.publish_programme(a.request(), &instruments).unwrap();
        let people = [
            a.register("Анна", "", NewCard::None),
            a.register("Богдан", "", NewCard::None),
        ];
        agree(&office, &[a, b]);
        Self {
            office,
            tills,
            people,
        }
    }

    fn agree(&self) {
        let [a, b] = &self.tills;
        agree(&self.office, &[a, b]);
    }

    /// Whether the owner is told of this receipt that it went above the budget.
    fn is_flagged(&self, id: PurchaseId) -> bool {
        let row = self.office.with(|a| {
            read(a.store(), |db: &dyn Reads| {
                db.row(RowKind::Purchase, id.get())
            })
        });
        let above = |code: &Code| matches!(code, Code::CampaignAboveBudget { .. });
        match row.unwrap().unwrap().read().unwrap() {
            Row::Purchase(purchase) => purchase.flags.iter().any(above),
            _ => unreachable!(),
        }
    }
}

#[test]
fn two_phones_below_the_budget_are_above_it_together_and_nothing_is_taken_back() {
    let shop = Shop::open();
    let ([a, b], [ann, bob]) = (&shop.tills, shop.people);
    let first = a.sell(ann, 10_000);
    let second = b.sell(bob, 10_000);
    assert_eq!((a.balance(ann), b.balance(bob)), (1_000, 1_000));
    shop.agree();
    for till in &shop.tills {
        assert_eq!((till.balance(ann), till.balance(bob)), (1_000, 1_000));
    }
    let flagged = [first, second].map(|id| shop.is_flagged(id));
    assert_eq!(flagged.iter().filter(|flagged| **flagged).count(), 1);
    // Now both know that it is spent.
    a.sell(ann, 10_000);
    assert_eq!(a.balance(ann), 1_500);
    shop.agree();
    assert_eq!(b.balance(ann), 1_500);
}

#[test]
fn a_receipt_that_is_undone_gives_its_part_of_the_budget_back() {
    let shop = Shop::open();
    let ([a, b], [ann, bob]) = (&shop.tills, shop.people);
    let undone = a.sell(ann, 10_000);
    shop.agree();
    b.sell(bob, 10_000);
    assert_eq!(b.balance(bob), 500 + 300, "what was left of it");
    let undo = kartka_core::domain::purchase::VoidReason::Undo;
    a.shop.void(a.request(), undone, undo).unwrap();
    shop.agree();
    assert_eq!((b.balance(ann), b.balance(bob)), (0, 800));
    a.sell(ann, 10_000);
    assert_eq!(a.balance(ann), 1_000, "500 of it are there again");
}
