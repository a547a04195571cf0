//! Points owed, month by month: points × value × (1 − expected breakage) (P3).
//!
//! How many points end unused is read from the shop's own history: for every month of issue, how many of the points that
//! were left were spent in its first, second, third month and so on (chain ladder). A programme younger than twelve months
//! has no history to read, and everything is owed. Debts of customers stand beside it and are never netted. Pure: the
//! caller brings the ledger and the told accounts ([`explain`](crate::explain)), customer by customer; what is kept grows
//! with months, not with entries.

use std::collections::BTreeMap;

use crate::explain::{Explained, Lot, Why};
use crate::ids::InstrumentId;
use crate::ledger::{Entry, EntryKind};
use crate::moment::{Date, Month};
use crate::money::{Money, Overflow, Points, Rounding, scale};

/// All of it, in hundredths of a percent.
const WHOLE: i64 = 10_000;
/// A programme younger than this has no breakage.
pub const MONTHS_TO_KNOW: i32 = 12;
/// More months than this in one report are a fault of a clock.
const MONTHS_MAX: i32 = 1_200;

/// What happened to points in a month; every number is ≥ 0 in itself but `expired`, which a month of late returns may
/// lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moves {
    /// Given.
    pub given: Points,
    /// Given points taken back after returns.
    pub taken_back: Points,
    /// Spent.
    pub spent: Points,
    /// Spent points given back after returns.
    pub given_back: Points,
    /// Ended unused, less what was revived.
    pub expired: Points,
}

/// One month of one instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiabilityMonth {
    /// Which.
    pub month: Month,
    /// What moved in it.
    pub moves: Moves,
    /// Σ effects of the ledger up to its end: lots less debts.
    pub outstanding: Points,
    /// Points that customers owe at its end (L10).
    pub debts: Points,
    /// Points in customers' hands at its end.
    pub in_hand: Points,
    /// How much of them is expected to end unused, in hundredths of a percent.
    pub breakage: i64,
    /// Points expected to be spent.
    pub expected: Points,
    /// What these are worth, in minor units.
    pub liability: Money,
}

/// What one month did to the points of a month of issue.
#[derive(Debug, Clone, Copy, Default)]
struct Fate {
    spent: i64,
    gone: i64,
}

/// Points of one month of issue.
#[derive(Debug, Clone, Default)]
struct Vintage {
    issued: i64,
    fates: BTreeMap<Month, Fate>,
}

#[derive(Debug, Clone, Default)]
struct Book {
    moves: BTreeMap<Month, Moves>,
    sums: BTreeMap<Month, Points>,
    debts: BTreeMap<Month, Points>,
    vintages: BTreeMap<Month, Vintage>,
}

/// The ledger and the told accounts of a shop, summed by month.
#[derive(Debug, Clone, Default)]
pub struct PointsOwed {
    books: BTreeMap<InstrumentId, Book>,
}

