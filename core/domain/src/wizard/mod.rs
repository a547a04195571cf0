//! The wizard's model (C2): for every kind of instrument a few steps of typed fields with defaults, ranges and a preview.
//!
//! Shells draw it and decide nothing. A draft is answers by field; building it makes an [`Instrument`] that the evaluator
//! takes like any other, and the preview is that evaluator on a sample receipt. Words for people live in the shells' table
//! under the keys of kinds, steps and fields. What was published is edited as a new version: what the wizard does not ask
//! is kept as it was (L9).

mod build;
mod model;
mod preview;

use std::collections::BTreeMap;

pub use model::{Field, Input, Model, Step, model};
pub use preview::{Preview, preview};

use crate::ids::InstrumentId;
use crate::programme::{Instrument, ProgrammeError, Terms};

/// What the wizard can make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A bonus card.
    Bonus = 1,
    /// A stamp card.
    Stamps = 2,
    /// A discount card.
    Discount = 3,
}

impl Kind {
    /// Every kind, in the order a shell offers them.
    pub const ALL: [Self; 3] = [Self::Bonus, Self::Stamps, Self::Discount];

    /// The kind with this number.
    #[must_use]
    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| *kind as u8 == number)
    }

    /// The key of its words.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Bonus => "bonus",
            Self::Stamps => "stamps",
            Self::Discount => "discount",
        }
    }

    /// The kind of an instrument, if the wizard makes such.
    #[must_use]
    pub const fn of(instrument: &Instrument) -> Option<Self> {
        match &instrument.terms {
            Terms::Bonus(_) => Some(Self::Bonus),
            Terms::Stamps(_) => Some(Self::Stamps),
            Terms::Discount(_) => Some(Self::Discount),
            // Kinds that the wizard does not make.
            _ => None,
        }
    }
}

/// What the shop sells: decides defaults and the sample receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trade {
    /// Coffee and food.
    Coffee = 1,
    /// Clothes and shoes.
    Clothes = 2,
    /// A beauty salon.
    Beauty = 3,
    /// Groceries.
    Grocery = 4,
    /// Services.
    Services = 5,
}

impl Trade {
    /// Every trade.
    pub const ALL: [Self; 5] = [
        Self::Coffee,
        Self::Clothes,
        Self::Beauty,
        Self::Grocery,
        Self::Services,
    ];

    /// The trade with this number.
    #[must_use]
    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|trade| *trade as u8 == number)
    }

    /// The key of its words.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Coffee => "coffee",
            Self::Clothes => "clothes",
            Self::Beauty => "beauty",
            Self::Grocery => "grocery",
            Self::Services => "services",
        }
    }
}

/// The field under which the name's problems are told.
pub const NAME: &str = "name";
/// Longest name, in characters.
pub const NAME_MAX: usize = 64;

/// Answers so far; a field without an answer has its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What is being made.
    pub kind: Kind,
    /// For which trade.
    pub trade: Trade,
    /// As the owner calls it.
    pub name: String,
    /// By field.
    pub answers: BTreeMap<String, i64>,
}

/// Why a field can't stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// Below this.
    Below(i64),
    /// Above this.
    Above(i64),
    /// A name has 1 to 64 characters.
    Name,
    /// The kind has no such field.
    Unknown,
    /// It does not go together with another field.
    Together,
}

/// One field's problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which field.
    pub field: String,
    /// Why.
    pub why: Wrong,
}

impl Draft {
    /// A draft without answers: every field has its default.
    #[must_use]
    pub fn new(kind: Kind, trade: Trade, name: &str) -> Self {
        Self {
            kind,
            trade,
            name: name.to_owned(),
            answers: BTreeMap::new(),
        }
    }

    /// A draft that says what a published instrument says, for editing it; none for kinds the wizard does not make.
    #[must_use]
    pub fn of(instrument: &Instrument, trade: Trade) -> Option<Self> {
        let mut draft = Self::new(Kind::of(instrument)?, trade, &instrument.name);
        draft.answers = build::answers(&instrument.terms);
        Some(draft)
    }

    /// The value of a field: its answer or its default.
    #[must_use]
    pub fn value(&self, field: &Field) -> i64 {
        self.answers
            .get(field.key)
            .copied()
            .unwrap_or(field.default)
    }

    /// Everything that can't stand, field by field; empty if it can be built. `exponent` is the currency's.
    #[must_use]
    pub fn check(&self, exponent: u8) -> Vec<Problem> {
        match self.build(InstrumentId(1), None, exponent) {
            Ok(_) => Vec::new(),
            Err(problems) => problems,
        }
    }

    /// The instrument of this draft; `base` is what it edits, whose other terms are kept.
    ///
    /// # Errors
    /// Every [`Problem`], in the order of the model's fields.
    pub fn build(
        &self,
        id: InstrumentId,
        base: Option<&Instrument>,
        exponent: u8,
    ) -> Result<Instrument, Vec<Problem>> {
        let model = model(self.kind, self.trade, exponent);
        let problems = self.problems(&model);
        if problems.is_empty() {
            build::instrument(self, &model, id, base)
        } else {
            Err(problems)
        }
    }

    fn problems(&self, model: &Model) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut tell = |field: &str, why| {
            problems.push(Problem {
                field: field.to_owned(),
                why,
            });
        };
        if !(1..=NAME_MAX).contains(&self.name.trim().chars().count()) {
            tell(NAME, Wrong::Name);
        }
        for field in model.fields() {
            let value = self.value(field);
            if value < field.least {
                tell(field.key, Wrong::Below(field.least));
            } else if value > field.most {
                tell(field.key, Wrong::Above(field.most));
            }
        }
        for key in self.answers.keys() {
            if !model.fields().any(|field| field.key == key) {
                tell(key, Wrong::Unknown);
            }
        }
        problems
    }
}

/// What the programme refuses although every field is in its range, told at the field that decides it.
fn together(error: ProgrammeError, field: &str) -> Vec<Problem> {
    let (field, why) = match error {
        ProgrammeError::Name => (NAME, Wrong::Name),
        _ => (field, Wrong::Together),
    };
    vec![Problem {
        field: field.to_owned(),
        why,
    }]
}
