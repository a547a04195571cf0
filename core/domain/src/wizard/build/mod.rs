//! Answers → instrument, and back for editing.

mod benefits;
mod campaign;
mod cards;
mod referral;
mod status;
mod vouchers;

use std::collections::BTreeMap;

use super::{Draft, Ground, Kind, Model, NAME, Problem, Wrong};
use crate::ids::{InstrumentId, ProgrammeVersion};
use crate::money::{Money, Stamps};
use crate::programme::{
    Audience, BonusCard, Goods, Instrument, Programme, ProgrammeError, StampCard, StampFor, Terms,
};
use crate::purchase::GoodsId;

/// Answers by field key.
type Pairs = Vec<(&'static str, i64)>;

/// Values by field key.
struct Values<'a> {
    draft: &'a Draft,
    model: &'a Model,
    /// What the instrument that is being edited says; nothing for a new one.
    before: BTreeMap<String, i64>,
}

impl Values<'_> {
    fn get(&self, key: &str) -> i64 {
        let field = self.model.fields().find(|field| field.key == key);
        field.map_or(0, |field| self.draft.value(field))
    }

    fn text(&self, key: &str) -> String {
        let field = self.model.fields().find(|field| field.key == key);
        field.map_or_else(String::new, |field| self.draft.text(field))
    }

    /// A value that its field's range keeps within 16 bits.
    fn small(&self, key: &str) -> u16 {
        u16::try_from(self.get(key)).unwrap_or(u16::MAX)
    }

    /// A number of times or days that 0 leaves out.
    fn limit(&self, key: &str) -> Option<u32> {
        u32::try_from(self.get(key)).ok().filter(|n| *n > 0)
    }

    fn money(&self, key: &str) -> Money {
        Money(self.get(key))
    }

    /// Whether these say what they said before: then what can't be asked is kept whole.
    fn same(&self, keys: &[&str]) -> bool {
        keys.iter().all(|key| match self.before.get(*key) {
            Some(before) => *before == self.get(key),
            None => !self.draft.answers.contains_key(*key),
        })
    }

    /// The goods that a field names; a list that is longer is kept until the field says something else.
    fn goods(&self, key: &str, before: Option<&Goods>) -> Goods {
        match before {
            Some(goods) if self.same(&[key]) => goods.clone(),
            _ => Goods {
                goods: Some(self.get(key))
                    .filter(|id| *id != 0)
                    .map(GoodsId)
                    .into_iter()
                    .collect(),
                groups: Vec::new(),
            },
        }
    }
}

/// The one good that is named, 0 for any and for more.
fn one_of(goods: &Goods) -> i64 {
    match (goods.goods.as_slice(), goods.groups.as_slice()) {
        ([only], []) => only.0,
        _ => 0,
    }
}

/// Makes the instrument; the fields are in their ranges.
pub(super) fn instrument(
    draft: &Draft,
    model: &Model,
    ground: &Ground<'_>,
) -> Result<Instrument, Vec<Problem>> {
    let base = ground.base();
    let base = base.filter(|base| Kind::of(base) == Some(draft.kind));
    let before = base.map(answers).unwrap_or_default();
    let values = Values {
        draft,
        model,
        before,
    };
    let terms = terms(&values, draft.kind, base.map(|base| &base.terms))?;
    let (id, name) = (ground.id(), draft.name.trim());
    let mut made = match base {
        Some(base) => base.clone(),
        None => Instrument::plain(id, name, terms.clone()),
    };
    (made.id, made.name, made.terms) = (id, name.to_owned(), terms);
    if draft.kind == Kind::Issue && base.is_none() {
        // Who earns a card is nobody known yet, as a rule (C6).
        made.rules.scope.audience = Audience::Anybody;
    }
    benefits::bounded(&values, draft.kind, &mut made);
    if draft.kind == Kind::Campaign {
        campaign::begins(&values, &mut made);
    }
    // The programme's own word on it: what it refuses here it would refuse at publishing. What it refers to is not here.
    match Programme::publish(ProgrammeVersion(1), vec![made.clone()]) {
        Ok(_) | Err(ProgrammeError::Refers(_)) => Ok(made),
        Err(error) => Err(vec![told(draft.kind, error)]),
    }
}

