//! Which steps and fields each kind has, with ranges and the defaults of each trade.
//!
//! Shares are in hundredths of a percent, money in minor units. A number that a trade does better with stands in the
//! field's list of five, in the order of [`Trade::ALL`].

mod benefits;
mod campaign;
mod cards;
mod referral;
mod status;
mod vouchers;

use super::{Ground, Kind, Trade};
use crate::ids::InstrumentId;

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// The number of goods of the owner's list; 0 = any.
    Goods,
    /// A date as days since 1 January 1970; 0 = none.
    Date,
    /// One of these, by its place from 0; the words' keys.
    Choice(&'static [&'static str]),
    /// One of these instruments of the programme, by its id.
    Instrument(Vec<InstrumentId>),
    /// A text, kept beside the numbers: so many characters as the range says; without an answer this one.
    Text(&'static str),
}

/// A field that matters only with certain answers to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Only {
    /// The other field: a choice.
    pub field: &'static str,
    /// Its answers with which this one is asked.
    pub is: &'static [i64],
}

/// One thing that is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// When it is asked; none = always.
    pub only: Option<Only>,
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
            fields: self.fields().filter(|field| field.quick).cloned().collect(),
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
            only: None,
        }
    }

    /// An amount that 0 leaves out, or a count of whole pieces: the same in every trade.
    fn plain(&self, key: &'static str, input: Input, range: (i64, i64), is: i64) -> Field {
        self.field(key, input, range, all(is))
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

fn quick(field: Field) -> Field {
    Field {
        quick: true,
        ..field
    }
}

/// A field that is asked only with these answers to another one.
fn only(field: &'static str, is: &'static [i64], asked: Field) -> Field {
    Field {
        only: Some(Only { field, is }),
        ..asked
    }
}

/// The steps of a kind for a trade, on a shop's ground.
#[must_use]
pub fn model(kind: Kind, trade: Trade, ground: &Ground<'_>) -> Model {
    let make = Maker {
        trade: usize::from(trade as u8 - 1),
        major: 10_i64.pow(u32::from(ground.exponent.min(4))),
    };
    let steps = match kind {
        Kind::Bonus => cards::bonus(&make),
        Kind::Stamps => cards::stamps(&make),
        Kind::Discount => cards::discount(&make),
        Kind::Offer => benefits::offer(&make),
        Kind::Coupon => benefits::coupon(&make),
        Kind::Greeting => benefits::greeting(&make),
        Kind::Club => status::club(&make),
        Kind::Issue => status::issue(&make, ground),
        Kind::Tiers => status::tiers(&make),
        Kind::Certificate => vouchers::certificate(&make),
        Kind::Numbered => vouchers::numbered(&make),
        Kind::Campaign => campaign::campaign(&make, ground),
        Kind::Referral => referral::referral(&make, ground),
    };
    Model { kind, trade, steps }
}
