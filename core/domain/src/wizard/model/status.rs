//! Steps of what a customer becomes: a member, the holder of a card, of a level.

use super::{Field, Input, Maker, Step, all, only, quick};
use crate::programme::Terms;
use crate::wizard::Ground;

pub(super) fn club(make: &Maker) -> Vec<Step> {
    let ways = &["receipt", "spent", "invitation", "fee"];
    let threshold = [500, 1_500, 3_000, 2_000, 3_000];
    vec![
        Step {
            key: "joining",
            fields: vec![
                make.choice("joining", ways, [1, 0, 1, 1, 1]),
                quick(only(
                    "joining",
                    &[0, 1],
                    make.money("threshold", (1, 10_000_000), threshold),
                )),
                only(
                    "joining",
                    &[3],
                    make.plain("fee_goods", Input::Goods, (0, i64::MAX), 0),
                ),
            ],
        },
        Step {
            key: "members",
            fields: vec![
                quick(make.field("rate", Input::Share, (0, 5_000), [500, 700, 700, 300, 700])),
                make.plain("months", Input::Months, (0, 120), 12),
            ],
        },
    ]
}

pub(super) fn issue(make: &Maker, ground: &Ground<'_>) -> Vec<Step> {
    let others = ground.programme.instruments().iter().filter(|of| {
        let given = matches!(
            of.terms,
            Terms::Bonus(_) | Terms::Stamps(_) | Terms::Discount(_) | Terms::Club(_)
        );
        given && ground.edits != Some(of.id)
    });
    let cards: Vec<_> = others.map(|of| of.id).collect();
    let first = cards.first().map_or(0, |id| i64::from(id.0));
    let card = Input::Instrument(cards);
    vec![Step {
        key: "threshold",
        fields: vec![
            quick(make.plain("card", card, (0, i64::from(u32::MAX)), first)),
            quick(make.money("receipt", (1, 10_000_000), [100, 1_000, 800, 250, 800])),
        ],
    }]
}

pub(super) fn tiers(make: &Maker) -> Vec<Step> {
    let window = &["rolling", "month", "quarter", "year"];
    vec![
        Step {
            key: "time",
            fields: vec![
                make.choice("window", window, all(0)),
                only(
                    "window",
                    &[0],
                    make.field("months", Input::Months, (1, 24), [3, 12, 6, 3, 12]),
                ),
                make.plain("grace_days", Input::Days, (0, 366), 30),
                make.choice("demotion", &["automatic", "owner"], all(0)),
                make.plain("keep", Input::Share, (100, 10_000), 10_000),
            ],
        },
        Step {
            key: "first",
            fields: vec![
                quick(from(
                    make,
                    "first_from",
                    [1_000, 5_000, 3_000, 3_000, 3_000],
                )),
                visits(make, "first_visits"),
                quick(rate(make, "first_rate", [300, 500, 500, 200, 500])),
            ],
        },
        Step {
            key: "second",
            fields: vec![
                from(make, "second_from", [3_000, 15_000, 9_000, 9_000, 9_000]),
                visits(make, "second_visits"),
                rate(make, "second_rate", [500, 1_000, 1_000, 300, 1_000]),
            ],
        },
        Step {
            key: "third",
            fields: vec![
                from(make, "third_from", all(0)),
                visits(make, "third_visits"),
                rate(make, "third_rate", all(0)),
            ],
        },
    ]
}

fn from(make: &Maker, key: &'static str, is: [i64; 5]) -> Field {
    make.money(key, (0, 10_000_000), is)
}

fn visits(make: &Maker, key: &'static str) -> Field {
    make.plain(key, Input::Count, (0, 10_000), 0)
}

fn rate(make: &Maker, key: &'static str, is: [i64; 5]) -> Field {
    make.field(key, Input::Share, (0, 5_000), is)
}
