//! The receipt while it is being evaluated: what each line still costs, and who took what off it (D2, D3).

use crate::allocate::{Allocate, allocate};
use crate::ids::InstrumentId;
use crate::money::{Money, Overflow, Points, Rounding, scale};
use crate::programme::{Gift, Goods, PriceOf, Stacking, Together, WHOLE};
use crate::purchase::{Line, ONE, Share, ShareKind};

/// Lines with the shares taken so far.
pub(super) struct Bill {
    pub(super) lines: Vec<Line>,
}

/// What a rule would take off, line by line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cut {
    pub(super) shares: Vec<Money>,
    pub(super) total: Money,
    /// What it would be without the rule's own bounds and the lines' room.
    pub(super) wanted: Money,
}

impl Bill {
    /// The lines as they are before anything is taken off.
    pub(super) fn new(lines: &[Line]) -> Self {
        let bare = |line: &Line| Line {
            shares: Vec::new(),
            ..*line
        };
        Self {
            lines: lines.iter().map(bare).collect(),
        }
    }

    /// What is still to be paid of everything.
    pub(super) fn due(&self) -> Result<Money, Overflow> {
        self.lines
            .iter()
            .try_fold(Money::ZERO, |sum, line| sum.plus(line.paid()?))
    }

    /// Σ of one price over all goods: what a minimum is compared with (D1); a certificate that is sold is none (E4).
    pub(super) fn goods(&self, price: PriceOf) -> Result<Money, Overflow> {
        let mut goods = self.lines.iter().filter(|l| l.certificate.is_none());
        goods.try_fold(Money::ZERO, |sum, line| sum.plus(price_of(line, price)?))
    }

    /// Σ of one price over all lines.
    pub(super) fn total(&self, price: PriceOf) -> Result<Money, Overflow> {
        self.lines
            .iter()
            .try_fold(Money::ZERO, |sum, line| sum.plus(price_of(line, price)?))
    }

    /// What a rule may take off each line at most: nothing of excluded goods, of lines that another rule lowered
    /// before if it stands alone, and never below the rule's floor (D1, D2).
    pub(super) fn room(&self, rule: &Stacking, goods: &Goods) -> Result<Vec<Money>, Overflow> {
        let room = |line: &Line| {
            let lowered = line.shares.iter().any(|s| s.kind == ShareKind::Discount);
            let alone = rule.together == Together::Alone && lowered;
            if alone || rule.excluded.names(line) || !goods.takes(line) {
                return Ok(Money::ZERO);
            }
            let floor = scale(line.gross.0, rule.floor.into(), WHOLE.into(), Rounding::Up)?;
            Ok(line.paid()?.minus(Money(floor))?.max(Money::ZERO))
        };
        self.lines.iter().map(room).collect()
    }

    /// A percentage of the lines that have room, rounded to the nearest once and spread over them (D3).
    pub(super) fn percent(
        &self,
        rule: &Stacking,
        goods: &Goods,
        rate: u16,
    ) -> Result<Cut, Allocate> {
        let room = self.room(rule, goods)?;
        let weights = self.weights(rule, &room)?;
        let base = Money::total(weights.iter().copied())?;
        let wanted = Money(scale(base.0, rate.into(), WHOLE.into(), Rounding::HalfUp)?);
        cut(rule, wanted, &weights, &room)
    }

    /// The cheapest pieces of a gift's goods, ties to the earlier line, made cheaper by its rate (D2, D4).
    pub(super) fn gift(&self, rule: &Stacking, gift: &Gift) -> Result<Cut, Allocate> {
        let room = self.room(rule, &gift.goods)?;
        let mut left = i64::from(gift.pieces) * ONE.0;
        let mut values = vec![Money::ZERO; room.len()];
        for at in self.cheapest_first(&room)? {
            let line = &self.lines[at];
            let pieces = left.min(line.quantity.0);
            left -= pieces;
            let price = scale(line.paid()?.0, pieces, line.quantity.0, Rounding::HalfUp)?;
            let off = scale(price, gift.rate.into(), WHOLE.into(), Rounding::HalfUp)?;
            values[at] = Money(off).min(room[at]);
        }
        let wanted = Money::total(values.iter().copied())?;
        cut(rule, wanted, &values, &values)
    }

