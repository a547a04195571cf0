//! What can happen in a generated shop.

use kartka_domain::ids::{InstrumentId, ProgrammeVersion};
use kartka_domain::money::{Money, Points, Rounding};
use kartka_domain::programme::{
    BonusCard, DiscountCard, EarnBase, Expiry, Instrument, Multiplier, Programme, Remainder,
    StampCard, StampFor, Terms, When,
};
use proptest::prelude::*;

use crate::support::words::{plain_bonus, plain_stamps};

pub(crate) const BONUS: InstrumentId = InstrumentId(1);
pub(crate) const STAMPS: InstrumentId = InstrumentId(2);

/// Whether the counter knows what happened since the phone was last online.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Knows {
    Everything,
    /// The state a few ops ago.
    OldNews,
}

/// One thing that happens in the shop; numbers are taken modulo what there is.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Buy {
        who: usize,
        lines: Vec<(i64, i64)>,
        /// Part of what may be spent, in percent.
        spend: i64,
        knows: Knows,
    },
    Back {
        receipt: usize,
        /// Quantity per line, in percent of what is left.
        parts: Vec<i64>,
        knows: Knows,
    },
    Void {
        receipt: usize,
        knows: Knows,
    },
    Attach {
        receipt: usize,
        who: usize,
        knows: Knows,
    },
    Bind {
        card: usize,
        who: usize,
    },
    Call {
        who: usize,
    },
    /// The owner says that two are one person.
    Join {
        who: usize,
        with: usize,
    },
    /// The newest edge of somebody is switched off.
    Part {
        who: usize,
    },
    Publish(Programme),
    Wait(u64),
    Sweep,
}

pub(crate) const CARD: InstrumentId = InstrumentId(3);

/// The terms of the bonus, the stamp and the discount card.
pub(crate) type All = (BonusCard, StampCard, DiscountCard);

/// Simple ones, without a discount.
pub(crate) fn plain() -> All {
    (plain_bonus(), plain_stamps(), DiscountCard::fixed(0))
}

pub(crate) fn terms() -> impl Strategy<Value = All> {
    let rounding = prop_oneof![
        Just(Rounding::Down),
        Just(Rounding::HalfUp),
        Just(Rounding::Up)
    ];
    let expiry = prop_oneof![Just(Expiry::Never), (1_u16..4).prop_map(Expiry::Months)];
    let base = prop_oneof![
        Just(EarnBase::AfterDiscounts),
        Just(EarnBase::BeforeDiscounts)
    ];
    let per = prop_oneof![
        Just(StampFor::Visit),
        (1_i64..3_000).prop_map(|m| StampFor::Amount(Money(m))),
        Just(StampFor::Item),
    ];
    let remainder = prop_oneof![Just(Remainder::Dropped), Just(Remainder::Carried)];
    let numbers = (0_u16..3_000, 1_i64..12, 0_u16..20, 1_i64..9, 0_u16..=100);
    let more = (0_i64..3, 0_i64..3, 1_u32..40_000, 0_u16..2_000);
    let kinds = (rounding, expiry, base, per, remainder);
    (kinds, numbers, more).prop_map(
        |((rounding, expiry, base, per, remainder), numbers, more)| {
            let (rate, worth, pending_days, step, share) = numbers;
            let (per_receipt, per_item, factor, discount) = more;
            let days = |when| Multiplier { when, factor };
            let mut bonus = BonusCard {
                rate,
                per_receipt: Points(per_receipt),
                per_item: Points(per_item),
                multipliers: vec![days(When::Weekdays(0b001_1101)), days(When::FirstPurchase)],
                point_value: Money(worth),
                rounding: match remainder {
                    Remainder::Dropped => rounding,
                    Remainder::Carried => Rounding::Down,
                },
                remainder,
                base,
                pending_days,
                expiry,
                ..plain_bonus()
            };
            bonus.redeem.step = Points(step);
            bonus.redeem.max_share = share * 100;
            let stamps = StampCard {
                per,
                ..plain_stamps()
            };
            (bonus, stamps, DiscountCard::fixed(discount))
        },
    )
}

pub(crate) fn programme(version: u32, (bonus, stamps, card): All) -> Programme {
    let instrument = |id, terms| Instrument::plain(id, "x", terms);
    let all = vec![
        instrument(BONUS, Terms::Bonus(bonus)),
        instrument(STAMPS, Terms::Stamps(stamps)),
        instrument(CARD, Terms::Discount(card)),
    ];
    Programme::publish(ProgrammeVersion(version), all).unwrap()
}

pub(crate) fn act() -> impl Strategy<Value = Act> {
    let knows = || prop_oneof![3 => Just(Knows::Everything), 1 => Just(Knows::OldNews)];
    let lines = proptest::collection::vec((0_i64..20_000, 1_i64..5_000), 1..4);
    let parts = proptest::collection::vec(prop_oneof![Just(100_i64), -10_i64..140], 1..4);
    prop_oneof![
        8 => (0_usize..6, lines, 0_i64..=110, knows()).prop_map(|(who, lines, spend, knows)| {
            Act::Buy { who, lines, spend, knows }
        }),
        5 => (0_usize..9, parts, knows())
            .prop_map(|(receipt, parts, knows)| Act::Back { receipt, parts, knows }),
        1 => (0_usize..9, knows()).prop_map(|(receipt, knows)| Act::Void { receipt, knows }),
        1 => (0_usize..9, 0_usize..5, knows())
            .prop_map(|(receipt, who, knows)| Act::Attach { receipt, who, knows }),
        1 => (0_usize..3, 0_usize..5).prop_map(|(card, who)| Act::Bind { card, who }),
        1 => (0_usize..5).prop_map(|who| Act::Call { who }),
        1 => (0_usize..5, 0_usize..5).prop_map(|(who, with)| Act::Join { who, with }),
        1 => (0_usize..5).prop_map(|who| Act::Part { who }),
        1 => terms().prop_map(|terms| Act::Publish(programme(1, terms))),
        2 => (1_u64..40).prop_map(Act::Wait),
        1 => Just(Act::Sweep),
    ]
}

/// 500 generated shops of each law; as many as `PROPTEST_CASES` says where that is set (the nightly run).
pub(crate) fn cases() -> ProptestConfig {
    let mut config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 500;
    }
    config
}
