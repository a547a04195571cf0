//! Bonus, stamp and discount cards: answers → terms, and back.

use super::{Pairs, Values};
use crate::money::{Money, Points, Stamps};
use crate::programme::{
    BonusCard, DiscountCard, Expiry, Late, OfflinePolicy, Owing, Reward, StampCard, StampFor, Step,
    Terms,
};
use crate::wizard::{Problem, Wrong};

/// A day: how old the authority's word may be where redeeming offline is capped.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// The phone's budget in caps of single customers.
const CAPS_PER_DEVICE: i64 = 10;

pub(super) fn bonus(values: &Values<'_>, mut card: BonusCard) -> Terms {
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
        3 => OfflinePolicy::Online,
        _ => OfflinePolicy::Capped {
            per_customer: None,
            device_budget: None,
            snapshot_age_ms: None,
        },
    };
    card.late = Late {
        grace_days: values.small("grace_days"),
        returned_days: values.small("returned_days"),
        owing: match values.get("owing") {
            0 => Owing::Owed,
            1 => Owing::Cleared,
            _ => Owing::Deducted,
        },
    };
    Terms::Bonus(card)
}

pub(super) fn stamps(values: &Values<'_>, mut card: StampCard) -> Terms {
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
pub(super) fn discount(values: &Values<'_>) -> Result<Terms, Vec<Problem>> {
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
        let wrong = |key: &str| Err(vec![Problem::at(key, Wrong::Together)]);
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

pub(super) fn of_bonus(card: &BonusCard) -> Pairs {
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
        OfflinePolicy::Online => (3, None),
    };
    let mut pairs = vec![
        ("rate", i64::from(card.rate)),
        ("point_value", card.point_value.0),
        ("pending_days", i64::from(card.pending_days)),
        ("max_share", i64::from(card.redeem.max_share)),
        ("minimum", card.redeem.minimum.0),
        ("offline", offline),
        ("family", family),
        ("grace_days", i64::from(card.late.grace_days)),
        ("returned_days", i64::from(card.late.returned_days)),
        ("owing", card.late.owing as i64 - Owing::Owed as i64),
    ];
    pairs.extend(cap.map(|cap| ("offline_cap", cap)));
    pairs.extend(months.map(|months| ("months", i64::from(months))));
    pairs
}

pub(super) fn of_stamps(card: &StampCard) -> Pairs {
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

pub(super) fn of_discount(card: &DiscountCard) -> Pairs {
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
