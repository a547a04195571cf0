//! Customers at the border: forms in, sheets out.

use std::sync::Arc;

use kartka_core::domain::customer::Will as DomainWill;
use kartka_core::domain::held::{PointsHeld, StampsHeld};
use kartka_core::domain::ids::{CustomerId, EntryId, InstrumentId};
use kartka_core::domain::row::{Merge, MergeReason};
use kartka_core::query::customer::CustomerSheet as CoreSheet;
use kartka_core::query::history::HistoryKey as CoreKey;
use kartka_core::usecase::customers::{NewCard, ProfileForm, Registration as CoreRegistration};
use kartka_core::usecase::merge::Member;

use crate::border::{Border, request_id};
use crate::cards::{Card, card_number};
use crate::codes::{Code, codes};
use crate::error::{CoreError, Failure};
use crate::platform::ChangeTopic;
use crate::till::{HistoryKey, HistoryPage, PurchaseView};

/// What writing about a customer changes.
pub(crate) const WRITTEN: &[ChangeTopic] = &[ChangeTopic::Customers, ChangeTopic::Sync];

/// Registering, finding and looking at customers.
#[derive(uniffi::Object)]
pub struct Customers {
    pub(crate) border: Arc<Border>,
}

/// A profile as typed; what is empty is not given.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Profile {
    /// Given name.
    #[uniffi(default = "")]
    pub given: String,
    /// Family name.
    #[uniffi(default = "")]
    pub family: String,
    /// Phone numbers as typed.
    #[uniffi(default = [])]
    pub phones: Vec<String>,
    /// Email addresses.
    #[uniffi(default = [])]
    pub emails: Vec<String>,
    /// Birthday.
    #[uniffi(default = None)]
    pub birthday: Option<Birthday>,
    /// A note.
    #[uniffi(default = "")]
    pub note: String,
}

/// A birthday, with or without its year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Birthday {
    /// 1–12.
    pub month: u8,
    /// 1–31.
    pub day: u8,
    /// The year, if known.
    pub year: Option<i32>,
}

/// A new customer.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Registration {
    /// Who; may be empty when a card is given.
    pub profile: Profile,
    /// The version of the wording under which the person agreed to be contacted, if they did.
    #[uniffi(default = None)]
    pub marketing_consent: Option<u32>,
    /// A card for them.
    pub card: CardChoice,
    /// Who brought them, if somebody did.
    #[uniffi(default = None)]
    pub referrer: Option<i64>,
}

/// Which card a new customer gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum CardChoice {
    /// None yet.
    NoCard,
    /// The next number of this device's emission.
    Issue,
    /// A card that was scanned or typed.
    Bind {
        /// Its number.
        card: i64,
    },
}

/// Given or taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Will {
    /// The person agreed.
    Given,
    /// The person withdrew, or never agreed.
    Withdrawn,
}

/// What staff see of a customer.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CustomerSheet {
    /// Internal id, of the group's first member.
    pub id: i64,
    /// Their name; none for an anonymous card.
    pub name: Option<String>,
    /// Phone numbers in digits, country first.
    pub phones: Vec<String>,
    /// When to congratulate, if they told it and the operator may see contacts.
    pub birthday: Option<Birthday>,
    /// Cards of the whole group.
    pub cards: Vec<Card>,
    /// Points per bonus card of the programme.
    pub points: Vec<PointsView>,
    /// Stamps per stamp card of the programme.
    pub stamps: Vec<StampsView>,
    /// Levels held in tiers (Q2).
    pub levels: Vec<LevelView>,
    /// Purchases that count.
    pub visits: i64,
    /// Money spent, in minor units, less returns.
    pub spent: i64,
    /// Business date of the last purchase.
    pub last_visit: Option<String>,
    /// Whether news and offers may be sent.
    pub marketing: Will,
    /// What staff should know.
    pub flags: Vec<Code>,
}

/// Points of one bonus card.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PointsView {
    /// Which instrument.
    pub instrument: u32,
    /// Everything, less the debt; may be negative (L10).
    pub balance: i64,
    /// What may be spent today, as far as this device knows.
    pub spendable: i64,
    /// Points not available yet (L8).
    pub pending: i64,
    /// What the spendable points are worth, in minor units.
    pub worth: i64,
    /// The soonest last day of some points.
    pub expires_on: Option<String>,
    /// Points that end on that day.
    pub expiring: i64,
}

/// Stamps of one stamp card.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct StampsView {
    /// Which instrument.
    pub instrument: u32,
    /// Stamps collected; may be negative after a return (L10).
    pub stamps: i64,
    /// Stamps of a full card.
    pub size: i64,
}

/// A level held in tiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct LevelView {
    /// Which instrument.
    pub instrument: u32,
    /// Which level, from 1.
    pub level: u8,
}

