//! Numbers as people write them: amounts in the currency's units, percentages, times, pieces. No floats.

use kartka_domain::ids::{InstrumentId, OutletId};
use kartka_domain::moment::{Date, DayOfYear};
use kartka_domain::money::{AMOUNT_MAX, Money};
use kartka_domain::programme::Goods;
use kartka_domain::purchase::{GoodsId, GroupId, Quantity};
use serde::Deserialize;

use super::FileError;

/// Where a value stands, and how many digits its currency has.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) name: String,
    pub(super) exponent: u8,
}

impl Place {
    pub(super) fn wrong(&self, text: &str, wanted: &'static str) -> FileError {
        FileError::Value {
            place: self.name.clone(),
            text: text.to_owned(),
            wanted,
        }
    }

    /// `12` or `12.50`.
    pub(super) fn money(&self, text: &str) -> Result<Money, FileError> {
        let minor = decimal(text, self.exponent).filter(|n| n.unsigned_abs() <= AMOUNT_MAX);
        minor
            .map(Money)
            .ok_or_else(|| self.wrong(text, "amount like 12.50"))
    }

    /// `7.5` percent as hundredths of a percent.
    pub(super) fn percent(&self, text: &str) -> Result<u16, FileError> {
        let number = decimal(text, 2).and_then(|n| u16::try_from(n).ok());
        number.ok_or_else(|| self.wrong(text, "percentage like 7.5"))
    }

    /// `1.5` times as ten-thousandths.
    pub(super) fn factor(&self, text: &str) -> Result<u32, FileError> {
        let number = decimal(text, 4).and_then(|n| u32::try_from(n).ok());
        number.ok_or_else(|| self.wrong(text, "factor like 1.5"))
    }

    /// `0.250` pieces or kilograms as thousandths.
    pub(super) fn quantity(&self, text: &str) -> Result<Quantity, FileError> {
        let number = decimal(text, 3).map(Quantity);
        number.ok_or_else(|| self.wrong(text, "quantity like 0.250"))
    }

    /// `2026-03-02`.
    pub(super) fn date(&self, text: &str) -> Result<Date, FileError> {
        text.parse()
            .map_err(|_| self.wrong(text, "date like 2026-03-02"))
    }

    /// `03-02`.
    pub(super) fn day(&self, text: &str) -> Result<DayOfYear, FileError> {
        let day = text
            .split_once('-')
            .and_then(|(month, day)| DayOfYear::new(month.parse().ok()?, day.parse().ok()?));
        day.ok_or_else(|| self.wrong(text, "day like 03-02"))
    }

    /// `14:30` as minutes; `24:00` is the end of the day.
    pub(super) fn time(&self, text: &str) -> Result<u16, FileError> {
        let minutes = text.split_once(':').and_then(|(hours, minutes)| {
            let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
            (hours <= 24 && minutes < 60).then_some(hours * 60 + minutes)
        });
        minutes
            .filter(|n| *n <= 1_440)
            .ok_or_else(|| self.wrong(text, "time like 14:30"))
    }
}

/// A decimal text with at most so many digits after the point, as a whole number of the last of them.
fn decimal(text: &str, places: u8) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let places = usize::from(places);
    let ends_in_point = text.ends_with('.');
    if whole.is_empty() || ends_in_point || part.len() > places || !digits(whole) || !digits(part) {
        return None;
    }
    format!("{whole}{part:0<places$}").parse().ok()
}

/// Single goods and groups, by number.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GoodsFile {
    #[serde(default)]
    goods: Vec<i64>,
    #[serde(default)]
    groups: Vec<i64>,
}

impl GoodsFile {
    /// In ascending order, as the domain wants them.
    pub(super) fn read(this: Option<Self>) -> Goods {
        let Self {
            mut goods,
            mut groups,
        } = this.unwrap_or_default();
        goods.sort_unstable();
        groups.sort_unstable();
        Goods {
            goods: goods.into_iter().map(GoodsId).collect(),
            groups: groups.into_iter().map(GroupId).collect(),
        }
    }
}

pub(super) fn outlets(numbers: Vec<u32>) -> Vec<OutletId> {
    let mut outlets: Vec<OutletId> = numbers.into_iter().map(OutletId).collect();
    outlets.sort_unstable();
    outlets
}

pub(super) const fn instrument(number: u32) -> InstrumentId {
    InstrumentId(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_or_refused() {
        for (text, places, want) in [
            ("12.5", 2, Some(1_250)),
            ("12", 0, Some(12)),
            ("0.250", 3, Some(250)),
            ("12.505", 2, None),
            ("12.", 2, None),
            (".5", 2, None),
            ("-1", 2, None),
            ("1e3", 2, None),
            ("", 2, None),
            ("99999999999999999999", 2, None),
        ] {
            assert_eq!(decimal(text, places), want, "{text}");
        }
    }
}
