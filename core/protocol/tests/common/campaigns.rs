//! What campaigns with a budget add to rows and ops (E3).

use kartka_domain::codes::Code;
use kartka_domain::ids::*;
use kartka_domain::ledger::{About, Bound, Effect, Entry, EntryKind, Raise, Resolved};
use kartka_domain::money::{Money, Points};
use kartka_domain::op::{Claim, Fact, Op};
use kartka_domain::programme::{
    BonusCard, Campaign, Goods, Instrument, ONCE, Programme, Terms, When,
};
use kartka_domain::purchase::{GoodsId, GroupId, Purchase};
use kartka_domain::row::{CampaignSpent, Row};

use super::samples::{bare_entry, bare_purchase, customer, date, id, lot, op_of};

const CARD: InstrumentId = InstrumentId(1);
const SPRING: InstrumentId = InstrumentId(8);

/// A weekend with everything that a campaign can say, and a plain one.
fn weekend() -> Programme {
    let spring = Campaign {
        card: CARD,
        factor: 25_000,
        per_receipt: Points(7),
        goods: Goods {
            goods: vec![GoodsId(4)],
            groups: vec![GroupId(2)],
        },
        when: vec![
            When::Weekdays(0b110_0000),
            When::Hours { from: 600, to: 720 },
        ],
        budget: Points(10_000),
    };
    let mut spring = Instrument::plain(SPRING, "Spring", Terms::Campaign(spring));
    spring.rules.scope.first_day = Some(date("2026-03-07"));
    spring.rules.scope.last_day = Some(date("2026-03-08"));
    let fixed = Campaign {
        per_receipt: Points(20),
        ..Campaign::plain(CARD, ONCE, Points(500))
    };
    let all = vec![
        Instrument::plain(CARD, "Bonus", Terms::Bonus(BonusCard::plain(500, Money(1)))),
        spring,
        Instrument::plain(InstrumentId(9), "Fixed", Terms::Campaign(fixed)),
    ];
    Programme::publish(ProgrammeVersion(9), all).unwrap()
}

fn raised(factor: u32, bound: Bound) -> About {
    About::Earned(Resolved {
        factor,
        carried: 0,
        raise: Some(Raise {
            campaign: SPRING,
            points: Points(60),
            bound,
        }),
    })
}

fn effect() -> Effect {
    Effect {
        status: Points(100),
        ..Effect::points(Points(100), Money(100))
    }
}

pub(crate) fn rows() -> Vec<(&'static str, Row)> {
    let entry = |about| Entry {
        kind: EntryKind::Earn,
        claim: effect(),
        lot: Some(lot()),
        about,
        ..bare_entry()
    };
    let spent = |points| CampaignSpent {
        instrument: SPRING,
        points: Points(points),
    };
    vec![
        ("campaigns", Row::Programme(weekend())),
        ("campaign-spent", Row::CampaignSpent(spent(4_100))),
        ("campaign-given-back", Row::CampaignSpent(spent(0))),
        (
            "raised-entry",
            Row::Entry(entry(raised(ONCE, Bound::Terms))),
        ),
        (
            "raised-to-the-budget",
            Row::Entry(entry(raised(20_000, Bound::Budget))),
        ),
        (
            "above-a-budget",
            Row::Purchase(Purchase {
                flags: vec![Code::CampaignAboveBudget {
                    instrument: 8,
                    budget: 10_000,
                }],
                ..bare_purchase()
            }),
        ),
    ]
}

pub(crate) fn ops() -> Vec<(&'static str, Op)> {
    let claim = Fact::Claim(Claim {
        customer: customer(17),
        instrument: CARD,
        kind: EntryKind::Earn,
        effect: effect(),
        lot: Some(lot()),
        about: raised(20_000, Bound::Budget),
    });
    vec![("raised-claim", op_of(OpId(id(2, 140)), 140, vec![claim]))]
}