impl PointsOwed {
    /// Counts an entry.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn entry(&mut self, entry: &Entry) -> Result<(), Overflow> {
        let points = entry.effect().points;
        if points == Points::ZERO {
            return Ok(());
        }
        let book = self.books.entry(entry.instrument).or_default();
        let month = Month::of(entry.date);
        let sum = book.sums.entry(month).or_default();
        *sum = sum.plus(points)?;
        let moves = book.moves.entry(month).or_default();
        let (sum, points) = match entry.kind {
            EntryKind::Reverse | EntryKind::Cleared | EntryKind::Unthank => {
                (&mut moves.taken_back, points.negated()?)
            }
            EntryKind::Restore => (&mut moves.given_back, points),
            EntryKind::Expire | EntryKind::Revive => (&mut moves.expired, points.negated()?),
            _ if points.is_positive() => (&mut moves.given, points),
            _ => (&mut moves.spent, points.negated()?),
        };
        *sum = sum.plus(points)?;
        Ok(())
    }

    /// Counts a told account; `today` is the month of what no entry explains.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn account(&mut self, told: &Explained, today: Date) -> Result<(), Overflow> {
        let book = self.books.entry(told.instrument).or_default();
        let now = Month::of(today);
        for lot in &told.lots {
            book.lot(lot, now)?;
        }
        for debt in &told.debts {
            let since = debt.origin.map_or(now, |origin| Month::of(origin.date));
            let sum = book.debts.entry(since).or_default();
            *sum = sum.plus(debt.amount)?;
            for repaid in &debt.repaid {
                let month = repaid.by.map_or(now, |by| Month::of(by.date));
                let sum = book.debts.entry(month).or_default();
                *sum = sum.minus(repaid.points)?;
            }
        }
        Ok(())
    }

    /// Every month from the first one with an entry to `until`, by instrument; `worth` is what a point is worth now, in
    /// minor units.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn report(
        &self,
        until: Month,
        worth: impl Fn(InstrumentId) -> Money,
    ) -> Result<BTreeMap<InstrumentId, Vec<LiabilityMonth>>, Overflow> {
        let mut report = BTreeMap::new();
        for (&instrument, book) in &self.books {
            report.insert(instrument, book.report(until, worth(instrument))?);
        }
        Ok(report)
    }
}

impl Book {
    fn lot(&mut self, lot: &Lot, now: Month) -> Result<(), Overflow> {
        let issue = lot.origin.map_or(now, |origin| Month::of(origin.date));
        let vintage = self.vintages.entry(issue).or_default();
        add(&mut vintage.issued, lot.amount.0)?;
        for step in &lot.moves {
            let month = step.by.map_or(now, |by| Month::of(by.date)).max(issue);
            let fate = vintage.fates.entry(month).or_default();
            let kind = step.by.map(|by| by.kind);
            let took = step.points.negated()?.0;
            match (step.why, kind) {
                (Why::DebtRepaid | Why::GivenBack, _)
                | (Why::Taken, Some(EntryKind::Redeem | EntryKind::Reward)) => {
                    add(&mut fate.spent, took)?;
                }
                _ => add(&mut fate.gone, took)?,
            }
        }
        Ok(())
    }

    fn report(&self, until: Month, worth: Money) -> Result<Vec<LiabilityMonth>, Overflow> {
        let first = [
            self.sums.keys().next(),
            self.vintages.keys().next(),
            self.debts.keys().next(),
        ];
        let Some(first) = first.into_iter().flatten().min().copied() else {
            return Ok(Vec::new());
        };
        let first = first.max(until.back(MONTHS_MAX));
        let mut months = Vec::new();
        let at = |sums: &BTreeMap<Month, Points>, month: Month| {
            Points::total(sums.range(..=month).map(|(_, points)| *points))
        };
        for n in first.0..=until.0 {
            let month = Month(n);
            let outstanding = at(&self.sums, month)?;
            let debts = at(&self.debts, month)?;
            let in_hand = outstanding.plus(debts)?;
            let expected = self.expected(month, in_hand)?;
            months.push(LiabilityMonth {
                month,
                moves: self.moves.get(&month).copied().unwrap_or_default(),
                outstanding,
                debts,
                in_hand,
                breakage: breakage(in_hand, expected)?,
                expected,
                liability: Money(expected.0.checked_mul(worth.0).ok_or(Overflow)?),
            });
        }
        Ok(months)
    }

    /// How many of the points in hand at the end of `month` will be spent, as the vintages before tell.
    fn expected(&self, month: Month, in_hand: Points) -> Result<Points, Overflow> {
        let oldest = self.vintages.keys().next().copied().unwrap_or(month);
        if month.0 - oldest.0 < MONTHS_TO_KNOW {
            return Ok(in_hand);
        }
        Ok(expected(&self.vintages, month)?.min(in_hand))
    }
}

