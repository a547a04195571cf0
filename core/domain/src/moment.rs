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

/// A day that comes back every year: a birthday, an anniversary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayOfYear {
    month: u32,
    day: u32,
}

impl DayOfYear {
    /// A day that some year has.
    #[must_use]
    pub fn new(month: u32, day: u32) -> Option<Self> {
        NaiveDate::from_ymd_opt(2_000, month, day).map(|_| Self { month, day })
    }

    /// The day of the year of a date.
    #[must_use]
    pub fn of(date: Date) -> Self {
        Self {
            month: date.month(),
            day: date.day(),
        }
    }

    /// The day in a year; 29 February is the 28th in a year without it (L7).
    #[must_use]
    pub fn in_year(self, year: i32) -> Option<Date> {
        NaiveDate::from_ymd_opt(year, self.month, self.day)
            .or_else(|| month_end(NaiveDate::from_ymd_opt(year, self.month, 1)?))
    }

    /// How many days `date` is after the nearest such day; negative before it.
    #[must_use]
    pub fn days_away(self, date: Date) -> i64 {
        let year = date.year();
        let around = [year - 1, year, year + 1].into_iter();
        let days = around.filter_map(|year| Some((date - self.in_year(year)?).num_days()));
        days.min_by_key(|days| days.abs()).unwrap_or(i64::MAX)
    }
}

/// To the end of what a last day is rounded up (L7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum PeriodEnd {
    /// The month (the default).
    #[default]
    Month = 1,
    /// The quarter of the calendar year.
    Quarter = 2,
    /// The calendar year.
    Year = 3,
}

/// The last day of the period that the date lies in.
#[must_use]
pub fn period_end(date: Date, ends: PeriodEnd) -> Option<Date> {
    let to_go = match ends {
        PeriodEnd::Month => 0,
        PeriodEnd::Quarter => 2 - date.month0() % 3,
        PeriodEnd::Year => 11 - date.month0(),
    };
    plus_months(date.with_day(1)?, to_go).and_then(month_end)
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
    fn a_birthday_comes_every_year_also_on_29_february() {
        for (month, day, date, away) in [
            (2, 29, "2028-02-29", 0),
            (2, 29, "2027-02-28", 0),
            (2, 29, "2027-03-01", 1),
            (12, 31, "2027-01-02", 2),
            (1, 2, "2026-12-30", -3),
        ] {
            let birthday = DayOfYear::new(month, day).expect("a day");
            assert_eq!(birthday.days_away(d(date)), away, "{month}-{day} {date}");
        }
        assert_eq!(DayOfYear::new(2, 30), None);
        assert_eq!(DayOfYear::new(13, 1), None);
    }

    #[test]
    fn periods_end_with_their_month_quarter_or_year() {
        for (day, ends, last) in [
            ("2028-02-11", PeriodEnd::Month, "2028-02-29"),
            ("2028-02-11", PeriodEnd::Quarter, "2028-03-31"),
            ("2028-03-31", PeriodEnd::Quarter, "2028-03-31"),
            ("2028-10-01", PeriodEnd::Quarter, "2028-12-31"),
            ("2028-02-29", PeriodEnd::Year, "2028-12-31"),
            ("2028-12-31", PeriodEnd::Year, "2028-12-31"),
        ] {
            assert_eq!(period_end(d(day), ends), Some(d(last)), "{day} {ends:?}");
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
