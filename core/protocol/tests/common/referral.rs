//! What bringing friends adds to rows and ops (G3).

use kartka_domain::brought::{Brought, Counted, Thanks};
use kartka_domain::codes::Code;
use kartka_domain::ids::*;
use kartka_domain::ledger::{About, Effect, EntryKind, LotTerms};
use kartka_domain::money::{Money, Points};
use kartka_domain::op::{Claim, Fact, Op};
use kartka_domain::programme::{BonusCard, CountsWhen, Instrument, Programme, Referral, Terms};
use kartka_domain::row::Row;

use super::samples::{customer, date, id, op_of};

fn lot() -> LotTerms {
    LotTerms {
        available_on: date("2026-12-06"),
        expires_on: Some(date("2027-12-31")),
    }
}

fn thanks(points: i64) -> Thanks {
    Thanks {
        instrument: InstrumentId(1),
        effect: Effect::points(Points(points), Money(points)),
        lot: lot(),
    }
}

fn brought(refused: Option<Code>, counted: Option<Counted>) -> Row {
    Row::Brought(Brought {
        id: EntryId(id(2, 300)),
        friend: customer(17),
        referrer: customer(18),
        operator: OperatorId(2),
        outlet: OutletId(1),
        date: date("2026-11-20"),
        programme: ProgrammeVersion(4),
        refused,
        counted,
    })
}

pub(crate) fn rows() -> Vec<(&'static str, Row)> {
    let most = 3;
    let counted = Counted {
        purchase: Some(PurchaseId(id(3, 7))),
        on: date("2026-11-22"),
        reward: Some(thanks(100)),
        welcome: Some(thanks(50)),
        unpaid: None,
    };
    let joined = Counted {
        purchase: None,
        reward: None,
        welcome: None,
        unpaid: Some(Code::ReferralsThisMonth { most }),
        ..counted
    };
    let terms = [
        Terms::Bonus(BonusCard::plain(500, Money(1))),
        Terms::Referral(Referral::plain(InstrumentId(1), Points(100))),
        Terms::Referral(Referral {
            welcome: Points(50),
            every: 3,
            counts: CountsWhen::Joining,
            window_days: 14,
            per_month: Some(5),
            within_days: Some(90),
            ..Referral::plain(InstrumentId(1), Points(300))
        }),
    ];
    let made = (1_u32..).zip(terms);
    let made = made.map(|(n, terms)| Instrument::plain(InstrumentId(n), "x", terms));
    let programme = Programme::publish(ProgrammeVersion(6), made.collect()).unwrap();
    vec![
        ("brought", brought(None, None)),
        ("brought-counts", brought(None, Some(counted))),
        ("brought-unpaid", brought(None, Some(joined))),
        (
            "brought-refused",
            brought(Some(Code::ReferredSamePhone), None),
        ),
        ("programme-referral", Row::Programme(programme)),
    ]
}

pub(crate) fn ops() -> Vec<(&'static str, Op)> {
    let claim = |kind, points| {
        Fact::Claim(Claim {
            customer: customer(18),
            instrument: InstrumentId(1),
            kind,
            effect: Effect::points(Points(points), Money(points)),
            lot: Some(lot()),
            about: About::Brought(EntryId(id(2, 300))),
        })
    };
    let settle = |refused| Fact::SettleReferral {
        of: EntryId(id(2, 300)),
        refused,
    };
    let facts = vec![
        Fact::Refer {
            friend: customer(17),
            referrer: customer(18),
        },
        settle(None),
        claim(EntryKind::Thank, 100),
        settle(Some(Code::ReferredSelf)),
        claim(EntryKind::Unthank, -100),
    ];
    vec![("referral", op_of(OpId(id(2, 300)), 95, facts))]
}
