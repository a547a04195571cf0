//! What an instrument would have cost and who would have gained, before it is launched (P1, P2, R6).
//!
//! [`Replay`] sends past purchases through the same evaluator and the same fold as a till, with a draft in the place of
//! the programme: exact, without an assumption. [`Assumptions`] are the owner's ranges; [`forecast`] lays them over the
//! replay. [`calculator`] does the same for a shop that has typed numbers and no history. Pure and integers only; shares
//! are in hundredths of a percent. It promises nothing: a forecast is the owner's own numbers carried through.

mod assume;
mod budgets;
pub mod calculator;
mod gains;
mod past;
mod person;
mod replay;

pub use assume::{Assumptions, Forecast, Range, Spread, break_even, forecast};
pub use budgets::CampaignCost;
pub use gains::{Anyway, Gains, TOP_SHOWN};
pub use past::{Guest, Past, kept_lines};
pub use replay::{Habit, Replay, Replayed};

use crate::money::Overflow;

/// All of it, in hundredths of a percent.
pub const WHOLE: i64 = 10_000;

/// Why a what-if has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WhatIfError {
    /// Past purchases come customer by customer, each customer's oldest first; those of nobody first of all.
    #[error("past purchases come customer by customer, oldest first")]
    OutOfOrder,
    /// A range is not low ≤ likely ≤ high, or leaves what its unit allows.
    #[error("{0} is no range")]
    Range(&'static str),
    /// A sum left 64 bits.
    #[error(transparent)]
    Overflow(#[from] Overflow),
}

/// `numerator / denominator` toward minus infinity: a profit is never shown too high.
fn floor(numerator: i128, denominator: i128) -> Result<i64, Overflow> {
    if denominator <= 0 {
        return Err(Overflow);
    }
    i64::try_from(numerator.div_euclid(denominator)).map_err(|_| Overflow)
}

/// `numerator / denominator` toward plus infinity: what must be reached is never shown too low.
fn ceil(numerator: i128, denominator: i128) -> Result<i64, Overflow> {
    floor(numerator.checked_neg().ok_or(Overflow)?, denominator)?
        .checked_neg()
        .ok_or(Overflow)
}

/// A product of amounts and shares; never wraps.
fn product(factors: &[i64]) -> Result<i128, Overflow> {
    factors.iter().try_fold(1_i128, |product, factor| {
        product.checked_mul(i128::from(*factor)).ok_or(Overflow)
    })
}
