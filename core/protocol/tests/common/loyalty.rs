//! Rows of the loyalty engine: every option of every instrument, and what carries its results.

use kartka_domain::customer::{Channel, Consent, Purpose, Will};
use kartka_domain::ids::*;
use kartka_domain::ledger::{About, Effect, Entry, EntryKind, Resolved};
use kartka_domain::moment::{Month, PeriodEnd};
use kartka_domain::money::{Money, Points, Stamps};
use kartka_domain::position::{Asked, Membership, MonthSum, Position, Uses, Wallet};
use kartka_domain::programme::*;
use kartka_domain::purchase::*;
use kartka_domain::row::Row;

use super::samples::{bare_entry, bare_purchase, customer, date, evening, id, lot};

/// Each with the name of its golden file.
pub(crate) fn rows() -> Vec<(&'static str, Row)> {
    let mut rows = vec![
        ("instruments", Row::Programme(instruments())),
        ("late-options", Row::Programme(late_options())),
        (
            "cleared",
            Row::Entry(about(EntryKind::Cleared, About::Nothing)),
        ),
        ("account", Row::Position(customer(17), carrying())),
        ("asked-account", Row::Position(customer(17), asked())),
        ("joined-account", Row::Position(customer(17), joined_days())),
        ("lowered", Row::Purchase(lowered_purchase())),
        ("earned", Row::Entry(earned_entry())),
        ("newer-entry", Row::Entry(newer_entry())),
        ("offers", Row::Programme(offers())),
        ("joined", Row::Entry(about(EntryKind::Join, joined()))),
        ("used", Row::Entry(about(EntryKind::Use, About::Used(None)))),
        (
            "level",
            Row::Entry(about(EntryKind::Level, About::Level(2))),
        ),
    ];
    rows.extend(super::vouchers::rows());
    rows
}

fn goods() -> Goods {
    Goods {
        goods: vec![GoodsId(7), GoodsId(77)],
        groups: vec![GroupId(3)],
    }
}

fn gift() -> Gift {
    Gift {
        goods: goods(),
        pieces: 2,
        rate: 5_000,
    }
}

fn instruments() -> Programme {
    let terms = [
        Terms::Bonus(bonus(Expiry::Inactive(6))),
        Terms::Stamps(stamps()),
        Terms::Discount(scale()),
        tiers(Window::Rolling(24)),
    ];
    let rules = Rules {
        scope: Scope {
            outlets: vec![OutletId(1), OutletId(4)],
            first_day: Some(date("2026-01-01")),
            last_day: Some(date("2026-12-31")),
            audience: Audience::Anybody,
        },
        stacking: Stacking {
            together: Together::Stackable,
            price: PriceOf::Original,
            times: Times::Once,
            minimum: Money(10_000),
            excluded: goods(),
            most: Some(Money(50_000)),
            floor: 7_000,
            priority: 3,
        },
    };
    let made = (1u32..).zip(terms).map(|(n, terms)| {
        let mut one = Instrument::plain(InstrumentId(n), "x", terms);
        one.rules = rules.clone();
        if matches!(one.terms, Terms::Bonus(_)) {
            one.rules.stacking = Stacking {
                minimum: Money(500),
                excluded: goods(),
                ..Stacking::default()
            };
        }
        one
    });
    Programme::publish(ProgrammeVersion(4), made.collect()).unwrap()
}

fn joined() -> About {
    About::Member {
        before: Some(Membership::Until(date("2025-12-31"))),
        until: Membership::Lasting,
    }
}

fn about(kind: EntryKind, about: About) -> Entry {
    Entry {
        kind,
        about,
        ..bare_entry()
    }
}

