//! When a multiplier or a campaign works, as a file spells it.

use kartka_domain::programme::{Multiplier, When};
use serde::Deserialize;

use super::FileError;
use super::plain::{Place, instrument, outlets};

/// A condition, and a factor where it belongs to a multiplier.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WhenFile {
    factor: Option<String>,
    tiers: Option<u32>,
    level: Option<u8>,
    weekdays: Option<Vec<String>>,
    from: Option<String>,
    to: Option<String>,
    outlets: Option<Vec<u32>>,
    birthday_before: Option<u16>,
    birthday_after: Option<u16>,
    #[serde(default)]
    first_purchase: bool,
}

impl WhenFile {
    /// A multiplier.
    pub(super) fn multiplier(self, at: &Place) -> Result<Multiplier, FileError> {
        let factor = self.factor.as_deref();
        let factor = factor.ok_or_else(|| at.wrong("multiplier", "multiplier with a factor"))?;
        Ok(Multiplier {
            factor: at.factor(factor)?,
            when: self.condition(at)?,
        })
    }

    /// A condition alone.
    pub(super) fn read(self, at: &Place) -> Result<When, FileError> {
        match self.factor {
            Some(_) => Err(at.wrong("when", "condition without a factor")),
            None => self.condition(at),
        }
    }

    fn condition(self, at: &Place) -> Result<When, FileError> {
        let mut found = Vec::new();
        if let (Some(tiers), Some(level)) = (self.tiers, self.level) {
            found.push(When::Tier(instrument(tiers), level));
        }
        if let Some(days) = self.weekdays {
            found.push(When::Weekdays(weekdays(&days, at)?));
        }
        if let (Some(from), Some(to)) = (&self.from, &self.to) {
            let (from, to) = (at.time(from)?, at.time(to)?);
            found.push(When::Hours { from, to });
        }
        found.extend(self.outlets.map(|list| When::Outlets(outlets(list))));
        if self.birthday_before.is_some() || self.birthday_after.is_some() {
            let (before, after) = (self.birthday_before, self.birthday_after);
            found.push(When::Birthday {
                before: before.unwrap_or(0),
                after: after.unwrap_or(0),
            });
        }
        found.extend(self.first_purchase.then_some(When::FirstPurchase));
        if found.len() != 1 {
            return Err(at.wrong("multiplier", "multiplier with one condition"));
        }
        Ok(found.remove(0))
    }
}

/// Names of days as bits, bit 0 = Monday.
fn weekdays(names: &[String], at: &Place) -> Result<u8, FileError> {
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    names.iter().try_fold(0, |bits, name| {
        let day = days.iter().position(|day| day == name);
        let day = day.ok_or_else(|| at.wrong(name, "day of the week like mon"))?;
        Ok(bits | 1 << day)
    })
}
