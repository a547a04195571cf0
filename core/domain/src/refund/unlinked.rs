//! A return of which only the receipt is known: what is claimed meanwhile, and which goods an amount stands for (X1).
//!
//! Pure: a phone computes the claim and shows it as "to be settled", the authority checks it by the same function and,
//! once it knows the purchase, finds the goods by [`goods_for`]. Never rounds in the customer's disfavour: what an
//! amount cannot part exactly stays in the till only until the last of the goods comes back.

use crate::earn::earned;
use crate::ids::CustomerId;
use crate::ledger::{About, Effect, EntryKind, Resolved};
use crate::money::{AMOUNT_MAX, Money, Overflow, Points, Stamps};
use crate::op::{Claim, ReturnUnlinked};
use crate::programme::{Instrument, Programme};
use crate::purchase::{
    Line, ONE, Purchase, Quantity, Return, ReturnedLine, kept_back, returned_part, returned_so_far,
};

/// The goods that an amount stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoodsFor {
    /// Which, one item per line; none where nothing is kept.
    pub lines: Vec<ReturnedLine>,
    /// What of the amount counts, in minor units: never more than was kept.
    pub money: Money,
    /// What the lines are worth above that, in minor units.
    pub kept_back: Money,
}

impl ReturnUnlinked {
    /// Whether it can be true: a positive amount that is not too large.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.amount.0 > 0 && self.amount.0.unsigned_abs() <= AMOUNT_MAX
    }
}

/// What is taken back meanwhile: the points that a typed amount earns by this programme, without anything that depends
/// on the person or the hour. Stamps and rewards wait for the purchase.
///
/// # Errors
/// [`Overflow`].
pub fn claims(programme: &Programme, back: &ReturnUnlinked) -> Result<Vec<Claim>, Overflow> {
    let Some(customer) = back.customer else {
        return Ok(Vec::new());
    };
    let bonus = |of: &&Instrument| of.bonus().is_some();
    let mut claims = Vec::new();
    for of in programme.instruments().iter().filter(bonus) {
        claims.extend(claim((programme, of), customer, back.amount)?);
    }
    Ok(claims)
}

fn claim(
    (programme, of): (&Programme, &Instrument),
    customer: CustomerId,
    amount: Money,
) -> Result<Option<Claim>, Overflow> {
    let Effect {
        points,
        value,
        status,
        ..
    } = earned(
        (programme, of),
        &[Line::amount(amount)],
        &[],
        Resolved::PLAIN,
    )?
    .effect;
    let effect = Effect {
        points: points.negated()?,
        stamps: Stamps::ZERO,
        value: value.negated()?,
        status: status.negated()?,
        carry: 0,
    };
    let moves = points != Points::ZERO || status != Points::ZERO;
    Ok(moves.then_some(Claim {
        customer,
        instrument: of.id,
        kind: EntryKind::Reverse,
        effect,
        lot: None,
        about: About::Nothing,
    }))
}

/// Money that may still go back for a purchase, in minor units: what was paid for the goods that are kept. A certificate
/// that was sold is no goods: it comes back by its own number.
///
/// # Errors
/// [`Overflow`].
pub fn money_kept(purchase: &Purchase, returns: &[Return]) -> Result<Money, Overflow> {
    let back = returned_so_far(purchase, returns)?;
    let mut sum = kept_back(returns)?;
    let goods = |(line, _): &(&Line, Quantity)| line.certificate.is_none();
    for (line, back) in purchase.lines.iter().zip(back).filter(goods) {
        let paid = line.paid()?.0;
        let part = returned_part(paid, back, line.quantity)?;
        sum = sum.plus(Money(paid - part))?;
    }
    Ok(sum)
}

