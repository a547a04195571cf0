//! A reward for bringing friends: answers → terms, and back.

use super::{Pairs, Values, instrument_id};
use crate::money::Points;
use crate::programme::{CountsWhen, Referral, Terms};

pub(super) fn referral(values: &Values<'_>) -> Terms {
    let limit = |key| Some(values.small(key)).filter(|n| *n > 0);
    Terms::Referral(Referral {
        card: instrument_id(values.get("card")),
        reward: Points(values.get("reward")),
        welcome: Points(values.get("welcome")),
        every: values.small("every"),
        counts: match values.get("counts") {
            0 => CountsWhen::Buying,
            _ => CountsWhen::Joining,
        },
        window_days: values.small("window_days"),
        per_month: limit("per_month"),
        within_days: limit("within_days"),
    })
}

pub(super) fn of_referral(of: &Referral) -> Pairs {
    let limit = |limit: Option<u16>| i64::from(limit.unwrap_or(0));
    vec![
        ("card", of.card.0.into()),
        ("reward", of.reward.0),
        ("welcome", of.welcome.0),
        ("every", of.every.into()),
        ("counts", of.counts as i64 - 1),
        ("window_days", of.window_days.into()),
        ("per_month", limit(of.per_month)),
        ("within_days", limit(of.within_days)),
    ]
}
