//! Arbitrary ops: `decide` is total, and whatever they hold, no law breaks (V).

use kartka_domain::authority::{Author, Standing, decide};
use kartka_domain::card::CardNumber;
use kartka_domain::customer::{Channel, Purpose, Will};
use kartka_domain::ids::{CustomerId, InstrumentId, ProgrammeVersion, PurchaseId, ReturnId, Seq};
use kartka_domain::ledger::{About, Effect, EntryKind, LotTerms, Resolved};
use kartka_domain::moment::date_of;
use kartka_domain::money::{Money, Points, Stamps};
use kartka_domain::op::{Claim, Fact, Settlement};
use kartka_domain::purchase::{Line, ONE, Quantity, ReturnKind, Share, ShareKind, VoidReason};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::acts::{BONUS, act, cases, terms};
use crate::forged::{back, sale, unlinked};
use crate::world::World;

/// Numbers that break things.
fn number() -> impl Strategy<Value = i64> {
    prop_oneof![
        4 => -300_i64..3_000,
        1 => prop_oneof![Just(i64::MAX), Just(i64::MIN), Just(i64::MAX - 1), Just(0), Just(1_000_000_000_000)],
        1 => any::<i64>(),
    ]
}

fn someone() -> impl Strategy<Value = CustomerId> {
    (1_i64..9).prop_map(|n| CustomerId::new((1 << 40) | n).unwrap())
}

fn some_purchase() -> impl Strategy<Value = PurchaseId> {
    (1_i64..60).prop_map(|n| PurchaseId::new((2 << 40) | n).unwrap())
}

/// A fact that can be printed: facts themselves may hold names and can't.
#[derive(Clone)]
struct Any(Fact);

impl std::fmt::Debug for Any {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Fact::Sale(sale) => sale.fmt(f),
            Fact::Claim(claim) => claim.fmt(f),
            Fact::Return {
                purchase,
                kind,
                lines,
            } => write!(f, "{kind:?} {purchase:?} {lines:?}"),
            Fact::Attach {
                purchase, customer, ..
            } => write!(f, "attach {purchase:?} {customer:?}"),
            Fact::Bind { customer, .. } => write!(f, "bind {customer:?}"),
            _ => write!(f, "other"),
        }
    }
}

fn any_claim() -> impl Strategy<Value = Any> {
    let kind = prop_oneof![
        Just(EntryKind::Earn),
        Just(EntryKind::Redeem),
        Just(EntryKind::Reward),
        Just(EntryKind::Reverse),
        Just(EntryKind::Restore),
        Just(EntryKind::Expire),
        Just(EntryKind::Revive),
        Just(EntryKind::Newer(200)),
    ];
    let day = || (-800_000_i64..800_000).prop_map(|day| date_of(day).unwrap());
    let lot =
        (day(), proptest::option::of(day())).prop_map(|(available_on, expires_on)| LotTerms {
            available_on,
            expires_on,
        });
    let amounts = (
        number(),
        number(),
        number(),
        number(),
        number(),
        any::<u32>(),
    );
    (
        someone(),
        0_u32..4,
        kind,
        amounts,
        proptest::option::of(lot),
    )
        .prop_map(
            |(customer, instrument, kind, (points, stamps, value, status, carry, factor), lot)| {
                Any(Fact::Claim(Claim {
                    customer,
                    instrument: InstrumentId(instrument),
                    kind,
                    effect: Effect {
                        points: Points(points),
                        stamps: Stamps(stamps),
                        value: Money(value),
                        status: Points(status),
                        carry,
                    },
                    lot,
                    about: About::Earned(Resolved {
                        factor,
                        carried: carry,
                        raise: None,
                    }),
                }))
            },
        )
}

