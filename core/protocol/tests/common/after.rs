//! What limits, fiscal receipts and corrections by hand add to rows and ops (T4, T7, X7, X8).

use kartka_domain::adjust::AdjustReason;
use kartka_domain::business::{Business, Operator, RecoveryHalf};
use kartka_domain::codes::Code;
use kartka_domain::ids::*;
use kartka_domain::ledger::{About, Effect, EntryKind};
use kartka_domain::limits::{CardRead, EarnLimits, Earns, Then};
use kartka_domain::money::{Money, Points, Stamps};
use kartka_domain::op::{Claim, Fact, Op, Sale};
use kartka_domain::position::Position;
use kartka_domain::programme::{Benefit, Counting, Coupon, Instrument, Programme, Terms};
use kartka_domain::purchase::{
    Fiscal, Line, Parts, PointsAs, Purchase, ReceiptNumber, Share, ShareKind,
};
use kartka_domain::redeem::Confirmation;
use kartka_domain::rights::{Limits, Role};
use kartka_domain::row::{CouponUses, NotedVisits, Row};

use super::samples::{bare_purchase, business, customer, date, id, op_of, operator};

fn fiscal() -> Fiscal {
    Fiscal {
        register: ReceiptNumber::new("PRRO-4000").unwrap(),
        number: ReceiptNumber::new("17.3").unwrap(),
    }
}

fn strict() -> EarnLimits {
    EarnLimits {
        per_day: Some((3, Then::Flag)),
        gap: Some((10, Then::Refuse)),
        own_card: None,
        typed: Some(Then::Refuse),
    }
}

/// A receipt whose price was lowered by points (D5).
fn lowered_by_points() -> Purchase {
    let mut purchase = bare_purchase();
    purchase.lines = vec![Line::amount(Money(10_000))];
    purchase.lines[0].shares.push(Share {
        instrument: InstrumentId(1),
        kind: ShareKind::PointsOff,
        value: Money(1_500),
        points: Points(1_500),
    });
    purchase
}

/// A code whose total limit is asked for first (G2).
fn limited_coupon() -> Programme {
    let coupon = Terms::Coupon(Coupon {
        code: "SPRING-26".to_owned(),
        gives: Benefit::Percent(1_000),
        per_customer: None,
        per_day: None,
        total: Some(100),
        counting: Counting::First,
    });
    let all = vec![Instrument::plain(InstrumentId(6), "Spring", coupon)];
    Programme::publish(ProgrammeVersion(7), all).unwrap()
}

pub(crate) fn rows() -> Vec<(&'static str, Row)> {
    let read = |read| Purchase {
        read: Some(read),
        ..bare_purchase()
    };
    let counted = Position {
        earns: Earns {
            day: Some(date("2025-12-16")),
            on_day: 2,
            last_ms: 1_765_900_000_000,
        },
        ..Position::default()
    };
    let corrector = Role {
        id: RoleId::MANAGER,
        version: 4,
        name: String::new(),
        permissions: [].into_iter().collect(),
        limits: Limits {
            adjust_points: Some(Points(500)),
            adjust_stamps: Some(Stamps(2)),
            ..Limits::READY
        },
        newer: None,
    };
    vec![
        (
            "strict-business",
            Row::Business(Business {
                earning: strict(),
                attach_days: 2,
                ..business()
            }),
        ),
        (
            "business-of-discounts",
            Row::Business(Business {
                points_as: PointsAs::Discount,
                ..business()
            }),
        ),
        (
            "business-with-a-sheet",
            Row::Business(Business {
                recovery: Some(RecoveryHalf([4; 65])),
                ..business()
            }),
        ),
        ("lowered-by-points", Row::Purchase(lowered_by_points())),
        (
            "operator-who-buys",
            Row::Operator(Operator {
                customer: Some(customer(17)),
                ..operator(RoleId::CASHIER)
            }),
        ),
        (
            "noted-visits",
            Row::NotedVisits(NotedVisits {
                outlet: OutletId(2),
                date: date("2025-12-16"),
                count: 120,
            }),
        ),
        (
            "coupon-uses",
            Row::CouponUses(CouponUses {
                instrument: InstrumentId(6),
                count: 41,
            }),
        ),
        ("limited-coupon", Row::Programme(limited_coupon())),
        ("role-of-a-corrector", Row::Role(corrector)),
        ("counted-position", Row::Position(customer(17), counted)),
        ("found-purchase", Row::Purchase(read(CardRead::Found))),
        (
            "fiscal-purchase",
            Row::Purchase(Purchase {
                fiscal: Some(fiscal()),
                flags: vec![
                    Code::EarnsPerDay { most: 3 },
                    Code::TypedNumber,
                    Code::FiscalEarned,
                ],
                ..read(CardRead::Typed)
            }),
        ),
    ]
}

pub(crate) fn ops() -> Vec<(&'static str, Op)> {
    let cash = Money(2_000);
    let sale = Sale {
        customer: Some(customer(17)),
        receipt: None,
        lines: vec![Line::amount(cash)],
        parts: Parts {
            cash,
            ..Parts::default()
        },
        read: Some(CardRead::Scanned),
        fiscal: Some(fiscal()),
        confirmed: Some(Confirmation::Pin),
    };
    let adjust = |effect, reason| {
        Fact::Claim(Claim {
            customer: customer(18),
            instrument: InstrumentId(1),
            kind: EntryKind::Adjust,
            effect,
            lot: None,
            about: About::Adjusted(reason),
        })
    };
    let purchase = PurchaseId(id(3, 7));
    let facts = vec![
        Fact::Sale(sale),
        Fact::Attach {
            purchase,
            customer: customer(18),
            read: Some(CardRead::Typed),
        },
        adjust(
            Effect::points(Points(-40), Money(-40)),
            AdjustReason::Mistake,
        ),
        adjust(Effect::stamps(Stamps(2)), AdjustReason::Other),
        Fact::Owed(purchase),
        Fact::Visits(120),
    ];
    vec![("after-the-sale", op_of(OpId(id(2, 120)), 90, facts))]
}
