//! Steps of a reward for bringing friends: what is given, when a friend counts, what bounds it.

use super::{Input, Maker, Step, all, only, quick};
use crate::programme::Instrument;
use crate::wizard::Ground;

/// What a reward is worth by default, in whole units of the currency, by trade.
const WORTH: [i64; 5] = [30, 150, 100, 30, 100];

pub(super) fn referral(make: &Maker, ground: &Ground<'_>) -> Vec<Step> {
    let cards = ground.programme.instruments().iter();
    let cards: Vec<&Instrument> = cards.filter(|of| of.bonus().is_some()).collect();
    // A reward is worth the same whatever a point is worth.
    let point = cards.first().map_or(1, |of| of.point_value().0.max(1));
    let points = WORTH.map(|worth| (worth * make.major / point).max(1));
    let first = cards.first().map_or(0, |of| i64::from(of.id.0));
    let card = Input::Instrument(cards.iter().map(|of| of.id).collect());
    vec![
        Step {
            key: "thanks",
            fields: vec![
                make.plain("card", card, (0, i64::from(u32::MAX)), first),
                quick(make.field("reward", Input::Points, (1, 1_000_000_000), points)),
                make.field("welcome", Input::Points, (0, 1_000_000_000), all(0)),
                make.plain("every", Input::Count, (1, 100), 1),
            ],
        },
        Step {
            key: "friend",
            fields: vec![
                make.choice("counts", &["buying", "joining"], all(0)),
                quick(only(
                    "counts",
                    &[0],
                    make.money("minimum", (0, 10_000_000), [60, 500, 400, 200, 500]),
                )),
                only(
                    "counts",
                    &[0],
                    make.plain("within_days", Input::Days, (0, 366), 90),
                ),
            ],
        },
        Step {
            key: "bounds",
            fields: vec![
                quick(make.field("window_days", Input::Days, (0, 366), [1, 14, 3, 1, 7])),
                make.plain("per_month", Input::Count, (0, 1_000), 10),
                make.plain("last_day", Input::Date, (0, 1_000_000), 0),
            ],
        },
    ]
}