    /// The places of the lines with room, by the price of a piece.
    fn cheapest_first(&self, room: &[Money]) -> Result<Vec<usize>, Overflow> {
        let mut places = Vec::new();
        for (at, line) in self.lines.iter().enumerate() {
            if room[at].is_positive() {
                places.push((at, i128::from(line.paid()?.0), i128::from(line.quantity.0)));
            }
        }
        // a/x < b/y as a·y < b·x: no fraction is rounded; the sort keeps the lines' order among equals.
        places.sort_by(|a, b| (a.1 * b.2).cmp(&(b.1 * a.2)));
        Ok(places.into_iter().map(|(at, ..)| at).collect())
    }

    fn weights(&self, rule: &Stacking, room: &[Money]) -> Result<Vec<Money>, Overflow> {
        let weigh = |(line, room): (&Line, &Money)| {
            if room.is_positive() {
                price_of(line, rule.price)
            } else {
                Ok(Money::ZERO)
            }
        };
        self.lines.iter().zip(room).map(weigh).collect()
    }

    /// Takes a cut off the lines in the name of an instrument.
    pub(super) fn lower(&mut self, instrument: InstrumentId, cut: &Cut) {
        for (line, value) in self.lines.iter_mut().zip(&cut.shares) {
            if value.is_positive() {
                line.shares.push(Share {
                    instrument,
                    kind: ShareKind::Discount,
                    value: *value,
                    points: Points::ZERO,
                });
            }
        }
    }
}

fn price_of(line: &Line, price: PriceOf) -> Result<Money, Overflow> {
    match price {
        PriceOf::Running => line.paid(),
        PriceOf::Original => Ok(line.gross),
    }
}

/// What remains of `wanted` within the rule's most and the lines' room, spread in proportion to `weights`.
pub(super) fn cut(
    rule: &Stacking,
    wanted: Money,
    weights: &[Money],
    room: &[Money],
) -> Result<Cut, Allocate> {
    let most = rule.most.unwrap_or(wanted).min(wanted);
    let total = most.min(Money::total(room.iter().copied())?);
    Ok(Cut {
        shares: spread(total, weights, room)?,
        total,
        wanted,
    })
}

/// Splits `amount` by `weights` with no share above its `room` (D3): what is above it goes to the lines that
/// still have room, again in proportion.
fn spread(amount: Money, weights: &[Money], room: &[Money]) -> Result<Vec<Money>, Allocate> {
    let mut shares = vec![Money::ZERO; weights.len()];
    let mut left = amount;
    while left.is_positive() {
        let open = |at: usize| shares[at] < room[at];
        let mut weighed: Vec<Money> = (0..shares.len())
            .map(|at| if open(at) { weights[at] } else { Money::ZERO })
            .collect();
        if Money::total(weighed.iter().copied())? < left {
            // The lines that are left weigh less than they may lose: by what they may lose, then.
            for (at, weight) in weighed.iter_mut().enumerate() {
                *weight = room[at].minus(shares[at])?;
            }
        }
        for (at, part) in allocate(left, &weighed)?.into_iter().enumerate() {
            let taken = part.min(room[at].minus(shares[at])?);
            shares[at] = shares[at].plus(taken)?;
            left = left.minus(taken)?;
        }
    }
    Ok(shares)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_full_line_can_not_lose_goes_to_the_others() {
        let money = |list: &[i64]| list.iter().copied().map(Money).collect::<Vec<_>>();
        for (amount, weights, room, want) in [
            (
                30,
                vec![100, 100, 100],
                vec![100, 100, 100],
                vec![10, 10, 10],
            ),
            (30, vec![100, 100, 100], vec![5, 100, 100], vec![5, 13, 12]),
            (30, vec![100, 1, 1], vec![10, 10, 10], vec![10, 10, 10]),
            (3, vec![0, 0, 9], vec![0, 0, 3], vec![0, 0, 3]),
            (0, vec![1], vec![0], vec![0]),
        ] {
            let got = spread(Money(amount), &money(&weights), &money(&room));
            assert_eq!(got, Ok(money(&want)), "{amount} {weights:?} {room:?}");
        }
    }
}