fn any_sale() -> impl Strategy<Value = Any> {
    let share = (number(), number()).prop_map(|(value, points)| Share {
        instrument: BONUS,
        kind: if points % 3 == 0 {
            ShareKind::Discount
        } else {
            ShareKind::Points
        },
        value: Money(value),
        points: Points(points),
    });
    let quantity = prop_oneof![Just(ONE.0), number()];
    let line = (number(), quantity, vec(share, 0..3)).prop_map(|(gross, quantity, shares)| Line {
        quantity: Quantity(quantity),
        shares,
        ..Line::amount(Money(gross))
    });
    let wrong = proptest::option::of(number());
    (proptest::option::of(someone()), vec(line, 0..4), wrong).prop_map(
        |(customer, lines, wrong)| {
            let total = lines
                .iter()
                .fold(0_i64, |sum, l| sum.wrapping_add(l.gross.0));
            Any(sale(customer, lines, wrong.unwrap_or(total)))
        },
    )
}

fn any_fact() -> impl Strategy<Value = Any> {
    let kind = prop_oneof![
        3 => Just(ReturnKind::Goods),
        1 => Just(ReturnKind::Void(VoidReason::Mistake)),
    ];
    let parts = vec((0_u16..4, prop_oneof![Just(1_000), number()]), 0..4);
    let cards = prop_oneof![Just("3252170040"), Just("5573872832")];
    let bind = |(card, customer)| Fact::Bind {
        card: CardNumber::parse_typed(card).unwrap(),
        customer,
    };
    let consent = |customer| Fact::Consent {
        customer,
        purpose: Purpose::Marketing,
        channel: Channel::Sms,
        wording: 1,
        will: Will::Given,
    };
    let attach = |(purchase, customer)| Fact::Attach {
        purchase,
        customer,
        read: None,
    };
    prop_oneof![
        4 => any_sale(),
        6 => any_claim(),
        3 => (some_purchase(), kind, parts).prop_map(|(id, kind, parts)| Any(back(id, kind, &parts))),
        1 => (some_purchase(), someone()).prop_map(move |with| Any(attach(with))),
        1 => (cards, someone()).prop_map(move |with| Any(bind(with))),
        1 => Just(Any(Fact::Register)),
        2 => (someone(), number()).prop_map(|(customer, amount)| Any(unlinked(customer, amount))),
        2 => (some_purchase(), 0_u8..3).prop_map(|(id, how)| Any(settle(id, how))),
        1 => someone().prop_map(|customer| Any(Fact::Edit(customer))),
        1 => someone().prop_map(|customer| Any(Fact::Erase(customer))),
        1 => someone().prop_map(move |customer| Any(consent(customer))),
    ]
}

/// Settles what may be a return, with what may be a purchase.
fn settle(id: PurchaseId, how: u8) -> Fact {
    Fact::SettleReturn {
        of: ReturnId(id.0),
        how: match how {
            0 => Settlement::Link(id),
            1 => Settlement::Accept,
            _ => Settlement::Refuse,
        },
    }
}

proptest! {
    #![proptest_config(cases())]

    /// `decide` is total, and no garbage breaks a law; honest acts go on between.
    #[test]
    fn no_op_breaks_a_law(
        terms in terms(),
        days in vec((act(), vec(any_fact(), 1..7), proptest::option::of(0_u32..4)), 1..12),
    ) {
        let mut world = World::new(terms);
        for (act, facts, version) in days {
            world.play(&act);
            let mut op = world.make(facts.into_iter().map(|any| any.0).collect());
            if let Some(version) = version {
                op.programme = ProgrammeVersion(version);
            }
            for standing in [Standing::Pending, by(Author::Authority)] {
                let Ok(_) = decide(&world.shop, &op, standing);
            }
            world.order(&op);
            let lines = op.facts.iter().enumerate();
            let sales = lines.filter(|(_, fact)| matches!(fact, Fact::Sale(_)));
            let sold: Vec<PurchaseId> =
                sales.map(|(at, _)| PurchaseId(op.entry_id(at).unwrap())).collect();
            world.receipts.extend(sold);
            world.check();
        }
    }
}

fn by(author: Author) -> Standing {
    Standing::Ordered {
        seq: Seq(9),
        corrected: None,
        author,
    }
}
