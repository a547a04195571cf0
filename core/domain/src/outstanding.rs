//! Certificates that were issued and are not used up: money that was taken and is owed in goods (G1, P3).
//!
//! Counted from the vouchers as they stand, and told month by month from their moves; the two agree. Nothing is taken
//! off for certificates that may never come: a shop owes each until its last day. Pure; money in minor units.

use std::collections::BTreeMap;

use crate::moment::Month;
use crate::money::{Money, Overflow};
use crate::voucher::{MoveKind, Moved, Voucher};

/// More months than this in one report are a fault of a clock.
const MONTHS_MAX: i32 = 1_200;

/// What certificates are still good for, all together.
///
/// # Errors
/// [`Overflow`].
pub fn outstanding<'a>(vouchers: impl IntoIterator<Item = &'a Voucher>) -> Result<Money, Overflow> {
    Money::total(vouchers.into_iter().map(|voucher| voucher.balance))
}

/// What happened to certificates in a month, and what was owed at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CertificateMonth {
    /// Which.
    pub month: Month,
    /// Sold, given, or handed out as change.
    pub issued: Money,
    /// Left them by uses, with what was lost or went onto another one.
    pub used: Money,
    /// Given back after returns.
    pub given_back: Money,
    /// Expired or taken back, less what came back by hand or late.
    pub ended: Money,
    /// What they were good for at the month's end.
    pub outstanding: Money,
}

/// Every month from the first move at hand to `current`, by what is outstanding `now`: counted backwards, so that a
/// device that holds the recent months only tells these rightly.
///
/// # Errors
/// [`Overflow`].
pub fn months(
    moves: &[Moved],
    now: Money,
    current: Month,
) -> Result<Vec<CertificateMonth>, Overflow> {
    let mut by_month: BTreeMap<Month, CertificateMonth> = BTreeMap::new();
    for moved in moves.iter().filter(|m| m.effect() != Money::ZERO) {
        let month = Month::of(moved.date);
        let row = by_month.entry(month).or_insert_with(|| empty(month));
        let effect = moved.effect();
        match moved.kind {
            MoveKind::Issue => row.issued = row.issued.plus(effect)?,
            MoveKind::Use => row.used = row.used.minus(effect)?,
            MoveKind::Restore => row.given_back = row.given_back.plus(effect)?,
            MoveKind::Cancel | MoveKind::Extend | MoveKind::Expire | MoveKind::Revive => {
                row.ended = row.ended.minus(effect)?;
            }
        }
    }
    let Some(first) = by_month.keys().next().copied() else {
        return Ok(Vec::new());
    };
    let last = by_month.keys().next_back().copied().max(Some(current));
    let last = last.unwrap_or(current);
    let mut rows = Vec::new();
    let mut left = now;
    for back in 0..MONTHS_MAX {
        let month = last.back(back);
        if month < first {
            break;
        }
        let mut row = by_month.remove(&month).unwrap_or_else(|| empty(month));
        row.outstanding = left;
        left = left
            .minus(row.issued)?
            .plus(row.used)?
            .minus(row.given_back)?
            .plus(row.ended)?;
        rows.push(row);
    }
    rows.reverse();
    Ok(rows)
}

const fn empty(month: Month) -> CertificateMonth {
    CertificateMonth {
        month,
        issued: Money::ZERO,
        used: Money::ZERO,
        given_back: Money::ZERO,
        ended: Money::ZERO,
        outstanding: Money::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{DeviceNo, EntryId, VoucherId};
    use crate::moment::Date;

    fn moved(n: i64, day: (i32, u32, u32), kind: MoveKind, claim: i64) -> Moved {
        let id = DeviceNo::FOUNDER.id(n).expect("a number");
        let (year, month, day) = day;
        Moved {
            id: EntryId(id),
            voucher: VoucherId(id),
            kind,
            purchase: None,
            date: Date::from_ymd_opt(year, month, day).expect("a date"),
            claim: Money(claim),
            paid: Money::ZERO,
            until: None,
            why: None,
            verdict: None,
        }
    }

    #[test]
    fn months_end_with_what_is_outstanding_now() {
        let moves = [
            moved(1, (2026, 1, 10), MoveKind::Issue, 10_000),
            moved(2, (2026, 1, 31), MoveKind::Use, -3_000),
            moved(3, (2026, 3, 1), MoveKind::Restore, 1_000),
            moved(4, (2026, 3, 2), MoveKind::Expire, -8_000),
            moved(5, (2026, 3, 3), MoveKind::Extend, 8_000),
            moved(6, (2026, 3, 4), MoveKind::Use, -500),
        ];
        let april = Month::of(Date::from_ymd_opt(2026, 4, 1).expect("a date"));
        let told = |from: usize| {
            let rows = months(&moves[from..], Money(7_500), april).expect("small");
            let row = |row: CertificateMonth| {
                let parts = [row.issued, row.used, row.given_back, row.ended];
                (parts.map(|part| part.0), row.outstanding.0)
            };
            rows.into_iter().map(row).collect::<Vec<_>>()
        };
        let march = ([0, 500, 1_000, 0], 7_500);
        let all = [
            ([10_000, 3_000, 0, 0], 7_000),
            ([0; 4], 7_000),
            march,
            ([0; 4], 7_500),
        ];
        assert_eq!(told(0), all);
        // Who holds the recent months only tells these the same.
        assert_eq!(told(2), [march, ([0; 4], 7_500)]);
        assert_eq!(told(6), []);
    }
}