fn terms(values: &Values<'_>, kind: Kind, base: Option<&Terms>) -> Result<Terms, Vec<Problem>> {
    Ok(match (kind, base) {
        (Kind::Bonus, Some(Terms::Bonus(card))) => cards::bonus(values, card.clone()),
        (Kind::Bonus, _) => cards::bonus(values, BonusCard::plain(0, Money(1))),
        (Kind::Stamps, Some(Terms::Stamps(card))) => cards::stamps(values, card.clone()),
        (Kind::Stamps, _) => {
            let card = StampCard::plain(StampFor::Visit, Stamps(1), Money::ZERO);
            cards::stamps(values, card)
        }
        (Kind::Discount, _) => cards::discount(values)?,
        (Kind::Offer, base) => benefits::offer(values, base),
        (Kind::Coupon, base) => benefits::coupon(values, base),
        (Kind::Greeting, base) => benefits::greeting(values, base),
        (Kind::Club, _) => status::club(values)?,
        (Kind::Issue, _) => status::issue(values),
        (Kind::Tiers, base) => status::tiers(values, base)?,
        (Kind::Certificate, base) => vouchers::certificate(values, base)?,
        (Kind::Numbered, base) => vouchers::numbered(values, base),
        (Kind::Campaign, base) => campaign::campaign(values, base),
        (Kind::Referral, _) => referral::referral(values),
    })
}

/// What the programme refuses although every field is in its range, told at the field that decides it.
pub(super) fn told(kind: Kind, error: ProgrammeError) -> Problem {
    let decides = match kind {
        Kind::Bonus | Kind::Discount | Kind::Coupon | Kind::Greeting | Kind::Numbered => "rate",
        Kind::Stamps => "size",
        Kind::Offer => "what",
        Kind::Club => "joining",
        Kind::Issue => "card",
        Kind::Tiers => "first_from",
        Kind::Certificate => "least",
        Kind::Campaign => "more",
        Kind::Referral => "card",
    };
    match error {
        ProgrammeError::Name => Problem::at(NAME, Wrong::Name),
        ProgrammeError::SameCode(_) => Problem::at("code", Wrong::Taken),
        ProgrammeError::Family(_) => Problem::at("family", Wrong::Together),
        ProgrammeError::Refers(_) if kind == Kind::Campaign => Problem::at("card", Wrong::NotThere),
        ProgrammeError::Days(_) => Problem::at("last_day", Wrong::Together),
        ProgrammeError::Refers(_) => Problem::at(decides, Wrong::NotThere),
        _ => Problem::at(decides, Wrong::Together),
    }
}

/// What a published instrument says, field by field; what the wizard can't say is left to the defaults.
pub(super) fn answers(of: &Instrument) -> BTreeMap<String, i64> {
    let mut pairs: Pairs = match &of.terms {
        Terms::Bonus(card) => cards::of_bonus(card),
        Terms::Stamps(card) => cards::of_stamps(card),
        Terms::Discount(card) => cards::of_discount(card),
        Terms::Offer(offer) => benefits::of_offer(offer),
        Terms::Coupon(coupon) => benefits::of_coupon(coupon),
        Terms::Greeting(greeting) => benefits::of_greeting(greeting),
        Terms::Club(club) => status::of_club(club),
        Terms::Issue(issue) => status::of_issue(issue),
        Terms::Tiers(tiers) => status::of_tiers(tiers),
        Terms::Certificate(of) => vouchers::of_certificate(of),
        Terms::Numbered(of) => vouchers::of_numbered(of),
        Terms::Campaign(campaign) => campaign::of_campaign(campaign, of),
        Terms::Referral(of) => referral::of_referral(of),
        // Nothing is known of it.
        Terms::Newer => Pairs::new(),
    };
    if Kind::of(of).is_some_and(benefits::is_bounded) {
        pairs.extend(benefits::of_bounds(&of.rules));
    }
    pairs
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

/// Likewise, its texts.
pub(super) fn texts(of: &Instrument) -> BTreeMap<String, String> {
    match &of.terms {
        Terms::Coupon(coupon) => [("code".to_owned(), coupon.code.clone())].into(),
        _ => BTreeMap::new(),
    }
}

/// A place in the programme; a field's range keeps it within 32 bits.
fn instrument_id(value: i64) -> InstrumentId {
    InstrumentId(u32::try_from(value).unwrap_or(0))
}