/// Every kind whose terms stand under number 60.
fn offers() -> Programme {
    let club = |joining| {
        Terms::Club(Club {
            joining,
            months: Some(12),
            rate: 500,
        })
    };
    let coupon = |code: &str, gives| {
        Terms::Coupon(Coupon {
            code: code.to_owned(),
            gives,
            per_customer: Some(2),
            per_day: Some(1),
            total: None,
            counting: Counting::Afterwards,
        })
    };
    let greeting = |on| {
        Terms::Greeting(Greeting {
            on,
            before: 3,
            after: 7,
            gives: Benefit::Percent(1_000),
        })
    };
    let part = || Part {
        goods: goods(),
        pieces: 2,
    };
    let bundle = |price| {
        let parts = vec![part(), part()];
        Terms::Offer(Offer::Bundle { parts, price })
    };
    let terms = [
        tiers(Window::Rolling(12)),
        tiers(Window::Calendar(PeriodEnd::Year)),
        club(Joining::Receipt(Money(10_000))),
        club(Joining::Spent(Money(50_000))),
        club(Joining::Fee(GoodsId(9))),
        club(Joining::Invitation),
        coupon("SPRING-26", Benefit::Amount(Money(5_000))),
        coupon("GIFT", Benefit::Gift(gift())),
        greeting(GreetingFor::Birthday),
        greeting(GreetingFor::Relative),
        greeting(GreetingFor::FirstVisit),
        bundle(BundlePrice::Rate(1_000)),
        bundle(BundlePrice::Off(Money(500))),
        bundle(BundlePrice::For(Money(9_900))),
        Terms::Offer(Offer::Gift {
            buy: part(),
            gift: gift(),
        }),
        Terms::Offer(Offer::Favourite { rate: 1_500 }),
        Terms::Issue(Issue {
            card: InstrumentId(3),
            receipt: Money(30_000),
        }),
    ];
    let audiences = [
        Audience::Members(InstrumentId(4)),
        Audience::Tier(InstrumentId(1), 2),
        Audience::Customers,
    ];
    let made = (1u32..).zip(terms).map(|(n, terms)| {
        let mut one = Instrument::plain(InstrumentId(n), "x", terms);
        one.rules.scope.audience = audiences[n as usize % audiences.len()];
        one
    });
    Programme::publish(ProgrammeVersion(5), made.collect()).unwrap()
}

fn tiers(window: Window) -> Terms {
    let need = |spent, visits, status| Need {
        spent: Some(Money(spent)),
        visits,
        status,
    };
    let level = |spent| Level {
        join: vec![
            need(spent, Some(3), None),
            need(spent * 2, None, Some(Points(500))),
        ],
        keep: vec![need(spent / 2, None, None)],
        rate: 500,
    };
    Terms::Tiers(Tiers {
        window,
        levels: vec![level(100_000), level(300_000)],
        grace_days: 30,
        demotion: Demotion::OwnerConfirms,
    })
}

fn bonus(expiry: Expiry) -> BonusCard {
    let when = [
        When::Tier(InstrumentId(4), 1),
        When::Weekdays(0b110_0000),
        When::Hours { from: 840, to: 960 },
        When::Outlets(vec![OutletId(2)]),
        When::Birthday {
            before: 3,
            after: 7,
        },
        When::FirstPurchase,
    ];
    BonusCard {
        per_receipt: Points(5),
        per_item: Points(2),
        goods: goods(),
        remainder: Remainder::Carried,
        tax: TaxEarns::No,
        certificates: CertificateEarns::AtUse,
        multipliers: when
            .map(|when| Multiplier {
                when,
                factor: 15_000,
            })
            .into(),
        multiply: Multiply::Product,
        expiry,
        ends: PeriodEnd::Quarter,
        not_payable: goods(),
        ..BonusCard::plain(300, Money(10))
    }
}

fn stamps() -> StampCard {
    let mut card = StampCard::plain(StampFor::Item, Stamps(5), Money(6_500));
    card.goods = goods();
    card.rewards[0].gift = Some(gift());
    card.rewards.push(Reward {
        stamps: Stamps(10),
        value: Money(15_000),
        gift: None,
    });
    card
}

/// A card whose owner chose what becomes of what comes late.
fn late_options() -> Programme {
    let mut card = BonusCard::plain(500, Money(1));
    card.late = Late {
        grace_days: 14,
        returned_days: 10,
        owing: Owing::Cleared,
    };
    let card = Instrument::plain(InstrumentId(1), "Бонуси", Terms::Bonus(card));
    Programme::publish(ProgrammeVersion(8), vec![card]).unwrap()
}

