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

pub use model::{Field, Input, Model, Only, Step, model};
pub use preview::{Preview, Sampled, preview};

use crate::ids::InstrumentId;
use crate::programme::{Instrument, Programme, Terms};

/// What the wizard can make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A bonus card.
    Bonus = 1,
    /// A stamp card.
    Stamps = 2,
    /// A discount card.
    Discount = 3,
    /// A present, a bundle, the favourite goods.
    Offer = 4,
    /// A coupon with a shared code.
    Coupon = 5,
    /// A greeting gift.
    Greeting = 6,
    /// A club.
    Club = 7,
    /// A receipt that earns a card.
    Issue = 8,
    /// Tiers.
    Tiers = 9,
    /// A gift certificate.
    Certificate = 20,
    /// A coupon of which each copy has a number of its own.
    Numbered = 21,
    /// A campaign with a budget.
    Campaign = 51,
    /// A reward for bringing friends.
    Referral = 61,
}

impl Kind {
    /// Every kind, in the order a shell offers them.
    pub const ALL: [Self; 13] = [
        Self::Bonus,
        Self::Stamps,
        Self::Discount,
        Self::Offer,
        Self::Coupon,
        Self::Greeting,
        Self::Club,
        Self::Issue,
        Self::Tiers,
        Self::Certificate,
        Self::Numbered,
        Self::Campaign,
        Self::Referral,
    ];

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
            Self::Offer => "offer",
            Self::Coupon => "coupon",
            Self::Greeting => "greeting",
            Self::Club => "club",
            Self::Issue => "issue",
            Self::Tiers => "tiers",
            Self::Certificate => "certificate",
            Self::Numbered => "numbered",
            Self::Campaign => "campaign",
            Self::Referral => "referral",
        }
    }

    /// The kind of an instrument, if the wizard makes such.
    #[must_use]
    pub const fn of(instrument: &Instrument) -> Option<Self> {
        match &instrument.terms {
            Terms::Bonus(_) => Some(Self::Bonus),
            Terms::Stamps(_) => Some(Self::Stamps),
            Terms::Discount(_) => Some(Self::Discount),
            Terms::Offer(_) => Some(Self::Offer),
            Terms::Coupon(_) => Some(Self::Coupon),
            Terms::Greeting(_) => Some(Self::Greeting),
            Terms::Club(_) => Some(Self::Club),
            Terms::Issue(_) => Some(Self::Issue),
            Terms::Tiers(_) => Some(Self::Tiers),
            Terms::Certificate(_) => Some(Self::Certificate),
            Terms::Numbered(_) => Some(Self::Numbered),
            Terms::Campaign(_) => Some(Self::Campaign),
            Terms::Referral(_) => Some(Self::Referral),
            Terms::Newer => None,
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

/// Where a draft is made: what it is held against.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The currency's number of minor digits.
    pub exponent: u8,
    /// The programme in force.
    pub programme: &'a Programme,
    /// The instrument of it that is being edited; none for a new one.
    pub edits: Option<InstrumentId>,
}

impl<'a> Ground<'a> {
    /// The same ground for editing an instrument, or for a new one.
    #[must_use]
    pub const fn editing(self, edits: Option<InstrumentId>) -> Self {
        Self { edits, ..self }
    }

    /// What is being edited.
    #[must_use]
    pub fn base(&self) -> Option<&'a Instrument> {
        self.programme.instrument(self.edits?)
    }

    /// The number that the draft's instrument gets: its own, or the next one.
    fn id(&self) -> InstrumentId {
        let last = self.programme.instruments().iter().map(|of| of.id.0).max();
        let next = InstrumentId(last.unwrap_or(0).saturating_add(1));
        self.base().map_or(next, |base| base.id)
    }
}

/// Answers so far; a field without an answer has its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What is being made.
    pub kind: Kind,
    /// For which trade.
    pub trade: Trade,
    /// As the owner calls it.
    pub name: String,
    /// Numbers by field.
    pub answers: BTreeMap<String, i64>,
    /// Texts by field.
    pub texts: BTreeMap<String, String>,
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
    /// A code is made of A–Z, 0–9 and -.
    Code,
    /// Another instrument has this code.
    Taken,
    /// What it names is not there.
    NotThere,
}

impl Wrong {
    /// The key of its words.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Below(_) => "below",
            Self::Above(_) => "above",
            Self::Name => "name",
            Self::Unknown => "unknown",
            Self::Together => "together",
            Self::Code => "code",
            Self::Taken => "taken",
            Self::NotThere => "not_there",
        }
    }
}

