//! The wizard at the border (C2): its steps, drafts that are saved and resumed, problems by field, a preview, publishing.
//!
//! A draft crosses whole, with what was answered so far: a shell sets a field of it and asks the core what that means.
//! Words are found under the keys, in `bindings/shells/wizard.txt`.

use kartka_core::domain::ids::InstrumentId;
use kartka_core::domain::quote::Quote;
use kartka_core::domain::wizard::{
    Draft, Field, Input, Kind, Model, Preview, Problem, Step, Trade as DomainTrade, Wrong,
};
use kartka_core::store::SavedDraft;

use crate::border::request_id;
use crate::codes::{Code, codes};
use crate::error::CoreError;
use crate::platform::ChangeTopic;
use crate::programme::Programme;
use crate::till::ClaimView;

/// What the wizard can make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum WizardKind {
    /// A bonus card.
    Bonus,
    /// A stamp card.
    Stamps,
    /// A discount card.
    Discount,
    /// A present, a bundle, the favourite goods.
    Offer,
    /// A coupon with a shared code.
    Coupon,
    /// A greeting gift.
    Greeting,
    /// A club.
    Club,
    /// A receipt that earns a card.
    Issue,
    /// Tiers.
    Tiers,
    /// A gift certificate.
    Certificate,
    /// A coupon of which each copy has a number of its own.
    NumberedCoupon,
    /// A campaign with a budget.
    Campaign,
    /// A reward for bringing friends.
    Referral,
}

/// What the shop sells: decides defaults and the sample receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Trade {
    /// Coffee and food.
    Coffee,
    /// Clothes and shoes.
    Clothes,
    /// A beauty salon.
    Beauty,
    /// Groceries.
    Grocery,
    /// Services.
    Services,
}

/// The steps of one kind.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WizardModel {
    /// The key of the kind's words.
    pub key: String,
    /// In their order.
    pub steps: Vec<WizardStep>,
    /// The one step of the quick mode; everything else stays at its default.
    pub quick: WizardStep,
}

/// Fields that are asked together.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WizardStep {
    /// Its key, also of its words.
    pub key: String,
    /// What is asked.
    pub fields: Vec<WizardField>,
}

/// One thing that is asked.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WizardField {
    /// Its key, also of its words.
    pub key: String,
    /// What it holds.
    pub input: WizardInput,
    /// Least value; of a text its fewest characters.
    pub least: i64,
    /// Largest value; of a text its most characters.
    pub most: i64,
    /// What it is without an answer.
    pub default: i64,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum WizardInput {
    /// Hundredths of a percent.
    Share,
    /// Minor units.
    Money,
    /// Points.
    Points,
    /// Pieces, stamps, times.
    Count,
    /// Days.
    Days,
    /// Months.
    Months,
    /// The number of goods of the owner's list; 0 = any.
    Goods,
    /// A date as days since 1 January 1970; 0 = none.
    Date,
    /// One of these, by its place from 0.
    Choice {
        /// Keys of their words.
        keys: Vec<String>,
    },
    /// One of these instruments, by its id.
    Instrument {
        /// Ids.
        ids: Vec<u32>,
    },
    /// A text.
    Text {
        /// What it is without an answer.
        default_text: String,
    },
}

/// Answers so far; a field without an answer has its default.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WizardDraft {
    /// Its number on this device; 0 until it is saved.
    #[uniffi(default = 0)]
    pub id: i64,
    /// What is being made.
    pub kind: WizardKind,
    /// For which trade.
    pub trade: Trade,
    /// As the owner calls it.
    pub name: String,
    /// Numbers by field.
    #[uniffi(default = [])]
    pub answers: Vec<WizardAnswer>,
    /// Texts by field.
    #[uniffi(default = [])]
    pub texts: Vec<WizardText>,
    /// The published instrument that it edits.
    #[uniffi(default = None)]
    pub instrument: Option<u32>,
    /// The step at which the owner stopped, from 0.
    #[uniffi(default = 0)]
    pub step: u8,
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WizardAnswer {
    /// The field's key.
    pub field: String,
    /// In the field's unit.
    pub value: i64,
}

