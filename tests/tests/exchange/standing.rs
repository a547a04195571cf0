//! What the authority does by itself on a server: levels, points that end by inactivity, what a return leaves (L5, L6,
//! Q2).

use kartka_core::domain::codes::Code;
use kartka_core::domain::ids::{CustomerId, InstrumentId, PurchaseId};
use kartka_core::domain::money::Money;
use kartka_core::domain::programme::{
    BonusCard, Demotion, Expiry, Instrument, Level, Need, Terms, Tiers, Window,
};
use kartka_core::usecase::customers::NewCard;

use crate::shops::{Counter, Office, agree};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
const BONUS: InstrumentId = InstrumentId(7);
const TIERS: InstrumentId = InstrumentId(8);

/// A shop on 2026-11-22 with a bonus card and one level at 100.00 a month.
struct Club {
    office: Office,
    owner: Counter,
    till: Counter,
    ann: CustomerId,
}

impl Club {
    fn open(expiry: Expiry, demotion: Demotion) -> Self {
        let office = Office::founded();
        let owner = Counter::paired(&office, 1);
        let card = BonusCard {
            expiry,
            ..BonusCard::plain(500, Money(1))
        };
        let need = Need {
            spent: Some(Money(10_000)),
            ..Need::default()
        };
        let tiers = Tiers {
            window: Window::Rolling(1),
            levels: vec![Level {
                join: vec![need],
                keep: Vec::new(),
                rate: 0,
            }],
            grace_days: 0,
            demotion,
        };
        let instruments = [
            Instrument::plain(BONUS, "Points", Terms::Bonus(card)),
            Instrument::plain(TIERS, "Levels", Terms::Tiers(tiers)),
        ];
        let shop = &owner.shop;
        shop.publish_programme(owner.request(), &instruments)
            .unwrap();
        agree(&office, &[&owner]);
        let till = Counter::paired(&office, 2);
        let ann = till.register("Анна", "067 111 22 33", NewCard::Issue);
        agree(&office, &[&till, &owner]);
        Self {
            office,
            owner,
            till,
            ann,
        }
    }

    fn agree(&self) {
        agree(&self.office, &[&self.owner, &self.till]);
    }

    fn days_pass(&self, days: i64) {
        for time in [&self.office.time, &self.owner.time, &self.till.time] {
            time.advance(days * DAY_MS);
        }
        self.office.with(|authority| authority.begin_day().unwrap());
    }

    fn level(&self) -> u8 {
        let held = self.owner.shop.customer(self.ann).unwrap().levels;
        let of_tiers = held.iter().find(|(tiers, _)| *tiers == TIERS);
        of_tiers.map_or(0, |(_, level)| *level)
    }

    fn take_back(&self, purchase: PurchaseId) {
        let till = &self.till;
        till.shop.give_back(till.request(), purchase, &[]).unwrap();
    }
}

#[test]
fn a_level_that_is_not_kept_is_lost_overnight() {
    let club = Club::open(Expiry::Never, Demotion::Automatic);
    club.till.sell(club.ann, 10_000);
    club.agree();
    assert_eq!(club.level(), 1);
    club.days_pass(9);
    club.agree();
    assert_eq!(club.level(), 0);
}

#[test]
fn two_phones_that_did_not_know_of_each_other_lead_to_a_level_at_once() {
    let club = Club::open(Expiry::Never, Demotion::Automatic);
    club.till.sell(club.ann, 6_000);
    club.owner.sell(club.ann, 6_000);
    club.agree();
    assert_eq!(club.level(), 1);
}

#[test]
fn the_owner_is_asked_once_before_somebody_goes_down() {
    let club = Club::open(Expiry::Never, Demotion::OwnerConfirms);
    club.till.sell(club.ann, 10_000);
    club.agree();
    club.days_pass(9);
    club.agree();
    assert_eq!(club.level(), 1);
    let [item] = club.owner.shop.inbox().unwrap()[..] else {
        panic!("one question");
    };
    let asked = Code::LevelNotKept {
        instrument: 8,
        level: 0,
    };
    assert_eq!((item.code, item.customer), (asked, Some(club.ann)));
    club.days_pass(1);
    club.agree();
    assert_eq!(club.owner.shop.inbox().unwrap(), [item]);
    let shop = &club.owner.shop;
    shop.agree_item(club.owner.request(), item.id).unwrap();
    // Shown at once, decided at the next exchange.
    assert_eq!(club.level(), 0);
    club.agree();
    assert_eq!(club.level(), 0);
    assert_eq!(shop.inbox().unwrap(), []);
}

#[test]
fn points_end_by_inactivity_on_a_server_and_a_late_sale_brings_them_back() {
    let club = Club::open(Expiry::Inactive(1), Demotion::Automatic);
    // The last day is 2026-12-31.
    club.till.sell(club.ann, 10_000);
    club.agree();
    assert_eq!(club.owner.balance(club.ann), 500);
    // A phone that is out of reach sells in time, and calls only after the sweep.
    club.days_pass(30);
    club.till.sell(club.ann, 2_000);
    club.days_pass(14);
    agree(&club.office, &[&club.owner]);
    assert_eq!(club.owner.balance(club.ann), 0);
    club.agree();
    assert_eq!(club.owner.balance(club.ann), 600);
    assert_eq!(club.till.balance(club.ann), 600);
}

#[test]
fn whoever_brings_goods_back_after_the_points_have_ended_owes_nothing() {
    let club = Club::open(Expiry::Months(1), Demotion::Automatic);
    let purchase = club.till.sell(club.ann, 10_000);
    club.agree();
    // 2026-12-31 was the last day.
    club.days_pass(45);
    club.agree();
    assert_eq!(club.owner.balance(club.ann), 0);
    club.take_back(purchase);
    club.agree();
    assert_eq!(club.owner.balance(club.ann), 0);
    assert_eq!(club.till.balance(club.ann), 0);
}

#[test]
fn what_a_return_gives_back_lives_by_the_right_day_whatever_the_clock_said() {
    let club = Club::open(Expiry::Months(12), Demotion::Automatic);
    let (owner, till, ann) = (&club.owner, &club.till, club.ann);
    owner.sell(ann, 20_000);
    club.agree();
    // The same points on two phones, one of them with a clock that is four years behind.
    owner.redeem(ann, 2_000, 1_000).unwrap();
    till.time.jump(-4 * 365 * DAY_MS);
    let spent = till.redeem(ann, 2_000, 1_000).unwrap();
    // What is earned next pays the debt, so what the return gives back comes from no lot.
    till.sell(ann, 40_000);
    club.take_back(spent);
    owner.sync(&club.office.line()).unwrap();
    till.sync(&club.office.line()).unwrap();
    till.time.jump(4 * 365 * DAY_MS);
    club.agree();
    let before = owner.balance(ann);
    club.days_pass(2);
    club.agree();
    assert_eq!((before, owner.balance(ann)), (2_050, 2_050));
}
