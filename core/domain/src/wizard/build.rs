//! Answers → instrument, and back for editing.

use std::collections::BTreeMap;

use super::{Draft, Kind, Model, Problem, Wrong, together};
use crate::ids::{InstrumentId, ProgrammeVersion};
use crate::money::{Money, Points, Stamps};
use crate::programme::{
    BonusCard, DiscountCard, Expiry, Instrument, OfflinePolicy, Programme, Reward, StampCard,
    StampFor, Step, Terms,
};

/// A day: how old the authority's word may be where redeeming offline is capped.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// The phone's budget in caps of single customers.
const CAPS_PER_DEVICE: i64 = 10;

/// Values by field key.
struct Values<'a> {
    draft: &'a Draft,
    model: &'a Model,
}

impl Values<'_> {
    fn get(&self, key: &str) -> i64 {
        let field = self.model.fields().find(|field| field.key == key);
        field.map_or(0, |field| self.draft.value(field))
    }

    /// A value that its field's range keeps within 16 bits.
    fn small(&self, key: &str) -> u16 {
        u16::try_from(self.get(key)).unwrap_or(u16::MAX)
    }
}

/// Makes the instrument; the fields are in their ranges.
pub(super) fn instrument(
    draft: &Draft,
    model: &Model,
    id: InstrumentId,
    base: Option<&Instrument>,
) -> Result<Instrument, Vec<Problem>> {
    let values = Values { draft, model };
    let base = base.filter(|base| Kind::of(base) == Some(draft.kind));
    let name = draft.name.trim();
    let (terms, told) = match (draft.kind, base.map(|base| &base.terms)) {
        (Kind::Bonus, Some(Terms::Bonus(card))) => (bonus(&values, card.clone()), "rate"),
        (Kind::Bonus, _) => (bonus(&values, BonusCard::plain(0, Money(1))), "rate"),
        (Kind::Stamps, Some(Terms::Stamps(card))) => (stamps(&values, card.clone()), "size"),
        (Kind::Stamps, _) => {
            let card = StampCard::plain(StampFor::Visit, Stamps(1), Money::ZERO);
            (stamps(&values, card), "size")
        }
        (Kind::Discount, _) => (discount(&values)?, "rate"),
    };
    let mut made = match base {
        Some(base) => base.clone(),
        None => Instrument::plain(id, name, terms.clone()),
    };
    (made.id, made.name, made.terms) = (id, name.to_owned(), terms);
    // The programme's own word on it: what it refuses here it would refuse at publishing.
    match Programme::publish(ProgrammeVersion(1), vec![made.clone()]) {
        Ok(_) => Ok(made),
        Err(error) => Err(together(error, told)),
    }
}

fn bonus(values: &Values<'_>, mut card: BonusCard) -> Terms {
    card.rate = values.small("rate");
    card.point_value = Money(values.get("point_value"));
    card.pending_days = values.small("pending_days");
    let months = values.small("months");
    card.expiry = match values.get("family") {
        0 => Expiry::Never,
        1 => Expiry::Months(months),
        _ => Expiry::Inactive(months),
    };
    let cap = values.get("offline_cap");
    card.redeem.max_share = values.small("max_share");
    card.redeem.minimum = Points(values.get("minimum"));
    card.redeem.offline = match values.get("offline") {
        0 => OfflinePolicy::None,
        1 => OfflinePolicy::Capped {
            per_customer: Some(Points(cap)),
            device_budget: Some(Points(cap.saturating_mul(CAPS_PER_DEVICE))),
            snapshot_age_ms: Some(DAY_MS),
        },
        _ => OfflinePolicy::Capped {
            per_customer: None,
            device_budget: None,
            snapshot_age_ms: None,
        },
    };
    Terms::Bonus(card)
}