/// One answer in words.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WizardText {
    /// The field's key.
    pub field: String,
    /// The text.
    pub value: String,
}

/// What a draft's answers mean so far.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WizardCheck {
    /// Keys of the fields that are asked with these answers.
    pub asked: Vec<String>,
    /// What can't stand; empty if it may be published.
    pub problems: Vec<WizardProblem>,
}

/// One field's problem.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WizardProblem {
    /// The field's key, or `name`.
    pub field: String,
    /// The key of its words, as in `wrong.below`.
    pub why: String,
    /// The bound that was left, if it is one.
    pub bound: Option<i64>,
}

/// A draft on a sample receipt.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WizardPreview {
    /// The first visit.
    pub first: WizardReceipt,
    /// The first visit that gives something; none within 120 weekly ones.
    pub gives: Option<WizardReceipt>,
}

/// A sample receipt. Money in minor units.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WizardReceipt {
    /// Which weekly visit, from 1.
    pub visit: u32,
    /// Before discounts.
    pub total: i64,
    /// What is left to pay.
    pub due: i64,
    /// What the ledger would be asked to do.
    pub claims: Vec<ClaimView>,
    /// What applied and what did not.
    pub said: Vec<Code>,
}

#[uniffi::export(async_runtime = "tokio")]
impl Programme {
    /// The steps of a kind, in the shop's currency and beside its programme; `instrument` is what is edited.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn wizard(
        &self,
        kind: WizardKind,
        trade: Trade,
        instrument: Option<u32>,
    ) -> Result<WizardModel, CoreError> {
        let model = self.border.read(move |shop| {
            let instrument = instrument.map(InstrumentId);
            Ok(shop.wizard(kind.into(), trade.into(), instrument)?.into())
        });
        model.await
    }

    /// A draft that says what a published instrument says, for editing it; nothing is saved yet.
    ///
    /// # Errors
    /// `NotFound` for an instrument that is not in force or that the wizard does not make.
    pub async fn edit_instrument(
        &self,
        instrument: u32,
        trade: Trade,
    ) -> Result<WizardDraft, CoreError> {
        let draft = self.border.read(move |shop| {
            let id = InstrumentId(instrument);
            let draft = shop.edit_instrument(id, trade.into())?;
            Ok(WizardDraft::of(0, draft, Some(id), 0))
        });
        draft.await
    }

    /// Which fields are asked with a draft's answers, and what can't stand.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn check_draft(&self, draft: WizardDraft) -> Result<WizardCheck, CoreError> {
        let check = self.border.read(move |shop| {
            let instrument = draft.instrument.map(InstrumentId);
            let draft = Draft::from(draft);
            let model = shop.wizard(draft.kind, draft.trade, instrument)?;
            let asked = model.fields().filter(|field| draft.asks(&model, field));
            let problems = shop.check_draft(&draft, instrument)?;
            Ok(WizardCheck {
                asked: asked.map(|field| field.key.to_owned()).collect(),
                problems: problems.into_iter().map(WizardProblem::from).collect(),
            })
        });
        check.await
    }

    /// The draft on a sample receipt, by the evaluator of the till; none while it has problems.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn preview_draft(
        &self,
        draft: WizardDraft,
    ) -> Result<Option<WizardPreview>, CoreError> {
        let preview = self.border.read(move |shop| {
            let shown = shop.preview_draft(&Draft::from(draft))?;
            Ok(shown.ok().map(WizardPreview::from))
        });
        preview.await
    }

    /// Goods and groups that the programme with this draft names and the shop has never sold: to be shown before it is
    /// published. Reads every purchase that is here.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn never_sold(&self, draft: WizardDraft) -> Result<Vec<Code>, CoreError> {
        let said = self.border.read(move |shop| {
            let instrument = draft.instrument.map(InstrumentId);
            Ok(codes(shop.never_sold(&Draft::from(draft), instrument)?))
        });
        said.await
    }

    /// Saves a draft as it is, finished or not; answers with its number.
    ///
    /// # Errors
    /// `Validation` for a draft that is too large; `NotFound` for a number that is gone; the situation of the disk.
    pub async fn save_draft(&self, draft: WizardDraft) -> Result<i64, CoreError> {
        let saved = self.border.write(&[], move |shop| {
            let (id, step) = (draft.id, draft.step);
            let instrument = draft.instrument.map(InstrumentId);
            Ok(shop.save_draft(id, &Draft::from(draft), instrument, step)?)
        });
        saved.await
    }

    /// All drafts of this device, the last one worked on first.
    ///
    /// # Errors
    /// The situation of the disk.
    pub async fn drafts(&self) -> Result<Vec<WizardDraft>, CoreError> {
        let drafts = self.border.read(|shop| {
            let saved = shop.drafts()?.into_iter().map(WizardDraft::from);
            Ok(saved.collect())
        });
        drafts.await
    }

    /// Lets go of a draft; one that is gone already is no error.
    ///
    /// # Errors
    /// The situation of the disk.
    pub async fn drop_draft(&self, draft: i64) -> Result<(), CoreError> {
        let dropped = self
            .border
            .write(&[], move |shop| Ok(shop.drop_draft(draft)?));
        dropped.await
    }

    /// Publishes a saved draft; answers with the version of the programme. What was issued keeps its terms (L9).
    ///
    /// # Errors
    /// `RuleRejected` without the right to change the programme; `Validation` for a draft that has problems;
    /// `NotFound`; the situation of the disk.
    pub async fn publish_draft(&self, request: Vec<u8>, draft: i64) -> Result<u32, CoreError> {
        let topics = &[ChangeTopic::Sales, ChangeTopic::Sync];
        let published = self.border.write(topics, move |shop| {
            Ok(shop.publish_draft(request_id(&request)?, draft)?.0)
        });
        published.await
    }
}

