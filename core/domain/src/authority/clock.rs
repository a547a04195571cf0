//! The effective time of an op: what the clock of a phone is worth (sync §5).

use chrono::TimeDelta;

use crate::ledger::LotTerms;
use crate::moment::Date;
use crate::op::OpTime;

/// A measured pair: at this monotonic time of this boot the authority's clock showed that instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// The run of the device.
    pub boot: u64,
    /// Its monotonic time in milliseconds.
    pub monotonic_ms: i64,
    /// The authority's clock, epoch ms.
    pub server_ms: i64,
}

/// A phone's clock within this of the truth is left alone.
pub const CLOCK_TOLERANCE_MS: i64 = 120_000;

/// The instant that counts for an op, epoch ms, or [`None`] when the wall time stands.
///
/// Same boot as an anchor: anchor + difference of monotonic times. Otherwise the wall time, kept between
/// the device's earlier op and the receipt. Never after `received_ms`, never before `earlier_ms`.
#[must_use]
pub fn effective_time(
    time: &OpTime,
    anchors: &[Anchor],
    earlier_ms: i64,
    received_ms: i64,
) -> Option<i64> {
    let wall = time.wall.instant_ms;
    let nearest = anchors
        .iter()
        .filter(|a| a.boot == time.boot)
        .min_by_key(|a| a.monotonic_ms.abs_diff(time.monotonic_ms));
    let measured = nearest.map_or(wall, |a| {
        a.server_ms
            .saturating_add(time.monotonic_ms.saturating_sub(a.monotonic_ms))
    });
    let effective = measured.max(earlier_ms).min(received_ms);
    (effective.abs_diff(wall) > CLOCK_TOLERANCE_MS.unsigned_abs()).then_some(effective)
}

/// Dates promised to a customer stay, unless the clock was more than this off (sync §5).
const PROMISED_DAYS: u64 = 7;

/// The life of a lot that a wrong clock promised on `wall` and that was earned on `date`: its last day
/// stays when it was a few days off, else it follows from `terms`, the life the rules give on `date`.
/// It may be spent as soon as promised: the same number of days after the purchase, or earlier.
#[must_use]
pub(super) fn promised(lot: LotTerms, terms: Option<LotTerms>, wall: Date, date: Date) -> LotTerms {
    let off = date - wall;
    let moved = |day: Date, by: TimeDelta| day.checked_add_signed(by).unwrap_or(day);
    if off.num_days().unsigned_abs() > PROMISED_DAYS {
        return terms.unwrap_or(LotTerms {
            available_on: moved(lot.available_on, off),
            expires_on: lot.expires_on.map(|last| moved(last, off)),
        });
    }
    LotTerms {
        available_on: moved(lot.available_on, off).min(lot.available_on),
        ..lot
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::Moment;

    #[test]
    fn a_wrong_clock_is_corrected_once_and_a_good_one_left_alone() {
        let minute = 60_000;
        // (wall, monotonic, boot, want), minutes; the anchor says: boot 1, 100 min = server 1,000 min.
        for (wall, monotonic, boot, want) in [
            (1_010, 110, 1, None),        // right
            (1_011, 110, 1, None),        // a minute off
            (5_000, 110, 1, Some(1_010)), // years ahead, same boot: measured
            (20, 110, 1, Some(1_010)),    // behind
            (5_000, 7, 2, Some(2_000)),   // other boot: never after receipt
            (1_200, 7, 2, None),          // other boot, plausible: stands
            (3, 7, 2, Some(900)),         // never before the device's earlier op
            (9_000, i64::MAX / minute, 1, Some(2_000)),
        ] {
            let date = chrono::NaiveDate::default();
            let time = OpTime {
                boot,
                monotonic_ms: monotonic * minute,
                wall: Moment {
                    instant_ms: wall * minute,
                    date,
                    minute: 0,
                },
            };
            let anchor = Anchor {
                boot: 1,
                monotonic_ms: 100 * minute,
                server_ms: 1_000 * minute,
            };
            let got = effective_time(&time, &[anchor], 900 * minute, 2_000 * minute);
            assert_eq!(got, want.map(|m| m * minute), "{wall} {monotonic} {boot}");
        }
    }
}
