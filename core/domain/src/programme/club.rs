//! Clubs and cards that one joins: by a threshold, for a fee, by invitation; and the receipt that earns a card
//! (C1, C6).

use super::rules::WHOLE;
use super::{Instrument, ProgrammeError};
use crate::ids::InstrumentId;
use crate::moment::{Date, plus_months};
use crate::money::Money;
use crate::purchase::GoodsId;

/// Longest term of a membership.
const MONTHS_MAX: u16 = 120;

/// How one joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Joining {
    /// With one receipt of so much after discounts, in minor units.
    Receipt(Money),
    /// With so much spent in all, this receipt included, in minor units.
    Spent(Money),
    /// By buying these goods: the fee.
    Fee(GoodsId),
    /// When the staff says so.
    Invitation,
}

/// A club.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Club {
    /// How one joins.
    pub joining: Joining,
    /// For how many months; none = for ever. Joining again prolongs it.
    pub months: Option<u16>,
    /// Discount for members, in hundredths of a percent, or 0.
    pub rate: u16,
}

impl Club {
    pub(super) fn check(&self, of: &Instrument) -> Result<(), ProgrammeError> {
        let id = of.id.0;
        if self.rate > WHOLE {
            return Err(ProgrammeError::Share(id));
        }
        let joining = match self.joining {
            Joining::Receipt(money) | Joining::Spent(money) => money.is_positive(),
            Joining::Fee(_) | Joining::Invitation => true,
        };
        let months = self.months.is_none_or(|n| (1..=MONTHS_MAX).contains(&n));
        if joining && months {
            Ok(())
        } else {
            Err(ProgrammeError::Range(id))
        }
    }

    /// The last day of a membership that begins or is prolonged on `date`; none = for ever. A running one is
    /// prolonged from its last day, so that nobody loses days by paying early.
    #[must_use]
    pub fn last_day(&self, running: Option<Date>, date: Date) -> Option<Date> {
        let from = running.map_or(date, |last| last.max(date));
        self.months.and_then(|n| plus_months(from, n.into()))
    }
}

/// A receipt that earns a card (C6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Issue {
    /// The club or card that is given.
    pub card: InstrumentId,
    /// For a receipt of so much after discounts, in minor units.
    pub receipt: Money,
}

impl Issue {
    pub(super) fn check(&self, of: &Instrument) -> Result<(), ProgrammeError> {
        if self.receipt.is_positive() && self.card != of.id {
            Ok(())
        } else {
            Err(ProgrammeError::Range(of.id.0))
        }
    }
}
