//! Steps of the cards that give points, stamps and discounts.

use super::{Input, Maker, Step, all, quick};

/// Longest grace and longest life of points that came back, in days.
const LATE_MAX: i64 = 366;

pub(super) fn bonus(make: &Maker) -> Vec<Step> {
    vec![
        Step {
            key: "earn",
            fields: vec![
                quick(make.field("rate", Input::Share, (10, 5_000), [500, 500, 500, 100, 300])),
                make.field("point_value", Input::Money, (1, 100 * make.major), all(1)),
                make.field("pending_days", Input::Days, (0, 60), [0, 14, 0, 0, 0]),
            ],
        },
        Step {
            key: "spend",
            fields: vec![
                quick(make.field(
                    "max_share",
                    Input::Share,
                    (0, 10_000),
                    [10_000, 3_000, 5_000, 5_000, 3_000],
                )),
                make.field("minimum", Input::Points, (1, 1_000_000), all(1)),
                make.choice("offline", &["never", "capped", "free", "online"], all(1)),
                make.field("offline_cap", Input::Points, (1, 10_000_000), all(10_000)),
            ],
        },
        Step {
            key: "life",
            fields: vec![
                make.choice("family", &["never", "age", "inactivity"], [2, 1, 2, 1, 2]),
                make.field("months", Input::Months, (1, 60), [6, 12, 12, 12, 12]),
            ],
        },
        Step {
            key: "late",
            fields: vec![
                make.field("grace_days", Input::Days, (0, LATE_MAX), all(30)),
                make.field(
                    "returned_days",
                    Input::Days,
                    (0, LATE_MAX),
                    [0, 14, 0, 0, 0],
                ),
                make.choice("owing", &["owed", "cleared", "deducted"], all(0)),
            ],
        },
    ]
}

pub(super) fn stamps(make: &Maker) -> Vec<Step> {
    vec![
        Step {
            key: "collect",
            fields: vec![
                make.choice("per", &["visit", "item", "amount"], [1, 0, 0, 2, 0]),
                make.money("amount", (1, 1_000_000), [100, 1_000, 500, 200, 500]),
            ],
        },
        Step {
            key: "reward",
            fields: vec![
                quick(make.field("size", Input::Count, (2, 100), [6, 5, 5, 10, 5])),
                quick(make.money("reward_value", (0, 1_000_000), [60, 300, 400, 100, 500])),
            ],
        },
    ]
}

pub(super) fn discount(make: &Maker) -> Vec<Step> {
    vec![
        Step {
            key: "rate",
            fields: vec![quick(make.field(
                "rate",
                Input::Share,
                (10, 5_000),
                [500, 500, 500, 200, 500],
            ))],
        },
        Step {
            key: "scale",
            fields: vec![
                make.money("second_from", (0, 10_000_000), all(0)),
                make.field("second_rate", Input::Share, (0, 5_000), all(0)),
                make.money("third_from", (0, 10_000_000), all(0)),
                make.field("third_rate", Input::Share, (0, 5_000), all(0)),
            ],
        },
    ]
}
