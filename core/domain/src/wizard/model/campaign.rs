//! Steps of a campaign: what it raises, how much it may cost in points, and when.

use super::benefits::{LAST_DAY, bounds};
use super::{Input, Maker, Step, all, quick};
use crate::money::AMOUNT_MAX;
use crate::programme::{FACTOR_MAX, ONCE, Terms};
use crate::wizard::Ground;

/// Choices of the days of the week, in the order of their answers.
const DAYS: &[&str] = &["every", "weekend", "workdays"];

pub(super) fn campaign(make: &Maker, ground: &Ground<'_>) -> Vec<Step> {
    let cards = ground.programme.instruments().iter();
    let cards = cards.filter(|of| matches!(of.terms, Terms::Bonus(_)));
    let cards: Vec<_> = cards.map(|of| of.id).collect();
    let first = cards.first().map_or(0, |id| i64::from(id.0));
    let card = Input::Instrument(cards);
    let more = (0, i64::from(FACTOR_MAX - ONCE));
    let most = i64::try_from(AMOUNT_MAX).unwrap_or(i64::MAX);
    vec![
        Step {
            key: "gives",
            fields: vec![
                quick(make.plain("card", card, (0, i64::from(u32::MAX)), first)),
                quick(make.field(
                    "more",
                    Input::Share,
                    more,
                    [10_000, 5_000, 5_000, 10_000, 5_000],
                )),
                make.plain("per_receipt", Input::Points, (0, 1_000_000_000), 0),
                make.plain("goods", Input::Goods, (0, i64::MAX), 0),
            ],
        },
        Step {
            key: "budget",
            fields: vec![quick(make.field(
                "budget",
                Input::Points,
                (1, most),
                [200_000, 1_000_000, 500_000, 500_000, 500_000],
            ))],
        },
        Step {
            key: "time",
            fields: vec![
                make.choice("days", DAYS, all(0)),
                make.plain("first_day", Input::Date, (0, LAST_DAY), 0),
            ],
        },
        bounds(make, all(0)),
    ]
}