impl Customers {
    pub(crate) fn at(border: &Arc<Border>) -> Self {
        let border = Arc::clone(border);
        Self { border }
    }
}

/// Why and with whom a customer is one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct MergeView {
    /// Which merge, for undoing it.
    pub merge: i64,
    /// One of the two.
    pub one: i64,
    /// The other.
    pub other: i64,
    /// Whether somebody decided it; else both were given the same card.
    pub by_hand: bool,
}

/// One of those who were joined into one person, as they are by themselves.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MemberView {
    /// Their own id.
    pub customer: i64,
    /// Their own name; none for an anonymous card.
    pub name: Option<String>,
    /// Their own cards.
    pub cards: Vec<Card>,
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        Self {
            customer: member.id.get(),
            name: member.name,
            cards: member.cards.into_iter().map(Card::from).collect(),
        }
    }
}

impl From<Merge> for MergeView {
    fn from(merge: Merge) -> Self {
        Self {
            merge: merge.id.get(),
            one: merge.a.get(),
            other: merge.b.get(),
            by_hand: merge.reason == MergeReason::ByHand,
        }
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl Customers {
    /// Registers a customer, with consent and card, in one step; answers with the id.
    ///
    /// # Errors
    /// `Validation` with the subject; `Duplicate` when somebody has the phone number or the card; `NotPaired`; the
    /// situation of the disk.
    pub async fn register(&self, request: Vec<u8>, form: Registration) -> Result<i64, CoreError> {
        let register = self.border.write(WRITTEN, move |shop| {
            let form = registration(form)?;
            Ok(shop.register(request_id(&request)?, &form)?.get())
        });
        register.await
    }

    /// Writes the given parts of a profile; what is empty stays as it is.
    ///
    /// # Errors
    /// `NotFound`; `Validation` with the subject; the situation of the disk.
    pub async fn edit(
        &self,
        request: Vec<u8>,
        customer: i64,
        profile: Profile,
    ) -> Result<(), CoreError> {
        let edit = self.border.write(WRITTEN, move |shop| {
            let request = request_id(&request)?;
            Ok(shop.edit(request, customer_id(customer)?, &profile.into())?)
        });
        edit.await
    }

    /// Gives or withdraws consent to news and offers under version `wording` of the text that was shown.
    ///
    /// # Errors
    /// `NotFound`; the situation of the disk.
    pub async fn consent(
        &self,
        request: Vec<u8>,
        customer: i64,
        wording: u32,
        will: Will,
    ) -> Result<(), CoreError> {
        let consent = self.border.write(WRITTEN, move |shop| {
            let (request, customer) = (request_id(&request)?, customer_id(customer)?);
            Ok(shop.consent(request, customer, wording, will.into())?)
        });
        consent.await
    }

    /// Joins two customers who are one person; what waits in the inbox about just these two is closed. It can be undone.
    ///
    /// # Errors
    /// `NotFound`; `Duplicate` for two who are one person already; `RuleRejected` with the missing right.
    pub async fn merge(&self, request: Vec<u8>, one: i64, other: i64) -> Result<(), CoreError> {
        let merge = self.border.write(WRITTEN, move |shop| {
            let (one, other) = (customer_id(one)?, customer_id(other)?);
            Ok(shop.merge(request_id(&request)?, one, other)?)
        });
        merge.await
    }

    /// Switches a merge off: both have again what is theirs, less what the other used of it meanwhile.
    ///
    /// # Errors
    /// `NotFound` for a merge that is not there or is off; `RuleRejected` with the missing right.
    pub async fn unmerge(
        &self,
        request: Vec<u8>,
        customer: i64,
        merge: i64,
    ) -> Result<(), CoreError> {
        let unmerge = self.border.write(WRITTEN, move |shop| {
            let merge = EntryId::new(merge).map_err(|_| CoreError::NotFound)?;
            let customer = customer_id(customer)?;
            Ok(shop.unmerge(request_id(&request)?, customer, merge)?)
        });
        unmerge.await
    }

    /// The merges that make this customer one person with others, oldest first.
    ///
    /// # Errors
    /// `NotFound`; the situation of the disk.
    pub async fn merges(&self, customer: i64) -> Result<Vec<MergeView>, CoreError> {
        let merges = self.border.read(move |shop| {
            let all = shop.merges(customer_id(customer)?)?;
            Ok(all.into_iter().map(MergeView::from).collect())
        });
        merges.await
    }

    /// Everybody who is one person with this customer, each with their own name and cards.
    ///
    /// # Errors
    /// `NotFound`; the situation of the disk.
    pub async fn members(&self, customer: i64) -> Result<Vec<MemberView>, CoreError> {
        let members = self.border.read(move |shop| {
            let all = shop.members(customer_id(customer)?)?;
            Ok(all.into_iter().map(MemberView::from).collect())
        });
        members.await
    }

    /// Customers whose phone number ends in the typed digits or whose name starts with the typed letters; at most
    /// `limit` (1–200), best match first.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn find(&self, text: String, limit: u32) -> Result<Vec<CustomerSheet>, CoreError> {
        let find = self.border.read(move |shop| {
            let found = shop.find(&text, limit)?;
            Ok(found.into_iter().map(CustomerSheet::from).collect())
        });
        find.await
    }

    /// Everything the Customer screen shows.
    ///
    /// # Errors
    /// `NotFound`; `NotPaired`; the situation of the disk.
    pub async fn sheet(&self, customer: i64) -> Result<CustomerSheet, CoreError> {
        let sheet = self
            .border
            .read(move |shop| Ok(shop.customer(customer_id(customer)?)?.into()));
        sheet.await
    }

    /// A page of at most `limit` (1–200) purchases of a person, newest first, from after the key of the last page.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn history(
        &self,
        customer: i64,
        after: Option<HistoryKey>,
        limit: u32,
    ) -> Result<HistoryPage, CoreError> {
        let history = self.border.read(move |shop| {
            let after = after.map(|key| CoreKey::from_parts(key.day, key.purchase));
            let (purchases, next) = shop.history(customer_id(customer)?, after, limit)?;
            Ok(HistoryPage {
                purchases: purchases.into_iter().map(PurchaseView::from).collect(),
                next: next.map(HistoryKey::from),
            })
        });
        history.await
    }
}