fn scale() -> DiscountCard {
    let step = |(from, rate)| Step {
        from: Money(from),
        rate,
    };
    DiscountCard {
        scale: [(0, 300), (500_000, 500), (2_000_000, 1_000)]
            .map(step)
            .into(),
    }
}

/// An account of so many last days that two of them were joined.
fn joined_days() -> Position {
    let wallet = Wallet {
        joined: [(date("2026-06-29"), date("2026-06-30"))].into(),
        ..Wallet::default()
    };
    Position {
        wallets: [(InstrumentId(1), wallet)].into(),
        ..Position::default()
    }
}

/// An account with a carried part of a point and status points.
fn carrying() -> Position {
    let wallet = Wallet {
        status: Points(1_204),
        carry: 95_000_000,
        ..Wallet::default()
    };
    let sum = MonthSum {
        spent: Money(12_040),
        visits: 3,
        status: Points(1_204),
    };
    let uses = Uses {
        count: 2,
        last: Some(date("2025-12-16")),
        on_last: 1,
    };
    Position {
        wallets: [(InstrumentId(1), wallet)].into(),
        first_visit: Some(date("2025-01-07")),
        memberships: [
            (InstrumentId(4), Membership::Until(date("2026-12-16"))),
            (InstrumentId(5), Membership::Lasting),
        ]
        .into(),
        levels: [(InstrumentId(9), 2)].into(),
        uses: [(InstrumentId(6), uses)].into(),
        months: [(Month::of(date("2025-12-16")), sum)].into(),
        ..Position::default()
    }
}

/// An account whose owner is to say whether a level is lost.
fn asked() -> Position {
    let asked = Asked {
        on: date("2025-12-16"),
        item: EntryId(id(2, 84)),
    };
    Position {
        levels: [(InstrumentId(9), 2)].into(),
        asked: [(InstrumentId(9), asked)].into(),
        ..Position::default()
    }
}

/// A receipt that a discount card lowered and a certificate paid in part.
fn lowered_purchase() -> Purchase {
    let share = |instrument, kind, value| Share {
        instrument: InstrumentId(instrument),
        kind,
        value: Money(value),
        points: Points::ZERO,
    };
    let line = Line {
        group: Some(GroupId(4)),
        shares: vec![
            share(3, ShareKind::Discount, 55),
            share(5, ShareKind::Certificate, 200),
        ],
        ..Line::amount(Money(550))
    };
    Purchase {
        lines: vec![line],
        parts: paid(295, 0, 0, 200, 0),
        ..bare_purchase()
    }
}

/// An earn with everything a return must know of it.
fn earned_entry() -> Entry {
    let about = About::Earned(Resolved {
        factor: 20_000,
        carried: -7,
        raise: None,
    });
    Entry {
        kind: EntryKind::Earn,
        claim: Effect {
            status: Points(3),
            carry: 30_000_000,
            ..Effect::points(Points(4), Money(4))
        },
        lot: Some(lot()),
        about,
        ..bare_entry()
    }
}

/// An entry of a kind that only a newer version knows (L12).
fn newer_entry() -> Entry {
    Entry {
        kind: EntryKind::Newer(250),
        claim: Effect::points(Points(9), Money(9)),
        about: About::Reward(2),
        ..bare_entry()
    }
}

/// Parts of a payment, in minor units.
pub(crate) fn paid(cash: i64, card: i64, other: i64, certificate: i64, points: i64) -> Parts {
    Parts {
        cash: Money(cash),
        card: Money(card),
        other: Money(other),
        certificate: Money(certificate),
        points: Money(points),
    }
}

pub(crate) fn consent(will: Will) -> Consent {
    Consent {
        id: EntryId(id(2, 90)),
        customer: customer(17),
        purpose: Purpose::Marketing,
        channel: Channel::Messenger,
        wording: 4,
        will,
        at: evening(0),
        operator: OperatorId(2),
        seen: Seq(55),
    }
}
