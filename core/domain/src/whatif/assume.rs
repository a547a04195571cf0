//! The owner's assumptions as ranges, and what they make of a replay (P1).

use super::{Replayed, WHOLE, WhatIfError, ceil, floor, product};
use crate::money::{AMOUNT_MAX, Money, Overflow};

/// What somebody believes: not a number but three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// Hardly less.
    pub low: i64,
    /// Most likely.
    pub likely: i64,
    /// Hardly more.
    pub high: i64,
}

impl Range {
    /// One number that is known.
    #[must_use]
    pub const fn exactly(value: i64) -> Self {
        Self {
            low: value,
            likely: value,
            high: value,
        }
    }

    fn check(&self, name: &'static str, most: i64) -> Result<(), WhatIfError> {
        let ordered = 0 <= self.low && self.low <= self.likely && self.likely <= self.high;
        if ordered && self.high <= most {
            Ok(())
        } else {
            Err(WhatIfError::Range(name))
        }
    }
}

/// More extra visits than ten for each one are a mistake of the typing.
const EXTRA_MAX: i64 = 10 * WHOLE;

/// What the replay can't know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assumptions {
    /// Margin before any discount, in hundredths of a percent.
    pub margin: Range,
    /// Share of the known customers who take part, in hundredths of a percent.
    pub response: Range,
    /// Visits that the instrument causes, in hundredths of a percent of those that happened.
    pub extra: Range,
    /// What one card costs, in minor units.
    pub card: Range,
    /// What one message costs, in minor units.
    pub message: Range,
    /// Messages to each who takes part, over the time replayed.
    pub messages: i64,
    /// Paid once, in minor units.
    pub once: Money,
}

/// Three answers, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// Everything comes at its worst.
    pub low: Money,
    /// Everything comes as believed.
    pub likely: Money,
    /// Everything comes at its best.
    pub high: Money,
}

/// What the assumptions make of a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forecast {
    /// Profit over the time replayed, against having no such instrument.
    pub profit: Spread,
    /// Cards, messages and what is paid once, as believed.
    pub outlay: Money,
    /// Extra visits at which it pays for itself, in hundredths of a percent of those that happened, at the likely
    /// margin; none where it never does.
    pub break_even: Option<i64>,
    /// Share of the rewarded visits that must be new ones, in hundredths of a percent; none where even all would not do.
    pub new_visits: Option<i64>,
}

/// The uplift of sales at which a discount pays for itself: discount / (margin − discount), all in hundredths of a
/// percent, rounded up (P1); none if the discount is the whole margin or more.
///
/// # Errors
/// [`Overflow`].
pub fn break_even(discount: i64, margin: i64) -> Result<Option<i64>, Overflow> {
    if discount <= 0 {
        return Ok(Some(0));
    }
    let left = margin.checked_sub(discount).ok_or(Overflow)?;
    if left <= 0 {
        return Ok(None);
    }
    ceil(product(&[discount, WHOLE])?, i128::from(left)).map(Some)
}

/// One point of the ranges.
#[derive(Clone, Copy)]
struct Case {
    margin: i64,
    response: i64,
    extra: i64,
    card: i64,
    message: i64,
}

impl Assumptions {
    fn check(&self) -> Result<(), WhatIfError> {
        let most = AMOUNT_MAX.cast_signed();
        self.margin.check("margin", WHOLE)?;
        self.response.check("response", WHOLE)?;
        self.extra.check("extra", EXTRA_MAX)?;
        self.card.check("card", most)?;
        self.message.check("message", most)?;
        if !(0..=1_000_000).contains(&self.messages) {
            return Err(WhatIfError::Range("messages"));
        }
        if !(0..=most).contains(&self.once.0) {
            return Err(WhatIfError::Range("once"));
        }
        Ok(())
    }
}