/// The goods that `amount` stands for (X1): everything that is kept, if it comes to that; else whole pieces of the first
/// line that come to it; else the lines in their order, the last of them in part. What is above what was kept does not
/// count.
///
/// # Errors
/// [`Overflow`].
pub fn goods_for(
    purchase: &Purchase,
    returns: &[Return],
    amount: Money,
) -> Result<GoodsFor, Overflow> {
    let kept = money_kept(purchase, returns)?;
    let money = amount.min(kept);
    let shelf = Shelf::of(purchase, returned_so_far(purchase, returns)?);
    let lines = if money == Money::ZERO {
        Vec::new()
    } else if money == kept {
        shelf.everything()?
    } else {
        match shelf.pieces_worth(money)? {
            Some(line) => vec![line],
            None => shelf.in_order(money)?,
        }
    };
    let worth = shelf.worth(&lines)?;
    Ok(GoodsFor {
        kept_back: worth.minus(money)?,
        lines,
        money,
    })
}

/// The goods of a purchase that were not brought back.
struct Shelf<'a> {
    purchase: &'a Purchase,
    back: Vec<Quantity>,
}

impl<'a> Shelf<'a> {
    const fn of(purchase: &'a Purchase, back: Vec<Quantity>) -> Self {
        Self { purchase, back }
    }

    /// What is kept of a line.
    fn left(&self, place: usize) -> i64 {
        let line = &self.purchase.lines[place];
        line.quantity.0.saturating_sub(self.back[place].0).max(0)
    }

    /// What `more` of a line is worth in money.
    fn part(&self, place: usize, more: i64) -> Result<i64, Overflow> {
        let (line, before) = (&self.purchase.lines[place], self.back[place]);
        let after = Quantity(before.0.checked_add(more).ok_or(Overflow)?);
        let paid = line.paid()?.0;
        let then = returned_part(paid, before, line.quantity)?;
        Ok(returned_part(paid, after, line.quantity)? - then)
    }

    fn worth(&self, lines: &[ReturnedLine]) -> Result<Money, Overflow> {
        let part = |part: &ReturnedLine| self.part(usize::from(part.line), part.quantity.0);
        lines
            .iter()
            .try_fold(Money::ZERO, |sum, line| sum.plus(Money(part(line)?)))
    }

    /// The lines of which something is kept.
    fn places(&self) -> impl Iterator<Item = usize> + '_ {
        let goods = |place: &usize| {
            self.left(*place) > 0 && self.purchase.lines[*place].certificate.is_none()
        };
        (0..self.purchase.lines.len()).filter(goods)
    }

    fn everything(&self) -> Result<Vec<ReturnedLine>, Overflow> {
        self.places()
            .map(|place| returned(place, self.left(place)))
            .collect()
    }

    /// All that is kept of a line, or some whole pieces of it, that come to exactly `money`.
    fn pieces_worth(&self, money: Money) -> Result<Option<ReturnedLine>, Overflow> {
        for place in self.places() {
            let left = self.left(place);
            if self.part(place, left)? == money.0 {
                return returned(place, left).map(Some);
            }
            let pieces = self.least(place, money.0, left / ONE.0, ONE.0)?;
            if let Some(quantity) = pieces
                && self.part(place, quantity)? == money.0
            {
                return returned(place, quantity).map(Some);
            }
        }
        Ok(None)
    }

    /// Line after line until they come to `money`; the last in thousandths, rather a little more than less.
    fn in_order(&self, money: Money) -> Result<Vec<ReturnedLine>, Overflow> {
        let mut rest = money.0;
        let mut lines = Vec::new();
        for place in self.places() {
            if rest <= 0 {
                break;
            }
            let left = self.left(place);
            let quantity = self.least(place, rest, left, 1)?.unwrap_or(left);
            let part = self.part(place, quantity)?;
            if part > 0 {
                rest -= part;
                lines.push(returned(place, quantity)?);
            }
        }
        Ok(lines)
    }

    /// The least of 1…`most` steps of a line that are worth `money` or more, in thousandths.
    fn least(
        &self,
        place: usize,
        money: i64,
        most: i64,
        step: i64,
    ) -> Result<Option<i64>, Overflow> {
        let (mut low, mut high) = (1, most);
        if most < 1 || self.part(place, most * step)? < money {
            return Ok(None);
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if self.part(place, middle * step)? < money {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(Some(low * step))
    }
}

fn returned(place: usize, quantity: i64) -> Result<ReturnedLine, Overflow> {
    Ok(ReturnedLine {
        line: u16::try_from(place).map_err(|_| Overflow)?,
        quantity: Quantity(quantity),
    })
}
