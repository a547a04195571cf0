//! Rewards for bringing friends, as files spell them.

use kartka_domain::money::Points;
use kartka_domain::programme::{CountsWhen, Referral, Terms};
use serde::Deserialize;

use super::plain::instrument;

#[derive(Debug, Default, Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Counts {
    #[default]
    Buying,
    Joining,
}

/// `is.referral`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReferralFile {
    card: u32,
    reward: i64,
    #[serde(default)]
    welcome: i64,
    every: Option<u16>,
    #[serde(default)]
    counts: Counts,
    #[serde(default)]
    window_days: u16,
    per_month: Option<u16>,
    within_days: Option<u16>,
}

impl ReferralFile {
    pub(super) fn read(self) -> Terms {
        Terms::Referral(Referral {
            card: instrument(self.card),
            reward: Points(self.reward),
            welcome: Points(self.welcome),
            every: self.every.unwrap_or(1),
            counts: match self.counts {
                Counts::Buying => CountsWhen::Buying,
                Counts::Joining => CountsWhen::Joining,
            },
            window_days: self.window_days,
            per_month: self.per_month,
            within_days: self.within_days,
        })
    }
}