/// Lays the assumptions over a replay (P1).
///
/// The low profit has every assumption at its worst end, the high one at its best. More people who take part and more
/// extra visits are better or worse, whether one visit brings more than it costs or not: so both their ends are tried.
///
/// # Errors
/// [`WhatIfError::Range`] naming the range that is none; [`WhatIfError::Overflow`].
pub fn forecast(replayed: &Replayed, assumed: &Assumptions) -> Result<Forecast, WhatIfError> {
    assumed.check()?;
    let at = |margin, response, extra, card, message| {
        let case = Case {
            margin,
            response,
            extra,
            card,
            message,
        };
        profit(replayed, assumed, case)
    };
    let Assumptions {
        margin,
        response,
        extra,
        card,
        message,
        ..
    } = *assumed;
    let ends = [response.low, response.high]
        .into_iter()
        .flat_map(|r| [(r, extra.low), (r, extra.high)]);
    let (mut low, mut high) = (Money(i64::MAX), Money(i64::MIN));
    for (response, extra) in ends {
        low = low.min(at(margin.low, response, extra, card.high, message.high)?);
        high = high.max(at(margin.high, response, extra, card.low, message.low)?);
    }
    let likely = Case {
        margin: margin.likely,
        response: response.likely,
        extra: extra.likely,
        card: card.likely,
        message: message.likely,
    };
    let outlay = outlay(replayed, assumed, likely)?;
    Ok(Forecast {
        profit: Spread {
            low,
            likely: profit(replayed, assumed, likely)?,
            high,
        },
        outlay,
        break_even: needed(replayed, outlay, likely)?,
        new_visits: new_visits(replayed, margin.likely)?,
    })
}

/// Cards and messages of those who take part, and what is paid once.
fn outlay(replayed: &Replayed, assumed: &Assumptions, case: Case) -> Result<Money, Overflow> {
    let each = product(&[case.message, assumed.messages])? + i128::from(case.card);
    let people = product(&[replayed.customers, case.response])?;
    let all = people.checked_mul(each).ok_or(Overflow)?;
    Money(ceil(all, i128::from(WHOLE))?).plus(assumed.once)
}

/// response · (base · extra · margin − cost · (1 + extra)) − outlay: extra visits bring their margin and cost what a
/// visit cost in the replay.
fn profit(replayed: &Replayed, assumed: &Assumptions, case: Case) -> Result<Money, Overflow> {
    let square = i128::from(WHOLE) * i128::from(WHOLE);
    let gained = product(&[replayed.base.0, case.extra, case.margin])?;
    let given = product(&[replayed.cost()?.0, WHOLE + case.extra, WHOLE])?;
    let change = gained
        .checked_sub(given)
        .and_then(|change| change.checked_mul(i128::from(case.response)))
        .ok_or(Overflow)?;
    let change = Money(floor(change, square * i128::from(WHOLE))?);
    change.minus(outlay(replayed, assumed, case)?)
}

/// u* = (d + F/B) / (m − d), with what is given as d and the outlay as F, both of those who take part.
fn needed(replayed: &Replayed, outlay: Money, case: Case) -> Result<Option<i64>, Overflow> {
    let cost = replayed.cost()?;
    let margin = product(&[replayed.base.0, case.margin])?;
    let left = margin - product(&[cost.0, WHOLE])?;
    let taking_part = left
        .checked_mul(i128::from(case.response))
        .ok_or(Overflow)?;
    let given = product(&[cost.0, case.response])? + product(&[outlay.0, WHOLE])?;
    if given <= 0 {
        return Ok(Some(0));
    }
    if taking_part <= 0 {
        return Ok(None);
    }
    let square = i128::from(WHOLE) * i128::from(WHOLE);
    let needed = given.checked_mul(square).ok_or(Overflow)?;
    ceil(needed, taking_part).map(Some)
}

/// i* = d / m.
fn new_visits(replayed: &Replayed, margin: i64) -> Result<Option<i64>, Overflow> {
    let (cost, base) = (replayed.cost()?, replayed.base);
    if cost.0 <= 0 {
        return Ok(Some(0));
    }
    let whole = product(&[base.0, margin])?;
    if whole <= 0 {
        return Ok(None);
    }
    let square = product(&[cost.0, WHOLE, WHOLE])?;
    let share = ceil(square, whole)?;
    Ok((share <= WHOLE).then_some(share))
}
