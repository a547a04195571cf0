//! Coupons with a shared code, and greeting gifts: a benefit that is used a stated number of times (G2, K2).

use super::rules::WHOLE;
use super::stamps::Gift;
use super::{Instrument, ProgrammeError};
use crate::moment::Date;
use crate::money::Money;
use crate::position::Uses;

/// What a coupon or a greeting gives.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Benefit {
    /// So much off the receipt, in hundredths of a percent.
    Percent(u16),
    /// So much off the receipt, in minor units.
    Amount(Money),
    /// Goods of the receipt that become cheaper or free.
    Gift(Gift),
}

impl Benefit {
    pub(super) fn check(&self, id: u32) -> Result<(), ProgrammeError> {
        match self {
            Self::Percent(rate) if *rate > WHOLE => Err(ProgrammeError::Share(id)),
            Self::Percent(1..) => Ok(()),
            Self::Amount(money) if money.is_positive() => Ok(()),
            Self::Gift(gift) if gift.is_sound() => Ok(()),
            _ => Err(ProgrammeError::Range(id)),
        }
    }
}

/// A code that many may know.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Coupon {
    /// 1–32 of `A–Z 0–9 -`.
    pub code: String,
    /// What it gives.
    pub gives: Benefit,
    /// Most times that one customer uses it; none = no limit.
    pub per_customer: Option<u32>,
    /// Most times that one customer uses it on one day; none = no limit.
    pub per_day: Option<u32>,
    /// Most receipts of the whole business that it lowers; none = no limit.
    pub total: Option<u32>,
    /// How exactly that is kept.
    pub counting: Counting,
}

/// How exactly the total limit of a code that many know is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Counting {
    /// A phone takes it by what it knows; what comes to more counts, and the owner sees it.
    #[default]
    Afterwards = 1,
    /// The authority is asked first (`online`).
    First = 2,
}

impl Coupon {
    pub(super) fn check(&self, of: &Instrument) -> Result<(), ProgrammeError> {
        let letter = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-';
        let code = (1..=32).contains(&self.code.len()) && self.code.bytes().all(letter);
        let limits = [self.per_customer, self.per_day, self.total];
        let counted = self.total.is_some() || self.counting == Counting::Afterwards;
        if !code || !counted || limits.contains(&Some(0)) {
            return Err(ProgrammeError::Range(of.id.0));
        }
        self.gives.check(of.id.0)
    }

    /// Whether a customer may use it once more on `date`.
    #[must_use]
    pub fn is_left(&self, uses: Uses, date: Date) -> bool {
        let below = |limit: Option<u32>, used: i64| limit.is_none_or(|most| used < most.into());
        below(self.per_customer, uses.count) && below(self.per_day, uses.on(date))
    }
}

/// Which day a greeting is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GreetingFor {
    /// The customer's birthday.
    Birthday = 1,
    /// A relative's birthday.
    Relative = 2,
    /// The day of the first visit, every year.
    FirstVisit = 3,
}

/// A gift around a day of the customer's own, once each time the day comes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Greeting {
    /// Which day.
    pub on: GreetingFor,
    /// Days before it.
    pub before: u16,
    /// Days after it.
    pub after: u16,
    /// What it gives.
    pub gives: Benefit,
}

impl Greeting {
    pub(super) fn check(&self, of: &Instrument) -> Result<(), ProgrammeError> {
        if self.before.saturating_add(self.after) > 180 {
            return Err(ProgrammeError::Range(of.id.0));
        }
        self.gives.check(of.id.0)
    }

    /// The first day of the window in which `date` lies, where the day of the year is `days_away` days off.
    #[must_use]
    pub fn window(&self, days_away: i64, date: Date) -> Option<Date> {
        let inside = (-i64::from(self.before)..=i64::from(self.after)).contains(&days_away);
        let since = days_away.checked_add(self.before.into())?;
        let first = chrono::TimeDelta::try_days(since)?;
        date.checked_sub_signed(first).filter(|_| inside)
    }
}