fn stamps(values: &Values<'_>, mut card: StampCard) -> Terms {
    card.per = match values.get("per") {
        0 => StampFor::Visit,
        1 => StampFor::Item,
        _ => StampFor::Amount(Money(values.get("amount"))),
    };
    let (size, value) = (
        Stamps(values.get("size")),
        Money(values.get("reward_value")),
    );
    match card.rewards.first_mut() {
        Some(first) => (first.stamps, first.value) = (size, value),
        None => card.rewards.push(Reward {
            stamps: size,
            value,
            gift: None,
        }),
    }
    Terms::Stamps(card)
}

/// Steps of the scale that are not asked (rate 0) are left out; they rise in total and rate.
fn discount(values: &Values<'_>) -> Result<Terms, Vec<Problem>> {
    let mut scale = vec![Step {
        from: Money::ZERO,
        rate: values.small("rate"),
    }];
    for (from, rate) in [("second_from", "second_rate"), ("third_from", "third_rate")] {
        let step = Step {
            from: Money(values.get(from)),
            rate: values.small(rate),
        };
        if step.rate == 0 {
            continue;
        }
        let before = scale.last().copied();
        let wrong = |key: &str| {
            Err(vec![Problem {
                field: key.to_owned(),
                why: Wrong::Together,
            }])
        };
        if before.is_some_and(|before| step.from <= before.from) {
            return wrong(from);
        }
        if before.is_some_and(|before| step.rate <= before.rate) {
            return wrong(rate);
        }
        scale.push(step);
    }
    Ok(Terms::Discount(DiscountCard { scale }))
}

/// What published terms say, field by field; what the wizard can't say is left to the defaults.
pub(super) fn answers(terms: &Terms) -> BTreeMap<String, i64> {
    let pairs: Vec<(&str, i64)> = match terms {
        Terms::Bonus(card) => of_bonus(card),
        Terms::Stamps(card) => of_stamps(card),
        Terms::Discount(card) => of_discount(card),
        // Kinds that the wizard does not make.
        _ => Vec::new(),
    };
    pairs
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

fn of_bonus(card: &BonusCard) -> Vec<(&'static str, i64)> {
    let (family, months) = match card.expiry {
        Expiry::Never => (0, None),
        Expiry::Months(months) => (1, Some(months)),
        Expiry::Inactive(months) => (2, Some(months)),
    };
    let (offline, cap) = match card.redeem.offline {
        OfflinePolicy::None => (0, None),
        OfflinePolicy::Capped {
            per_customer: Some(cap),
            ..
        } => (1, Some(cap.0)),
        OfflinePolicy::Capped { .. } => (2, None),
    };
    let mut pairs = vec![
        ("rate", i64::from(card.rate)),
        ("point_value", card.point_value.0),
        ("pending_days", i64::from(card.pending_days)),
        ("max_share", i64::from(card.redeem.max_share)),
        ("minimum", card.redeem.minimum.0),
        ("offline", offline),
        ("family", family),
    ];
    pairs.extend(cap.map(|cap| ("offline_cap", cap)));
    pairs.extend(months.map(|months| ("months", i64::from(months))));
    pairs
}

fn of_stamps(card: &StampCard) -> Vec<(&'static str, i64)> {
    let mut pairs = match card.per {
        StampFor::Visit => vec![("per", 0)],
        StampFor::Item => vec![("per", 1)],
        StampFor::Amount(amount) => vec![("per", 2), ("amount", amount.0)],
    };
    if let Some(first) = card.rewards.first() {
        pairs.push(("size", first.stamps.0));
        pairs.push(("reward_value", first.value.0));
    }
    pairs
}

fn of_discount(card: &DiscountCard) -> Vec<(&'static str, i64)> {
    let keys = [
        (None, "rate"),
        (Some("second_from"), "second_rate"),
        (Some("third_from"), "third_rate"),
    ];
    let mut pairs = Vec::new();
    for (step, (from, rate)) in card.scale.iter().zip(keys) {
        pairs.extend(from.map(|key| (key, step.from.0)));
        pairs.push((rate, i64::from(step.rate)));
    }
    pairs
}