impl From<WizardKind> for Kind {
    fn from(kind: WizardKind) -> Self {
        match kind {
            WizardKind::Bonus => Self::Bonus,
            WizardKind::Stamps => Self::Stamps,
            WizardKind::Discount => Self::Discount,
            WizardKind::Offer => Self::Offer,
            WizardKind::Coupon => Self::Coupon,
            WizardKind::Greeting => Self::Greeting,
            WizardKind::Club => Self::Club,
            WizardKind::Issue => Self::Issue,
            WizardKind::Tiers => Self::Tiers,
            WizardKind::Certificate => Self::Certificate,
            WizardKind::NumberedCoupon => Self::Numbered,
            WizardKind::Campaign => Self::Campaign,
            WizardKind::Referral => Self::Referral,
        }
    }
}

impl From<Kind> for WizardKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Bonus => Self::Bonus,
            Kind::Stamps => Self::Stamps,
            Kind::Discount => Self::Discount,
            Kind::Offer => Self::Offer,
            Kind::Coupon => Self::Coupon,
            Kind::Greeting => Self::Greeting,
            Kind::Club => Self::Club,
            Kind::Issue => Self::Issue,
            Kind::Tiers => Self::Tiers,
            Kind::Certificate => Self::Certificate,
            Kind::Numbered => Self::NumberedCoupon,
            Kind::Campaign => Self::Campaign,
            Kind::Referral => Self::Referral,
        }
    }
}

impl From<Trade> for DomainTrade {
    fn from(trade: Trade) -> Self {
        match trade {
            Trade::Coffee => Self::Coffee,
            Trade::Clothes => Self::Clothes,
            Trade::Beauty => Self::Beauty,
            Trade::Grocery => Self::Grocery,
            Trade::Services => Self::Services,
        }
    }
}

