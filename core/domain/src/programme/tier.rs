//! Tiers: a status for what was bought in a window; up at once, down only at an evaluation (Q1, Q2, L11).

use super::rules::WHOLE;
use super::{Instrument, ProgrammeError};
use crate::moment::{Date, Month, PeriodEnd};
use crate::money::{Money, Overflow, Points};
use crate::position::{MONTHS_KEPT, MonthSum, Position};

/// Most levels of one instrument, and alternatives of one level.
const LEVELS_MAX: usize = 10;

/// Over which months purchases count (Q1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Window {
    /// So many months, this one included.
    Rolling(u8),
    /// This calendar month, quarter or year; what was reached in it lasts to the end of the next one.
    Calendar(PeriodEnd),
}

/// One way to qualify: everything that is named must be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Need {
    /// Spent after discounts, in minor units.
    pub spent: Option<Money>,
    /// Purchases.
    pub visits: Option<i64>,
    /// Status points.
    pub status: Option<Points>,
}

impl Need {
    fn is_met(&self, sum: &MonthSum) -> bool {
        self.spent.is_none_or(|least| sum.spent >= least)
            && self.visits.is_none_or(|least| sum.visits >= least)
            && self.status.is_none_or(|least| sum.status >= least)
    }

    fn is_sound(&self) -> bool {
        let named = [
            self.spent.map(|m| m.0),
            self.visits,
            self.status.map(|p| p.0),
        ];
        named.iter().any(Option::is_some) && named.iter().flatten().all(|least| *least > 0)
    }
}

/// One level, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Level {
    /// Any of these lets one in.
    pub join: Vec<Need>,
    /// Any of these lets one stay; none named = as for joining.
    pub keep: Vec<Need>,
    /// Discount of the level, in hundredths of a percent, or 0.
    pub rate: u16,
}

/// What happens when a level is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Demotion {
    /// The authority moves the customer down.
    #[default]
    Automatic = 1,
    /// The owner is asked first.
    OwnerConfirms = 2,
}

/// Tiers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tiers {
    /// What counts.
    pub window: Window,
    /// The lowest first.
    pub levels: Vec<Level>,
    /// Days after which a level that is not kept any more is lost.
    pub grace_days: u16,
    /// Who moves customers down.
    pub demotion: Demotion,
}

impl Tiers {
    pub(super) fn check(&self, of: &Instrument) -> Result<(), ProgrammeError> {
        let id = of.id.0;
        if self.levels.iter().any(|level| level.rate > WHOLE) {
            return Err(ProgrammeError::Share(id));
        }
        let window = match self.window {
            Window::Rolling(months) => (1..=MONTHS_KEPT).contains(&usize::from(months)),
            Window::Calendar(_) => true,
        };
        let needs = |needs: &[Need]| needs.len() <= LEVELS_MAX && needs.iter().all(Need::is_sound);
        let level =
            |level: &Level| !level.join.is_empty() && needs(&level.join) && needs(&level.keep);
        let levels = (1..=LEVELS_MAX).contains(&self.levels.len()) && self.levels.iter().all(level);
        if window && levels && self.grace_days <= 366 {
            Ok(())
        } else {
            Err(ProgrammeError::Range(id))
        }
    }

    /// The level of this number, from 1.
    #[must_use]
    pub fn level(&self, number: u8) -> Option<&Level> {
        self.levels.get(usize::from(number).checked_sub(1)?)
    }

    /// The highest level that one may join on `date`, 0 for none (Q2: up at once).
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn reached(&self, position: &Position, date: Date) -> Result<u8, Overflow> {
        let now = self.sum(position, date, date)?;
        Ok(self.highest(|level| level.join.iter().any(|need| need.is_met(&now))))
    }

    /// The level that a holder of `held` has after an evaluation on `date`: higher if one was reached, else the
    /// highest up to it that is kept, the grace included (Q2).
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn evaluated(&self, held: u8, position: &Position, date: Date) -> Result<u8, Overflow> {
        let reached = self.reached(position, date)?;
        if reached >= held {
            return Ok(reached);
        }
        let from = self.before_grace(date);
        let mut sums = vec![self.sum(position, from, date)?];
        if let Window::Calendar(period) = self.window {
            let first = begin(Month::of(from), period);
            let (first, last) = (first.back(length(period)), first.back(1));
            sums.push(position.months_between(first, last)?);
        }
        let kept = |level: &Level| {
            let needs = if level.keep.is_empty() {
                &level.join
            } else {
                &level.keep
            };
            needs
                .iter()
                .any(|need| sums.iter().any(|sum| need.is_met(sum)))
        };
        Ok(self.highest(kept).min(held).max(reached))
    }

    /// The first alternative of the next level, and what is missing of it in money; none at the top or where
    /// money is not asked for.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn missing(
        &self,
        held: u8,
        position: &Position,
        date: Date,
    ) -> Result<Option<Money>, Overflow> {
        let Some(next) = self.levels.get(usize::from(held)) else {
            return Ok(None);
        };
        let now = self.sum(position, date, date)?;
        let least = next.join.iter().find_map(|need| need.spent);
        least.map(|least| least.minus(now.spent)).transpose()
    }

    /// Whether an evaluation on `date` looks at another window than one on `earlier` did: only then is somebody asked
    /// again about a level that they let stay (Q2).
    #[must_use]
    pub fn is_another_window(&self, earlier: Date, date: Date) -> bool {
        let window = |date: Date| {
            let from = Month::of(self.before_grace(date));
            match self.window {
                Window::Rolling(_) => from,
                Window::Calendar(period) => begin(from, period),
            }
        };
        window(earlier) < window(date)
    }

    fn before_grace(&self, date: Date) -> Date {
        let grace = chrono::Days::new(self.grace_days.into());
        date.checked_sub_days(grace).unwrap_or(date)
    }

    fn highest(&self, is_met: impl Fn(&Level) -> bool) -> u8 {
        let met = (1_u8..)
            .zip(&self.levels)
            .filter(|(_, level)| is_met(level));
        met.last().map_or(0, |(number, _)| number)
    }

    /// What counts in the window that holds `from`, up to the month of `date`.
    fn sum(&self, position: &Position, from: Date, date: Date) -> Result<MonthSum, Overflow> {
        let first = match self.window {
            Window::Rolling(months) => Month::of(from).back(i32::from(months) - 1),
            Window::Calendar(period) => begin(Month::of(from), period),
        };
        position.months_between(first, Month::of(date))
    }
}

/// The first month of the period that a month lies in.
fn begin(month: Month, period: PeriodEnd) -> Month {
    let months = length(period);
    Month(month.0 - month.0.rem_euclid(months))
}

const fn length(period: PeriodEnd) -> i32 {
    match period {
        PeriodEnd::Month => 1,
        PeriodEnd::Quarter => 3,
        PeriodEnd::Year => 12,
    }
}
