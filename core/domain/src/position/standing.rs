//! What a customer has become: memberships, levels, how often a benefit was used, and the sums by month that
//! levels are decided by (L13, Q1). Moved by entries and by purchases; sums are the same in any order.

use super::Position;
use crate::ids::{EntryId, InstrumentId};
use crate::ledger::{About, Entry, EntryKind};
use crate::moment::{Date, Month};
use crate::money::{Money, Overflow, Points};

/// Most months whose sums are kept (L13).
pub const MONTHS_KEPT: usize = 24;

/// How often a customer used something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Uses {
    /// In all.
    pub count: i64,
    /// The last day, if any.
    pub last: Option<Date>,
    /// On that day.
    pub on_last: i64,
}

impl Uses {
    /// How often on `date`, as far as is known: older days than the last are forgotten.
    #[must_use]
    pub fn on(self, date: Date) -> i64 {
        if self.last == Some(date) {
            self.on_last
        } else {
            0
        }
    }

    /// Both together; the later day's number stays.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        let sum = |a: i64, b: i64| a.checked_add(b).ok_or(Overflow);
        let last = self.last.max(other.last);
        let on = |uses: Self| if uses.last == last { uses.on_last } else { 0 };
        Ok(Self {
            count: sum(self.count, other.count)?,
            last,
            on_last: sum(on(self), on(other))?,
        })
    }
}

/// A membership of a club, or a card that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Membership {
    /// Up to this day.
    Until(Date),
    /// For ever.
    Lasting,
}

impl Membership {
    /// Whether it holds on `date`.
    #[must_use]
    pub fn holds(self, date: Date) -> bool {
        match self {
            Self::Until(last) => date <= last,
            Self::Lasting => true,
        }
    }
}

/// That a person was asked about a level that is not kept (Q2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Asked {
    /// Business date of the question.
    pub on: Date,
    /// The inbox item; asked again, it is the same one.
    pub item: EntryId,
}

/// What counts for a level, of one month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct MonthSum {
    /// Spent after discounts less returns, in minor units.
    pub spent: Money,
    /// Purchases of which something was kept.
    pub visits: i64,
    /// Status points earned less those taken back (L11).
    pub status: Points,
}

impl MonthSum {
    /// Both together.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        Ok(Self {
            spent: self.spent.plus(other.spent)?,
            visits: self.visits.checked_add(other.visits).ok_or(Overflow)?,
            status: self.status.plus(other.status)?,
        })
    }
}

impl Position {
    /// Whether a membership or card holds on `date`.
    #[must_use]
    pub fn is_member(&self, club: InstrumentId, date: Date) -> bool {
        self.memberships.get(&club).is_some_and(|m| m.holds(date))
    }

    /// How often a coupon or greeting was used.
    #[must_use]
    pub fn uses_of(&self, instrument: InstrumentId) -> Uses {
        self.uses.get(&instrument).copied().unwrap_or_default()
    }

    /// Moves what an entry without points or stamps is about (L13).
    pub(super) fn become_by(&mut self, entry: &Entry) -> Result<(), Overflow> {
        let id = entry.instrument;
        match (entry.kind, entry.about) {
            (EntryKind::Use, About::Used(_)) => {
                let once = Uses {
                    count: 1,
                    last: Some(entry.date),
                    on_last: 1,
                };
                let uses = self.uses_of(id).plus(once)?;
                self.uses.insert(id, uses);
            }
            (EntryKind::Unuse, About::Used(before)) => self.unuse(id, before),
            (EntryKind::Join, About::Member { until, .. }) => {
                let held = self.memberships.entry(id).or_insert(until);
                *held = until.max(*held);
            }
            // A later prolongation stays.
            (EntryKind::Leave, About::Member { before, until })
                if self.memberships.get(&id) == Some(&until) =>
            {
                self.memberships.remove(&id);
                self.memberships.extend(before.map(|before| (id, before)));
            }
            (EntryKind::Level, About::Level(level)) => {
                // A new level is a new question.
                self.asked.remove(&id);
                self.levels.insert(id, level);
                self.levels.retain(|_, level| *level > 0);
            }
            _ => {}
        }
        Ok(())
    }

    fn unuse(&mut self, id: InstrumentId, before: Option<Date>) {
        let mut uses = self.uses_of(id);
        uses.count = uses.count.saturating_sub(1);
        uses.on_last = uses.on_last.saturating_sub(1);
        if uses.count <= 0 {
            self.uses.remove(&id);
            return;
        }
        if uses.on_last <= 0 {
            (uses.last, uses.on_last) = (before, before.is_some().into());
        }
        self.uses.insert(id, uses);
    }

    /// The level held, 0 for none.
    #[must_use]
    pub fn level(&self, tiers: InstrumentId) -> u8 {
        self.levels.get(&tiers).copied().unwrap_or(0)
    }

    /// What counts from one month to another, both included.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn months_between(&self, first: Month, last: Month) -> Result<MonthSum, Overflow> {
        self.months
            .range(first..=last.max(first))
            .try_fold(MonthSum::default(), |sum, (_, month)| sum.plus(*month))
    }

    /// Adds to a month's sums; the newest [`MONTHS_KEPT`] months stay.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn add_to_month(&mut self, month: Month, part: MonthSum) -> Result<(), Overflow> {
        let sum = self.months.entry(month).or_default();
        *sum = sum.plus(part)?;
        while self.months.len() > MONTHS_KEPT {
            self.months.pop_first();
        }
        Ok(())
    }

    /// Adds another member's standing (I2): the longer membership, the higher level, the sums.
    pub(super) fn combine_standing(&mut self, other: &Self) -> Result<(), Overflow> {
        for (&club, &theirs) in &other.memberships {
            let ours = self.memberships.entry(club).or_insert(theirs);
            *ours = theirs.max(*ours);
        }
        for (&tiers, &theirs) in &other.levels {
            let ours = self.levels.entry(tiers).or_insert(theirs);
            *ours = theirs.max(*ours);
        }
        for (&tiers, &theirs) in &other.asked {
            let ours = self.asked.entry(tiers).or_insert(theirs);
            *ours = theirs.max(*ours);
        }
        for (&used, &theirs) in &other.uses {
            let ours = self.uses.entry(used).or_default();
            *ours = ours.plus(theirs)?;
        }
        for (&month, &theirs) in &other.months {
            self.add_to_month(month, theirs)?;
        }
        self.earns = self.earns.plus(other.earns)?;
        self.first_visit = match (self.first_visit, other.first_visit) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Ok(())
    }
}