impl From<Profile> for ProfileForm {
    fn from(profile: Profile) -> Self {
        Self {
            given: profile.given,
            family: profile.family,
            phones: profile.phones,
            emails: profile.emails,
            birthday: profile.birthday.map(|b| (b.month, b.day, b.year)),
            note: profile.note,
        }
    }
}

fn registration(form: Registration) -> Result<CoreRegistration, Failure> {
    Ok(CoreRegistration {
        profile: form.profile.into(),
        marketing_consent: form.marketing_consent,
        card: match form.card {
            CardChoice::NoCard => NewCard::None,
            CardChoice::Issue => NewCard::Issue,
            CardChoice::Bind { card } => NewCard::Bind(card_number(card)?),
        },
        referrer: form.referrer.map(customer_id).transpose()?,
    })
}

impl From<DomainWill> for Will {
    fn from(will: DomainWill) -> Self {
        match will {
            DomainWill::Given => Self::Given,
            DomainWill::Withdrawn => Self::Withdrawn,
        }
    }
}

impl From<Will> for DomainWill {
    fn from(will: Will) -> Self {
        match will {
            Will::Given => Self::Given,
            Will::Withdrawn => Self::Withdrawn,
        }
    }
}

impl From<CoreSheet> for CustomerSheet {
    fn from(sheet: CoreSheet) -> Self {
        Self {
            id: sheet.id.get(),
            name: sheet.name,
            phones: sheet.phones.iter().map(|p| p.digits().to_owned()).collect(),
            birthday: sheet.birthday.map(|told| {
                let (month, day, year) = told.parts();
                Birthday { month, day, year }
            }),
            cards: sheet.cards.into_iter().map(Card::from).collect(),
            points: sheet.points.into_iter().map(PointsView::from).collect(),
            stamps: sheet.stamps.into_iter().map(StampsView::from).collect(),
            levels: sheet.levels.into_iter().map(LevelView::from).collect(),
            visits: sheet.visits,
            spent: sheet.spent.0,
            last_visit: sheet.last_visit.map(|date| date.to_string()),
            marketing: match sheet.marketing {
                DomainWill::Given => Will::Given,
                DomainWill::Withdrawn => Will::Withdrawn,
            },
            flags: codes(sheet.flags),
        }
    }
}

impl From<(InstrumentId, u8)> for LevelView {
    fn from((instrument, level): (InstrumentId, u8)) -> Self {
        Self {
            instrument: instrument.0,
            level,
        }
    }
}

impl From<PointsHeld> for PointsView {
    fn from(view: PointsHeld) -> Self {
        Self {
            instrument: view.instrument.0,
            balance: view.balance.0,
            spendable: view.spendable.0,
            pending: view.pending.0,
            worth: view.worth.0,
            expires_on: view.expiring.map(|(last, _)| last.to_string()),
            expiring: view.expiring.map_or(0, |(_, points)| points.0),
        }
    }
}

impl From<StampsHeld> for StampsView {
    fn from(view: StampsHeld) -> Self {
        Self {
            instrument: view.instrument.0,
            stamps: view.stamps.0,
            size: view.size.0,
        }
    }
}

/// A customer as the shell names them; a number that is no id names nobody.
pub(crate) fn customer_id(raw: i64) -> Result<CustomerId, Failure> {
    CustomerId::new(raw).map_err(|_| CoreError::NotFound.into())
}
