//! Steps of what makes single receipts or lines cheaper: offers, coupons, greetings.

use super::{Field, Input, Maker, Step, all, only, quick};

/// Choices of a benefit, in the order of their answers.
const GIVES: &[&str] = &["percent", "amount", "gift"];
/// Last day that a draft may name, in days since 1970: in the year 2134.
pub(super) const LAST_DAY: i64 = 60_000;

pub(super) fn offer(make: &Maker) -> Vec<Step> {
    let bought: &[i64] = &[0, 1];
    vec![
        Step {
            key: "what",
            fields: vec![
                quick(make.choice("what", &["present", "bundle", "favourite"], [0, 1, 1, 1, 2])),
                quick(make.field(
                    "rate",
                    Input::Share,
                    (10, 10_000),
                    [5_000, 1_000, 1_000, 500, 500],
                )),
            ],
        },
        Step {
            key: "goods",
            fields: vec![
                only("what", bought, pieces(make, "pieces", [1, 2, 2, 3, 2])),
                only("what", bought, goods(make, "goods")),
                only("what", &[0], pieces(make, "gift_pieces", all(1))),
                only("what", &[0], goods(make, "gift_goods")),
            ],
        },
        bounds(make, all(0)),
    ]
}

pub(super) fn coupon(make: &Maker) -> Vec<Step> {
    let times = (0, 1_000);
    vec![
        Step {
            key: "code",
            fields: vec![
                quick(make.plain("code", Input::Text("WELCOME"), (1, 32), 0)),
                make.plain("per_customer", Input::Count, times, 1),
                make.plain("per_day", Input::Count, times, 0),
                make.plain("total", Input::Count, (0, 1_000_000), 0),
                make.choice("counting", &["afterwards", "first"], all(0)),
            ],
        },
        gives(
            make,
            [1_000, 1_000, 1_000, 500, 1_000],
            [20, 100, 100, 30, 100],
        ),
        bounds(make, [0, 500, 300, 200, 500]),
    ]
}

pub(super) fn greeting(make: &Maker) -> Vec<Step> {
    vec![
        Step {
            key: "day",
            fields: vec![
                quick(make.choice("on", &["birthday", "relative", "first_visit"], all(0))),
                make.field("before", Input::Days, (0, 90), [0, 7, 7, 3, 7]),
                make.field("after", Input::Days, (0, 90), [7, 14, 14, 7, 14]),
            ],
        },
        gives(
            make,
            [2_000, 1_000, 1_500, 500, 1_000],
            [50, 200, 150, 50, 150],
        ),
        bounds(make, all(0)),
    ]
}

/// What a coupon or a greeting gives.
pub(super) fn gives(make: &Maker, rate: [i64; 5], amount: [i64; 5]) -> Step {
    Step {
        key: "gives",
        fields: vec![
            make.choice("gives", GIVES, all(0)),
            quick(only(
                "gives",
                &[0, 2],
                make.field("rate", Input::Share, (10, 10_000), rate),
            )),
            only("gives", &[1], make.money("amount", (1, 1_000_000), amount)),
            only("gives", &[2], pieces(make, "gift_pieces", all(1))),
            only("gives", &[2], goods(make, "gift_goods")),
        ],
    }
}

/// From which receipt on and up to which day.
pub(super) fn bounds(make: &Maker, minimum: [i64; 5]) -> Step {
    Step {
        key: "bounds",
        fields: vec![
            make.money("minimum", (0, 1_000_000), minimum),
            make.plain("last_day", Input::Date, (0, LAST_DAY), 0),
        ],
    }
}

fn pieces(make: &Maker, key: &'static str, is: [i64; 5]) -> Field {
    make.field(key, Input::Count, (1, 100), is)
}

fn goods(make: &Maker, key: &'static str) -> Field {
    make.plain(key, Input::Goods, (0, i64::MAX), 0)
}