fn add(sum: &mut i64, points: i64) -> Result<(), Overflow> {
    *sum = sum.checked_add(points).ok_or(Overflow)?;
    Ok(())
}

/// 1 − expected ÷ in hand, in hundredths of a percent, rounded down.
fn breakage(in_hand: Points, expected: Points) -> Result<i64, Overflow> {
    if !in_hand.is_positive() {
        return Ok(0);
    }
    let unused = in_hand.minus(expected)?.0.max(0);
    scale(unused, WHOLE, in_hand.0, Rounding::Down)
}

/// What was left of a vintage when `month` began.
fn left(vintage: &Vintage, month: Month) -> Result<i64, Overflow> {
    let before = vintage.fates.range(..month);
    before
        .map(|(_, fate)| fate)
        .try_fold(vintage.issued, |left, fate| {
            left.checked_sub(fate.spent)
                .and_then(|left| left.checked_sub(fate.gone))
                .ok_or(Overflow)
        })
}

/// Σ over the vintages of what will be spent of what is left at the end of `month`: age by age, the share that vintages
/// which have lived through that age spent in it. Rounded up at every age: what is owed is never shown too low.
fn expected(vintages: &BTreeMap<Month, Vintage>, month: Month) -> Result<Points, Overflow> {
    let Some(oldest) = vintages.keys().next() else {
        return Ok(Points::ZERO);
    };
    let ages = usize::try_from(month.0 - oldest.0).unwrap_or(0);
    let mut factors = vec![(0_i64, 0_i64); ages + 1];
    for (issue, vintage) in vintages.range(..=month) {
        for (age, (spent, held)) in factors.iter_mut().enumerate() {
            let then = Month(
                issue
                    .0
                    .saturating_add(i32::try_from(age).unwrap_or(i32::MAX)),
            );
            if then > month {
                break;
            }
            add(spent, vintage.fates.get(&then).map_or(0, |fate| fate.spent))?;
            add(held, left(vintage, then)?)?;
        }
    }
    let mut sum = 0;
    for (issue, vintage) in vintages.range(..=month) {
        let age = usize::try_from(month.0 - issue.0).unwrap_or(0);
        let mut rest = left(vintage, Month(month.0.saturating_add(1)))?.max(0);
        for &(spent, held) in factors.iter().skip(age + 1) {
            if spent > 0 && held > 0 {
                let part = scale(rest, spent.min(held), held, Rounding::Up)?;
                add(&mut sum, part)?;
                rest = rest.checked_sub(part).ok_or(Overflow)?;
            }
        }
    }
    Ok(Points(sum))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn vintage(issued: i64, first: i32, spent: &[i64], gone: Option<(i32, i64)>) -> Vintage {
        let mut made = Vintage {
            issued,
            ..Vintage::default()
        };
        for (at, spent) in (first..).zip(spent) {
            made.fates.entry(Month(at)).or_default().spent = *spent;
        }
        if let Some((at, gone)) = gone {
            made.fates.entry(Month(at)).or_default().gone = gone;
        }
        made
    }

    /// The hand set of the reports: A 1,000 points of which 300, 200 and 100 were spent and the rest ended; B 1,200 of
    /// which 360 and 240; C 900 of which 270.
    #[test]
    fn the_chain_ladder_of_the_hand_set() {
        let vintages = BTreeMap::from([
            (
                Month(0),
                vintage(1_000, 1, &[300, 200, 100], Some((3, 400))),
            ),
            (Month(1), vintage(1_200, 2, &[360, 240], None)),
            (Month(2), vintage(900, 3, &[270], None)),
        ]);
        let now = Month(3);
        let hand: i64 = vintages.values().map(|v| left(v, Month(4)).unwrap()).sum();
        let expected = expected(&vintages, now).unwrap();
        assert_eq!((hand, expected), (1_230, Points(390)));
        assert_eq!(breakage(Points(hand), expected), Ok(6_829));
    }
}
