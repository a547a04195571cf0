//! Steps of what is handed out and comes back to be used: gift certificates, coupons with a number each.

use super::benefits::{bounds, gives};
use super::{Field, Input, Maker, Step, all, only, quick};

/// Choices of what a phone takes without the authority, in the order of their answers.
const OFFLINE: &[&str] = &["take", "up_to", "ask"];
/// Dearest certificate, in whole units of the currency.
const DEAREST: i64 = 1_000_000;

pub(super) fn certificate(make: &Maker) -> Vec<Step> {
    let any = (0, DEAREST);
    vec![
        Step {
            key: "amounts",
            fields: vec![
                make.choice("sold", &["fixed", "any"], all(0)),
                quick(make.money("least", (1, DEAREST), [300, 500, 500, 300, 500])),
                only(
                    "sold",
                    &[0],
                    make.money("second", any, [500, 1_000, 1_000, 500, 1_000]),
                ),
                only(
                    "sold",
                    &[0],
                    make.money("third", any, [1_000, 2_000, 2_000, 1_000, 2_000]),
                ),
                only(
                    "sold",
                    &[1],
                    make.money("most", (1, DEAREST), [5_000, 10_000, 10_000, 5_000, 10_000]),
                ),
            ],
        },
        Step {
            key: "use",
            fields: vec![
                quick(make.choice("spending", &["many", "once_lost", "once_kept"], all(0))),
                make.choice("offline", OFFLINE, all(1)),
                offline_most(make, [300, 1_000, 1_000, 500, 1_000]),
            ],
        },
        life(make, all(12)),
    ]
}

pub(super) fn numbered(make: &Maker) -> Vec<Step> {
    vec![
        gives(
            make,
            [1_500, 1_500, 1_500, 1_000, 1_500],
            [30, 200, 150, 50, 150],
        ),
        life(make, [1, 3, 3, 1, 6]),
        Step {
            key: "network",
            fields: vec![
                make.choice("offline", OFFLINE, all(0)),
                offline_most(make, [50, 200, 200, 50, 200]),
            ],
        },
        bounds(make, all(0)),
    ]
}

/// How long each lives from its issue on; 0 months = for ever.
fn life(make: &Maker, months: [i64; 5]) -> Step {
    Step {
        key: "life",
        fields: vec![
            quick(make.field("months", Input::Months, (0, 60), months)),
            make.choice("ends", &["month", "quarter", "year"], all(0)),
        ],
    }
}

fn offline_most(make: &Maker, is: [i64; 5]) -> Field {
    only(
        "offline",
        &[1],
        make.money("offline_most", (1, DEAREST), is),
    )
}
