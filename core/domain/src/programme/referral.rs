//! Referral: a customer who brings friends is thanked in points (G3, C9).
//!
//! Says what is promised; who brought whom is a fact of the counter, and what comes of it is the authority's word. The
//! least receipt and the goods that do not count stand in the instrument's rules, for whom it is as well.

use super::{Instrument, Kept, ProgrammeError};
use crate::codes::Code;
use crate::earn::kept;
use crate::ids::InstrumentId;
use crate::ledger::LotTerms;
use crate::moment::Date;
use crate::money::{Money, Overflow, Points};
use crate::purchase::{Line, Quantity, returned_part};

/// Most points of one reward.
const POINTS_MAX: i64 = 1_000_000_000;
/// Most friends that one reward is given for.
const EVERY_MAX: u16 = 100;
/// Most rewards of one customer and month that a limit names.
const PER_MONTH_MAX: u16 = 1_000;
/// Longest return window and longest time for the first purchase, in days.
const DAYS_MAX: u16 = 366;

/// When a friend counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum CountsWhen {
    /// With their first purchase that is enough (the default).
    #[default]
    Buying = 1,
    /// When they are registered.
    Joining = 2,
}

/// What a customer is promised for bringing friends (G3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Referral {
    /// The bonus card whose points are given.
    pub card: InstrumentId,
    /// Points for whoever brought the friends.
    pub reward: Points,
    /// Points for each friend, or none.
    pub welcome: Points,
    /// One reward for so many friends.
    pub every: u16,
    /// When a friend counts.
    pub counts: CountsWhen,
    /// Days until the points may be spent: goods may come back meanwhile (L8).
    pub window_days: u16,
    /// Most rewards of one customer per calendar month.
    pub per_month: Option<u16>,
    /// Days after the referral within which the purchase must come.
    pub within_days: Option<u16>,
}

impl Referral {
    /// A reward of `card`'s points for each friend who buys, spendable at once, without limits.
    #[must_use]
    pub const fn plain(card: InstrumentId, reward: Points) -> Self {
        Self {
            card,
            reward,
            welcome: Points::ZERO,
            every: 1,
            counts: CountsWhen::Buying,
            window_days: 0,
            per_month: None,
            within_days: None,
        }
    }

    pub(super) fn check(&self, of: &Instrument) -> Result<(), ProgrammeError> {
        let id = of.id.0;
        if !of.rules.stacking.is_for_earning() {
            return Err(ProgrammeError::NotForThis(id));
        }
        let days = |days: u16| days <= DAYS_MAX;
        let in_range = (1..=POINTS_MAX).contains(&self.reward.0)
            && (0..=POINTS_MAX).contains(&self.welcome.0)
            && (1..=EVERY_MAX).contains(&self.every)
            && days(self.window_days)
            && self.within_days.is_none_or(days)
            && self
                .per_month
                .is_none_or(|most| (1..=PER_MONTH_MAX).contains(&most));
        if in_range && self.card != of.id {
            Ok(())
        } else {
            Err(ProgrammeError::Range(id))
        }
    }

    /// What is said of a receipt with which a friend would count: what both are given, and after how many days.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn said(&self, of: &Instrument, lines: &[Line]) -> Result<Vec<Code>, Overflow> {
        if !is_enough(of, lines, &[])? {
            return Ok(Vec::new());
        }
        let (instrument, days) = (of.id.0.into(), self.window_days.into());
        let mut said = vec![Code::ReferrerThanked {
            instrument,
            points: self.reward.0,
            days,
        }];
        if self.welcome.is_positive() {
            said.push(Code::FriendWelcomed {
                instrument,
                points: self.welcome.0,
                days,
            });
        }
        Ok(said)
    }

    /// The last day on which a friend who was brought on `date` may buy for it to count; none = any day.
    #[must_use]
    pub fn last_day(&self, date: Date) -> Option<Date> {
        let days = chrono::Days::new(self.within_days?.into());
        date.checked_add_days(days)
    }

    /// The life of points that are given for what happened on `date`: they may be spent when the goods can't come back
    /// any more, and end like others of their card (L5, L8).
    #[must_use]
    pub fn lot(&self, card: &super::BonusCard, date: Date) -> LotTerms {
        let window = chrono::Days::new(self.window_days.into());
        card.lot_from(date.checked_add_days(window).unwrap_or(date))
    }
}

/// Whether what is kept of a receipt is enough for a friend to count: the least receipt, less the goods that never do.
///
/// # Errors
/// [`Overflow`].
pub fn is_enough(of: &Instrument, lines: &[Line], back: &[Quantity]) -> Result<bool, Overflow> {
    let stacking = &of.rules.stacking;
    let mut sum = Money::ZERO;
    for (place, line) in lines.iter().enumerate() {
        if !stacking.excluded.names(line) {
            let price = line.spent()?;
            let back = back.get(place).copied().unwrap_or(Quantity(0));
            let returned = returned_part(price.0, back, line.quantity)?;
            sum = sum.plus(price)?.minus(Money(returned))?;
        }
    }
    let something = kept(lines, back) == Kept::Something;
    Ok(something && sum.is_positive() && sum >= stacking.minimum)
}
