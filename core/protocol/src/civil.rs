//! Where instant, zone and day start become a moment of the counter (L7, sync §5).
//!
//! The only place that knows zones; phone and server call the same function, so both write the same date.

use chrono_tz::Tz;
use kartka_domain::chrono::{DateTime, Days, Timelike};
use kartka_domain::moment::Moment;

/// Why an instant has no business date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CivilError {
    /// The zone's name is in no table.
    #[error("that time zone is not known")]
    Zone,
    /// The instant lies outside the calendar.
    #[error("that instant is in no calendar")]
    OutsideCalendar,
    /// A day start is a minute of the day.
    #[error("a day starts at a minute from 0 to 1439")]
    DayStart,
}

/// The moment of `instant_ms` (epoch ms) in the IANA zone `zone` where a business day starts at the wall-clock
/// minute `day_start`: before it the counter still works on the day before.
///
/// # Errors
/// [`CivilError`] naming what is wrong.
pub fn moment(instant_ms: i64, zone: &str, day_start: u16) -> Result<Moment, CivilError> {
    if day_start >= 1_440 {
        return Err(CivilError::DayStart);
    }
    let zone: Tz = zone.parse().map_err(|_| CivilError::Zone)?;
    let utc = DateTime::from_timestamp_millis(instant_ms).ok_or(CivilError::OutsideCalendar)?;
    let local = utc.with_timezone(&zone).naive_local();
    let minute = u16::try_from(local.hour() * 60 + local.minute())
        .map_err(|_| CivilError::OutsideCalendar)?;
    let day = local.date();
    let date = if minute < day_start {
        day.checked_sub_days(Days::new(1))
    } else {
        Some(day)
    };
    Ok(Moment {
        instant_ms,
        date: date.ok_or(CivilError::OutsideCalendar)?,
        minute,
    })
}

/// Whether the table knows the zone.
#[must_use]
pub fn is_zone(zone: &str) -> bool {
    zone.parse::<Tz>().is_ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn days_of_23_and_25_hours_and_late_day_starts() {
        for (utc, zone, day_start, date, minute) in [
            (
                "2026-03-28T21:59:00Z",
                "Europe/Kyiv",
                0,
                "2026-03-28",
                23 * 60 + 59,
            ),
            ("2026-03-28T22:00:00Z", "Europe/Kyiv", 0, "2026-03-29", 0),
            // 03:00 becomes 04:00: a day of 23 hours.
            (
                "2026-03-29T00:59:00Z",
                "Europe/Kyiv",
                0,
                "2026-03-29",
                2 * 60 + 59,
            ),
            (
                "2026-03-29T01:00:00Z",
                "Europe/Kyiv",
                0,
                "2026-03-29",
                4 * 60,
            ),
            // 04:00 becomes 03:00: a day of 25 hours, 03:30 comes twice.
            (
                "2026-10-25T00:30:00Z",
                "Europe/Kyiv",
                0,
                "2026-10-25",
                3 * 60 + 30,
            ),
            (
                "2026-10-25T01:30:00Z",
                "Europe/Kyiv",
                0,
                "2026-10-25",
                3 * 60 + 30,
            ),
            // A bar that closes at four in the morning.
            (
                "2026-07-01T00:30:00Z",
                "Europe/Kyiv",
                240,
                "2026-06-30",
                3 * 60 + 30,
            ),
            (
                "2026-07-01T01:00:00Z",
                "Europe/Kyiv",
                240,
                "2026-07-01",
                4 * 60,
            ),
            (
                "1998-06-30T23:59:00Z",
                "America/New_York",
                0,
                "1998-06-30",
                19 * 60 + 59,
            ),
        ] {
            let instant = DateTime::parse_from_rfc3339(utc)
                .unwrap()
                .timestamp_millis();
            let got = moment(instant, zone, day_start).unwrap();
            assert_eq!(
                (got.date.to_string().as_str(), got.minute),
                (date, minute),
                "{utc} {zone}"
            );
        }
        assert_eq!(moment(0, "Kyiv", 0), Err(CivilError::Zone));
        assert_eq!(
            moment(i64::MAX, "Europe/Kyiv", 0),
            Err(CivilError::OutsideCalendar)
        );
        assert_eq!(moment(0, "Europe/Kyiv", 1_440), Err(CivilError::DayStart));
    }
}
