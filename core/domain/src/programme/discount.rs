//! The discount card: a fixed rate, or a scale that grows with what the customer has spent (C1).

use super::rules::WHOLE;
use super::{Instrument, ProgrammeError};
use crate::money::Money;

/// Most steps of a scale.
const STEPS_MAX: usize = 32;

/// From this total on, this rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Step {
    /// What the customer had spent before this receipt, in minor units.
    pub from: Money,
    /// In hundredths of a percent.
    pub rate: u16,
}

/// A discount for every receipt of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DiscountCard {
    /// One step for a fixed rate; ascending, each total once.
    pub scale: Vec<Step>,
}

impl DiscountCard {
    /// One rate for everybody.
    #[must_use]
    pub fn fixed(rate: u16) -> Self {
        let from = Money::ZERO;
        Self {
            scale: vec![Step { from, rate }],
        }
    }

    /// The rate of a customer who has spent `spent` before; none below the first step.
    #[must_use]
    pub fn rate(&self, spent: Money) -> Option<u16> {
        let reached = self.scale.iter().take_while(|step| step.from <= spent);
        reached.last().map(|step| step.rate)
    }

    /// The next step up, if there is one.
    #[must_use]
    pub fn next(&self, spent: Money) -> Option<Step> {
        self.scale.iter().find(|step| step.from > spent).copied()
    }

    pub(super) fn check(&self, of: &Instrument) -> Result<(), ProgrammeError> {
        let id = of.id.0;
        if self.scale.iter().any(|step| step.rate > WHOLE) {
            return Err(ProgrammeError::Share(id));
        }
        let rising = self
            .scale
            .windows(2)
            .all(|pair| pair[0].from < pair[1].from);
        let sound = (1..=STEPS_MAX).contains(&self.scale.len())
            && self.scale.iter().all(|step| step.from.0 >= 0);
        if rising && sound {
            Ok(())
        } else {
            Err(ProgrammeError::Range(id))
        }
    }
}
