//! The simple calculator for a shop without history (P2): typed numbers, an ordinary day without and with the discount.
//!
//! Income alone flatters, so every line is shown beside its profit, and the day on which the costs are back is named.

use super::{WHOLE, WhatIfError, ceil, floor, product};
use crate::money::{Money, Overflow};

/// A month has so many days here.
const MONTH_DAYS: i64 = 30;
/// More visitors a day than this are a mistake of the typing.
const VISITORS_MAX: i64 = 1_000_000;

/// What the owner types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Typed {
    /// Visitors of an ordinary day.
    pub visitors: i64,
    /// What one of them spends, in minor units.
    pub receipt: Money,
    /// Share of them that comes back because of the discount, in hundredths of a percent.
    pub returning: i64,
    /// The discount for who comes back, in hundredths of a percent.
    pub discount: i64,
    /// Margin before any discount, in hundredths of a percent.
    pub margin: i64,
    /// Paid once: cards, posters; minor units.
    pub once: Money,
    /// Paid for every month of 30 days that has begun; minor units.
    pub monthly: Money,
}

/// Income and profit of a day, in minor units: never one without the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// What the till takes.
    pub income: Money,
    /// What is left of it after the goods.
    pub profit: Money,
}

/// The calculator's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calculated {
    /// As it is.
    pub without: Day,
    /// With those who come back at the discount.
    pub with: Day,
    /// The same people, had they come back without a discount: what the discount is measured against if it was not
    /// the reason.
    pub anyway: Day,
    /// Extra sales that the discount needs to pay for itself, in hundredths of a percent of the sales it is given on;
    /// none where it never does.
    pub break_even: Option<i64>,
    /// The day, from 1, on which the costs are back; none where they never are.
    pub paid_back: Option<i64>,
}

impl Typed {
    fn check(&self) -> Result<(), WhatIfError> {
        let shares = [
            ("returning", self.returning),
            ("discount", self.discount),
            ("margin", self.margin),
        ];
        for (name, share) in shares {
            if !(0..=WHOLE).contains(&share) {
                return Err(WhatIfError::Range(name));
            }
        }
        let amounts = [
            ("receipt", self.receipt),
            ("once", self.once),
            ("monthly", self.monthly),
        ];
        for (name, amount) in amounts {
            if !(0..=crate::money::AMOUNT_MAX.cast_signed()).contains(&amount.0) {
                return Err(WhatIfError::Range(name));
            }
        }
        if !(0..=VISITORS_MAX).contains(&self.visitors) {
            return Err(WhatIfError::Range("visitors"));
        }
        Ok(())
    }
}

/// Works it out (P2).
///
/// # Errors
/// [`WhatIfError::Range`] naming the field that is no share or no amount; [`WhatIfError::Overflow`].
pub fn calculate(typed: &Typed) -> Result<Calculated, WhatIfError> {
    typed.check()?;
    let part = |shares: [i64; 2]| -> Result<i64, Overflow> {
        let value = product(&[typed.visitors, typed.receipt.0, shares[0], shares[1]])?;
        floor(value, i128::from(WHOLE) * i128::from(WHOLE))
    };
    let without = Day {
        income: Money(part([WHOLE, WHOLE])?),
        profit: Money(part([WHOLE, typed.margin])?),
    };
    let plus = |income: i64, profit: i64| -> Result<Day, Overflow> {
        Ok(Day {
            income: without.income.plus(Money(income))?,
            profit: without.profit.plus(Money(profit))?,
        })
    };
    let with = plus(
        part([typed.returning, WHOLE - typed.discount])?,
        part([typed.returning, typed.margin - typed.discount])?,
    )?;
    let anyway = plus(
        part([typed.returning, WHOLE])?,
        part([typed.returning, typed.margin])?,
    )?;
    Ok(Calculated {
        without,
        with,
        anyway,
        break_even: super::break_even(typed.discount, typed.margin)?,
        paid_back: paid_back(with.profit.minus(without.profit)?, typed)?,
    })
}

/// The first day whose sum of gains covers what was paid once and for the months begun so far.
fn paid_back(gain: Money, typed: &Typed) -> Result<Option<i64>, Overflow> {
    if !gain.is_positive() {
        return Ok(None);
    }
    let a_month = product(&[gain.0, MONTH_DAYS])? - i128::from(typed.monthly.0);
    let months = match a_month {
        ..0 => return Ok(None),
        0 if typed.once.is_positive() => return Ok(None),
        0 => 1,
        a_month => ceil(i128::from(typed.once.0), a_month)?.max(1),
    };
    let due = i128::from(typed.once.0) + product(&[typed.monthly.0, months])?;
    ceil(due, i128::from(gain.0)).map(|day| Some(day.max(1)))
}