/// One field's problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which field.
    pub field: String,
    /// Why.
    pub why: Wrong,
}

impl Problem {
    fn at(field: &str, why: Wrong) -> Self {
        let field = field.to_owned();
        Self { field, why }
    }
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
            texts: BTreeMap::new(),
        }
    }

    /// A draft that says what a published instrument says, for editing it; none for kinds the wizard does not make.
    #[must_use]
    pub fn of(instrument: &Instrument, trade: Trade) -> Option<Self> {
        let mut draft = Self::new(Kind::of(instrument)?, trade, &instrument.name);
        draft.answers = build::answers(instrument);
        draft.texts = build::texts(instrument);
        Some(draft)
    }

    /// The value of a field: its answer or its default.
    #[must_use]
    pub fn value(&self, field: &Field) -> i64 {
        let answer = self.answers.get(field.key);
        answer.copied().unwrap_or(field.default)
    }

    /// The text of a field: its answer or its default, in capitals; empty for a field of numbers.
    #[must_use]
    pub fn text(&self, field: &Field) -> String {
        let Input::Text(default) = field.input else {
            return String::new();
        };
        let answer = self.texts.get(field.key).map(String::as_str);
        answer.unwrap_or(default).trim().to_uppercase()
    }

    /// Whether a field is asked with the answers so far.
    #[must_use]
    pub fn asks(&self, model: &Model, field: &Field) -> bool {
        field.only.is_none_or(|only| {
            let other = model.fields().find(|field| field.key == only.field);
            other.is_some_and(|other| only.is.contains(&self.value(other)))
        })
    }

    /// Everything that can't stand, field by field; empty if it may be published.
    #[must_use]
    pub fn check(&self, ground: &Ground<'_>) -> Vec<Problem> {
        self.publish(ground).err().unwrap_or_default()
    }

    /// The instrument of this draft; what it does not ask is kept from the one that it edits.
    ///
    /// # Errors
    /// Every [`Problem`], in the order of the model's fields.
    pub fn build(&self, ground: &Ground<'_>) -> Result<Instrument, Vec<Problem>> {
        let model = model(self.kind, self.trade, ground);
        let problems = self.problems(&model);
        if problems.is_empty() {
            build::instrument(self, &model, ground)
        } else {
            Err(problems)
        }
    }

    /// The next version of the programme, with this draft's instrument added or in the place of the one it edits.
    ///
    /// # Errors
    /// As [`build`](Self::build), and what does not go together with the rest of the programme.
    pub fn publish(&self, ground: &Ground<'_>) -> Result<Programme, Vec<Problem>> {
        let made = self.build(ground)?;
        let mut instruments = ground.programme.instruments().to_vec();
        instruments.retain(|of| of.id != made.id);
        instruments.push(made);
        let next = ground.programme.next(instruments);
        next.map_err(|error| vec![build::told(self.kind, error)])
    }

    fn problems(&self, model: &Model) -> Vec<Problem> {
        let mut problems = Vec::new();
        if !(1..=NAME_MAX).contains(&self.name.trim().chars().count()) {
            problems.push(Problem::at(NAME, Wrong::Name));
        }
        let asked = model.fields().filter(|field| self.asks(model, field));
        problems.extend(asked.filter_map(|field| {
            let why = self.wrong(field)?;
            Some(Problem::at(field.key, why))
        }));
        for key in self.answers.keys().chain(self.texts.keys()) {
            if !model.fields().any(|field| field.key == key) {
                problems.push(Problem::at(key, Wrong::Unknown));
            }
        }
        problems
    }

    fn wrong(&self, field: &Field) -> Option<Wrong> {
        let value = match &field.input {
            Input::Text(_) => i64::try_from(self.text(field).chars().count()).unwrap_or(i64::MAX),
            _ => self.value(field),
        };
        match &field.input {
            _ if value < field.least => Some(Wrong::Below(field.least)),
            _ if value > field.most => Some(Wrong::Above(field.most)),
            Input::Instrument(ids) => {
                let named = ids.iter().any(|id| i64::from(id.0) == value);
                (!named).then_some(Wrong::NotThere)
            }
            Input::Text(_) => {
                let letter = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-';
                (!self.text(field).bytes().all(letter)).then_some(Wrong::Code)
            }
            _ => None,
        }
    }
}
