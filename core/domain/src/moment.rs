//! A moment as the shop lives it: the domain knows no zones and no clock (L7).
//!
//! The caller makes a [`Moment`] from the instant, the outlet's zone and its day start; entries keep
//! the business date, so a new zone or day start applies to later entries only.

use chrono::{Datelike, Months, NaiveDate};

/// A business date.
pub type Date = NaiveDate;

/// When something happened, seen from the outlet's counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    /// Epoch milliseconds.
    pub instant_ms: i64,
    /// The outlet's business date (a day that starts at 04:00 still belongs to the evening before).
    pub date: Date,
    /// Minute of the wall-clock day, 0…1,439.
    pub minute: u16,
}

impl Moment {
    /// Day of the week of the business date, Monday = 1 … Sunday = 7.
    #[must_use]
    pub fn weekday(&self) -> u32 {
        self.date.weekday().number_from_monday()
    }
}

/// A calendar month, counted from year 0: the unit of the sync scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(pub i32);

impl Month {
    /// The month a business date lies in.
    #[must_use]
    pub fn of(date: Date) -> Self {
        let month0 = i32::try_from(date.month0()).unwrap_or(0);
        Self(date.year() * 12 + month0)
    }

    /// The month `n` earlier.
    #[must_use]
    pub const fn back(self, n: i32) -> Self {
        Self(self.0.saturating_sub(n))
    }
}

/// Days since 1970-01-01: how dates are stored and sent.
#[must_use]
pub fn day_number(date: Date) -> i64 {
    i64::from(date.num_days_from_ce()) - EPOCH_FROM_CE
}

/// The date with this day number, if a calendar has it.
#[must_use]
pub fn date_of(day: i64) -> Option<Date> {
    let from_ce = i32::try_from(day.checked_add(EPOCH_FROM_CE)?).ok()?;
    NaiveDate::from_num_days_from_ce_opt(from_ce)
}

/// 1970-01-01 in days of the common era.
const EPOCH_FROM_CE: i64 = 719_163;

/// `date` + `n` months, clamped to the month's last day (31 Jan + 1 month = 28/29 Feb, L7).
#[must_use]
pub fn plus_months(date: Date, n: u32) -> Option<Date> {
    date.checked_add_months(Months::new(n))
}

/// The last day of the date's month.
#[must_use]
pub fn month_end(date: Date) -> Option<Date> {
    date.with_day(1)?
        .checked_add_months(Months::new(1))?
        .pred_opt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Date {
        text.parse().expect("a date of the test")
    }

    #[test]
    fn months_clamp_to_the_last_day() {
        for (from, months, want, end) in [
            ("2027-01-31", 1, "2027-02-28", "2027-01-31"),
            ("2028-01-31", 1, "2028-02-29", "2028-01-31"),
            ("2028-02-29", 12, "2029-02-28", "2028-02-29"),
            ("2026-12-15", 1, "2027-01-15", "2026-12-31"),
        ] {
            assert_eq!(plus_months(d(from), months), Some(d(want)), "{from}");
            assert_eq!(month_end(d(from)), Some(d(end)), "{from}");
        }
    }

    #[test]
    fn a_day_number_counts_from_1970() {
        assert_eq!(day_number(d("1970-01-01")), 0);
        assert_eq!(date_of(day_number(d("1998-06-30"))), Some(d("1998-06-30")));
        assert_eq!(date_of(i64::MAX), None);
        assert_eq!(
            Month::of(d("1998-01-05")).back(1),
            Month::of(d("1997-12-31"))
        );
    }
}
