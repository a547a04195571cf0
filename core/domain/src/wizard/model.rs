//! Which steps and fields each kind has, with ranges and the defaults of each trade.
//!
//! Shares are in hundredths of a percent, money in minor units. A number that a trade does better with stands in the
//! field's list of five, in the order of [`Trade::ALL`].

use super::{Kind, Trade};

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// Hundredths of a percent.
    Share,
    /// Minor units.
    Money,
    /// Points.
    Points,
    /// Pieces, stamps.
    Count,
    /// Days.
    Days,
    /// Months.
    Months,
    /// One of these, by its place from 0; the words' keys.
    Choice(&'static [&'static str]),
}

/// One thing that is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its key, also of its words.
    pub key: &'static str,
    /// What it holds.
    pub input: Input,
    /// Least value.
    pub least: i64,
    /// Largest value.
    pub most: i64,
    /// What it is without an answer.
    pub default: i64,
    /// Whether the quick mode asks it.
    pub quick: bool,
}

/// Fields that are asked together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its key, also of its words.
    pub key: &'static str,
    /// What is asked.
    pub fields: Vec<Field>,
}

/// The steps of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Of which kind.
    pub kind: Kind,
    /// For which trade.
    pub trade: Trade,
    /// In their order.
    pub steps: Vec<Step>,
}

impl Model {
    /// All fields in their order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.steps.iter().flat_map(|step| &step.fields)
    }

    /// The one step of the quick mode; everything else stays at its default.
    #[must_use]
    pub fn quick(&self) -> Step {
        Step {
            key: "quick",
            fields: self.fields().filter(|field| field.quick).copied().collect(),
        }
    }
}

/// Defaults in the order of [`Trade::ALL`].
type Five = [i64; 5];

/// The same for every trade.
const fn all(value: i64) -> Five {
    [value; 5]
}

/// Makes fields of one trade and one currency.
struct Maker {
    trade: usize,
    /// Minor units of one major.
    major: i64,
}

impl Maker {
    fn field(&self, key: &'static str, input: Input, (least, most): (i64, i64), is: Five) -> Field {
        Field {
            key,
            input,
            least,
            most,
            default: is[self.trade],
            quick: false,
        }
    }

    /// In whole units of the currency.
    fn money(&self, key: &'static str, (least, most): (i64, i64), is: Five) -> Field {
        let range = (least * self.major, most * self.major);
        let is = is.map(|value| value * self.major);
        self.field(key, Input::Money, range, is)
    }

    fn choice(&self, key: &'static str, of: &'static [&'static str], is: Five) -> Field {
        let last = i64::try_from(of.len()).unwrap_or(i64::MAX) - 1;
        self.field(key, Input::Choice(of), (0, last), is)
    }
}

const fn quick(field: Field) -> Field {
    Field {
        quick: true,
        ..field
    }
}

/// The steps of a kind for a trade; `exponent` is the currency's number of minor digits.
#[must_use]
pub fn model(kind: Kind, trade: Trade, exponent: u8) -> Model {
    let make = Maker {
        trade: usize::from(trade as u8 - 1),
        major: 10_i64.pow(u32::from(exponent.min(4))),
    };
    let steps = match kind {
        Kind::Bonus => bonus(&make),
        Kind::Stamps => stamps(&make),
        Kind::Discount => discount(&make),
    };
    Model { kind, trade, steps }
}

fn bonus(make: &Maker) -> Vec<Step> {
    let share = Input::Share;
    vec![
        Step {
            key: "earn",
            fields: vec![
                quick(make.field("rate", share, (10, 5_000), [500, 500, 500, 100, 300])),
                make.field("point_value", Input::Money, (1, 100 * make.major), all(1)),
                make.field("pending_days", Input::Days, (0, 60), [0, 14, 0, 0, 0]),
            ],
        },
        Step {
            key: "spend",
            fields: vec![
                quick(make.field(
                    "max_share",
                    share,
                    (0, 10_000),
                    [10_000, 3_000, 5_000, 5_000, 3_000],
                )),
                make.field("minimum", Input::Points, (1, 1_000_000), all(1)),
                make.choice("offline", &["never", "capped", "free"], all(1)),
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
    ]
}

fn stamps(make: &Maker) -> Vec<Step> {
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

fn discount(make: &Maker) -> Vec<Step> {
    let share = Input::Share;
    vec![
        Step {
            key: "rate",
            fields: vec![quick(make.field(
                "rate",
                share,
                (10, 5_000),
                [500, 500, 500, 200, 500],
            ))],
        },
        Step {
            key: "scale",
            fields: vec![
                make.money("second_from", (0, 10_000_000), all(0)),
                make.field("second_rate", share, (0, 5_000), all(0)),
                make.money("third_from", (0, 10_000_000), all(0)),
                make.field("third_rate", share, (0, 5_000), all(0)),
            ],
        },
    ]
}