impl From<DomainTrade> for Trade {
    fn from(trade: DomainTrade) -> Self {
        match trade {
            DomainTrade::Coffee => Self::Coffee,
            DomainTrade::Clothes => Self::Clothes,
            DomainTrade::Beauty => Self::Beauty,
            DomainTrade::Grocery => Self::Grocery,
            DomainTrade::Services => Self::Services,
        }
    }
}

impl From<Model> for WizardModel {
    fn from(model: Model) -> Self {
        Self {
            key: model.kind.key().to_owned(),
            quick: (&model.quick()).into(),
            steps: model.steps.iter().map(WizardStep::from).collect(),
        }
    }
}

impl From<&Step> for WizardStep {
    fn from(step: &Step) -> Self {
        Self {
            key: step.key.to_owned(),
            fields: step.fields.iter().map(WizardField::from).collect(),
        }
    }
}

impl From<&Field> for WizardField {
    fn from(field: &Field) -> Self {
        Self {
            key: field.key.to_owned(),
            input: (&field.input).into(),
            least: field.least,
            most: field.most,
            default: field.default,
        }
    }
}

impl From<&Input> for WizardInput {
    fn from(input: &Input) -> Self {
        match input {
            Input::Share => Self::Share,
            Input::Money => Self::Money,
            Input::Points => Self::Points,
            Input::Count => Self::Count,
            Input::Days => Self::Days,
            Input::Months => Self::Months,
            Input::Goods => Self::Goods,
            Input::Date => Self::Date,
            Input::Choice(keys) => Self::Choice {
                keys: keys.iter().map(|key| (*key).to_owned()).collect(),
            },
            Input::Instrument(ids) => Self::Instrument {
                ids: ids.iter().map(|id| id.0).collect(),
            },
            Input::Text(default) => Self::Text {
                default_text: (*default).to_owned(),
            },
        }
    }
}

impl WizardDraft {
    fn of(id: i64, draft: Draft, instrument: Option<InstrumentId>, step: u8) -> Self {
        let answer = |(field, value)| WizardAnswer { field, value };
        let text = |(field, value)| WizardText { field, value };
        Self {
            id,
            kind: draft.kind.into(),
            trade: draft.trade.into(),
            name: draft.name,
            answers: draft.answers.into_iter().map(answer).collect(),
            texts: draft.texts.into_iter().map(text).collect(),
            instrument: instrument.map(|id| id.0),
            step,
        }
    }
}

impl From<SavedDraft> for WizardDraft {
    fn from(saved: SavedDraft) -> Self {
        Self::of(saved.id, saved.draft, saved.instrument, saved.step)
    }
}

impl From<WizardDraft> for Draft {
    fn from(draft: WizardDraft) -> Self {
        let answers = draft.answers.into_iter();
        let texts = draft.texts.into_iter();
        Self {
            kind: draft.kind.into(),
            trade: draft.trade.into(),
            name: draft.name,
            answers: answers.map(|answer| (answer.field, answer.value)).collect(),
            texts: texts.map(|text| (text.field, text.value)).collect(),
        }
    }
}

impl From<Problem> for WizardProblem {
    fn from(problem: Problem) -> Self {
        let bound = match problem.why {
            Wrong::Below(bound) | Wrong::Above(bound) => Some(bound),
            Wrong::Name
            | Wrong::Unknown
            | Wrong::Together
            | Wrong::Code
            | Wrong::Taken
            | Wrong::NotThere => None,
        };
        Self {
            field: problem.field,
            why: problem.why.key().to_owned(),
            bound,
        }
    }
}

impl From<Preview> for WizardPreview {
    fn from(preview: Preview) -> Self {
        Self {
            first: WizardReceipt::of(1, preview.first),
            gives: preview
                .gives
                .map(|(visit, quote)| WizardReceipt::of(visit, quote)),
        }
    }
}

impl WizardReceipt {
    fn of(visit: u32, quote: Quote) -> Self {
        Self {
            visit,
            total: quote.total.0,
            due: quote.due.0,
            claims: quote.claims.iter().map(ClaimView::from).collect(),
            said: codes(quote.said),
        }
    }
}
