//! What a receipt earns, now and after part of it came back (E1–E3, X2).
//!
//! Everything here is a function of the lines, the terms of the purchase's own programme version and what the
//! sale resolved ([`Resolved`]): so the authority computes years later what the kept goods would have earned.

use crate::ids::OutletId;
use crate::ledger::{Bound, Effect, Resolved};
use crate::moment::Moment;
use crate::money::{Money, Overflow, Points, Rounding, Stamps, divide, scale};
use crate::programme::{
    BonusCard, Campaign, CertificateEarns, EarnBase, FACTOR_MAX, Goods, Instrument, Kept, Multiply,
    ONCE, Programme, Remainder, Rules, StampCard, StampFor, TaxEarns, Terms, When,
};
use crate::purchase::{Line, Quantity, Share, ShareKind, returned_part};

/// 10⁻⁸ minor units in one minor unit: a rate and a factor, each in ten-thousandths.
pub(crate) const FINE_OF_ONE: i64 = 100_000_000;
const FINE: i128 = FINE_OF_ONE as i128;

/// What one instrument's earning is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earning {
    /// What the ledger is asked to add.
    pub effect: Effect,
    /// The money that earned, in minor units (E1).
    pub base: Money,
    /// How many of the points are there because of a campaign (E3).
    pub raised: Points,
}

/// What the kept goods earn with one instrument; nothing with one that gives no points or stamps.
///
/// `returned` holds the returned quantity per line; an empty slice means nothing came back. A campaign that `resolved`
/// names is one of `programme`; one that is not there, or not of this card, adds nothing.
///
/// # Errors
/// [`Overflow`].
pub fn earned(
    (programme, of): (&Programme, &Instrument),
    lines: &[Line],
    returned: &[Quantity],
    resolved: Resolved,
) -> Result<Earning, Overflow> {
    let bill = Counted {
        lines,
        returned,
        excluded: &of.rules.stacking.excluded,
        raised: None,
    };
    match &of.terms {
        Terms::Bonus(card) => {
            let raise = resolved.raise.map(|raise| raise.campaign);
            let raise = raise.and_then(|id| programme.campaign(id, of.id));
            bill.points(card, (&of.rules, raise), resolved)
        }
        Terms::Stamps(card) => bill.stamps(card, &of.rules),
        _ => Ok(Earning {
            effect: Effect::NONE,
            base: Money::ZERO,
            raised: Points::ZERO,
        }),
    }
}

/// The lines of a receipt as one instrument sees them.
struct Counted<'a> {
    lines: &'a [Line],
    returned: &'a [Quantity],
    excluded: &'a Goods,
    /// The goods of a campaign and those it leaves out, where only what it raises is meant.
    raised: Option<(&'a Goods, &'a Goods)>,
}

impl Counted<'_> {
    fn back(&self, place: usize) -> Quantity {
        self.returned.get(place).copied().unwrap_or(Quantity(0))
    }

    /// The lines that count, with their places: of the card's goods and not excluded.
    fn counting<'l>(&'l self, goods: &'l Goods) -> impl Iterator<Item = (usize, &'l Line)> {
        let is_raised = move |line: &Line| {
            let raised = self.raised;
            raised.is_none_or(|(goods, excluded)| goods.takes(line) && !excluded.names(line))
        };
        let counts =
            move |line: &Line| goods.takes(line) && !self.excluded.names(line) && is_raised(line);
        self.lines
            .iter()
            .enumerate()
            .filter(move |(_, line)| counts(line))
    }

    /// Σ kept part of what counts of each line.
    fn base(
        &self,
        goods: &Goods,
        counts: impl Fn(&Line) -> Result<Money, Overflow>,
        tax: TaxEarns,
    ) -> Result<Money, Overflow> {
        let mut sum = Money::ZERO;
        for (place, line) in self.counting(goods) {
            let value = counts(line)?;
            let back = returned_part(value.0, self.back(place), line.quantity)?;
            let kept = value.minus(Money(back))?;
            sum = sum.plus(kept)?;
            if tax == TaxEarns::No {
                sum = sum.minus(line.tax_in(kept)?)?;
            }
        }
        Ok(sum)
    }

    /// Thousandths of pieces that were kept.
    fn pieces(&self, goods: &Goods) -> Result<i64, Overflow> {
        self.counting(goods).try_fold(0_i64, |sum, (place, line)| {
            let kept = line.quantity.0.saturating_sub(self.back(place).0).max(0);
            sum.checked_add(kept).ok_or(Overflow)
        })
    }

    fn kept(&self, goods: &Goods) -> Kept {
        let mut counting = self.counting(goods);
        if counting.any(|(place, line)| self.back(place) < line.quantity) {
            Kept::Something
        } else {
            Kept::Nothing
        }
    }

    /// What the card counts of the kept goods, in money (E1).
    fn counted_by(&self, card: &BonusCard) -> Result<Money, Overflow> {
        let counts = |line: &Line| {
            let off = line.shares.iter().filter(|share| is_off(card, share));
            line.gross.minus(Money::total(off.map(|s| s.value))?)
        };
        self.base(&card.goods, counts, card.tax)
    }

    fn points(
        &self,
        card: &BonusCard,
        (rules, raise): (&Rules, Option<(&Instrument, &Campaign)>),
        resolved: Resolved,
    ) -> Result<Earning, Overflow> {
        let base = self.counted_by(card)?;
        let (mut plain, mut more) = (0, 0);
        if base >= rules.stacking.minimum && self.kept(&card.goods) == Kept::Something {
            let earning = (base, self.pieces(&card.goods)?, card.per_receipt);
            plain = fine_value(card, earning, resolved.factor)?;
            if let Some((of, campaign)) = raise {
                let open = base >= of.rules.stacking.minimum;
                more = if open {
                    self.added(card, (of, campaign), resolved.factor)?
                } else {
                    0
                };
            }
        }
        let own = rounded(card, plain, resolved.carried)?;
        let whole = plain.checked_add(more).ok_or(Overflow)?;
        let whole = rounded(card, whole, resolved.carried)?;
        let most = resolved.raise.filter(|raise| raise.bound == Bound::Budget);
        let most = most.map(|raise| raise.points.max(Points::ZERO));
        let raised = whole.0.minus(own.0)?;
        let (points, carry) = match most {
            // What the budget cut off is gone, its part of a point included.
            Some(most) if most < raised => (own.0.plus(most)?, own.1),
            _ => whole,
        };
        let effect = Effect {
            status: points,
            carry: i64::try_from(carry).map_err(|_| Overflow)?,
            ..Effect::points(points, card.value_of(points)?)
        };
        Ok(Earning {
            effect,
            base,
            raised: points.minus(own.0)?,
        })
    }

    /// What a campaign adds before rounding, in 10⁻⁸ minor units of points' value (E3).
    fn added(
        &self,
        card: &BonusCard,
        (of, campaign): (&Instrument, &Campaign),
        factor: u32,
    ) -> Result<i128, Overflow> {
        let raised = Counted {
            raised: Some((&campaign.goods, &of.rules.stacking.excluded)),
            ..*self
        };
        if raised.kept(&card.goods) == Kept::Nothing {
            return Ok(0);
        }
        let one = i64::from(ONCE);
        let higher = scale(factor.into(), campaign.factor.into(), one, Rounding::Down)?;
        let higher = u32::try_from(higher.min(FACTOR_MAX.into())).map_err(|_| Overflow)?;
        let per_receipt = if campaign.goods.is_empty() {
            card.per_receipt
        } else {
            Points::ZERO
        };
        let earning = (
            raised.counted_by(card)?,
            raised.pieces(&card.goods)?,
            per_receipt,
        );
        let (then, now) = (
            fine_value(card, earning, factor)?,
            fine_value(card, earning, higher.max(factor))?,
        );
        let fixed = product([campaign.per_receipt.0, one, card.point_value.0, one])?;
        now.checked_sub(then)
            .and_then(|more| more.checked_add(fixed))
            .ok_or(Overflow)
    }

    fn stamps(&self, card: &StampCard, rules: &Rules) -> Result<Earning, Overflow> {
        let base = self.base(&card.goods, Line::paid, TaxEarns::Yes)?;
        let stamps = if base < rules.stacking.minimum {
            0
        } else {
            match card.per {
                StampFor::Visit => i64::from(self.kept(&card.goods) == Kept::Something),
                StampFor::Amount(per) => base.0.max(0) / per.0.max(1),
                StampFor::Item => self.pieces(&card.goods)? / crate::purchase::ONE.0,
            }
        };
        Ok(Earning {
            effect: Effect::stamps(Stamps(stamps)),
            base,
            raised: Points::ZERO,
        })
    }
}

/// Whether a share keeps its part of the line from earning (E1, E4).
fn is_off(card: &BonusCard, share: &Share) -> bool {
    match share.kind {
        ShareKind::Points | ShareKind::PointsOff => true,
        ShareKind::Discount => card.base == EarnBase::AfterDiscounts,
        ShareKind::Certificate => card.certificates == CertificateEarns::No,
    }
}

/// Whole points of what was earned and carried along, and what they change of what is carried (E2).
fn rounded(card: &BonusCard, fine: i128, carried: i64) -> Result<(Points, i128), Overflow> {
    let point = i128::from(card.point_value.0) * FINE;
    Ok(match card.remainder {
        Remainder::Dropped => (Points(divide(fine, point, card.rounding)?), 0),
        Remainder::Carried => {
            let whole = fine.checked_add(i128::from(carried)).ok_or(Overflow)?;
            let points = divide(whole.max(0), point, Rounding::Down)?;
            (Points(points), fine - i128::from(points) * point)
        }
    })
}

fn product(numbers: [i64; 4]) -> Result<i128, Overflow> {
    numbers.into_iter().try_fold(1_i128, |product, number| {
        product.checked_mul(i128::from(number)).ok_or(Overflow)
    })
}

/// What is earned before rounding, in 10⁻⁸ minor units of points' value (E2, E3): percent, pieces and receipt
/// together, so that a receipt is rounded once.
fn fine_value(
    card: &BonusCard,
    (base, pieces, per_receipt): (Money, i64, Points),
    factor: u32,
) -> Result<i128, Overflow> {
    let (factor, worth) = (i64::from(factor), card.point_value.0);
    let percent = product([base.0, i64::from(card.rate), factor, 1])?;
    let items = product([card.per_item.0, pieces, factor, worth])?;
    let receipt = product([per_receipt.0, factor, worth, 10_000])?;
    let items = items.checked_mul(10).ok_or(Overflow)?;
    let sum = percent.checked_add(items).ok_or(Overflow)?;
    sum.checked_add(receipt).ok_or(Overflow)
}

/// The highest factor that any customer could have at `at` in `outlet` (E3): what depends on the person is taken to
/// work where that gives more.
///
/// # Errors
/// [`Overflow`].
pub fn most_factor(card: &BonusCard, at: Moment, outlet: OutletId) -> Result<u32, Overflow> {
    let one = i64::from(ONCE);
    let mut factor = one;
    // The best of several may be below one only where one is sure to work.
    let (mut best, mut sure) = (0, false);
    for multiplier in &card.multipliers {
        let next = i64::from(multiplier.factor);
        let works = works_for_all(&multiplier.when, at, outlet);
        if works == Some(false) {
            continue;
        }
        best = next.max(best);
        sure |= works == Some(true);
        if works == Some(true) || next > one {
            factor = scale(factor, next, one, Rounding::Down)?;
        }
    }
    let most = match card.multiply {
        Multiply::Product => factor,
        Multiply::Best if sure => best,
        Multiply::Best => best.max(one),
    };
    u32::try_from(most.min(FACTOR_MAX.into())).map_err(|_| Overflow)
}

/// Whether a multiplier works at `at` in `outlet`; none where that depends on the customer.
#[must_use]
pub fn works_for_all(when: &When, at: Moment, outlet: OutletId) -> Option<bool> {
    match when {
        When::Weekdays(days) => Some(days >> (at.weekday() - 1) & 1 == 1),
        When::Hours { from, to } if from < to => Some((*from..*to).contains(&at.minute)),
        When::Hours { from, to } => Some(at.minute >= *from || at.minute < *to),
        When::Outlets(outlets) => Some(outlets.binary_search(&outlet).is_ok()),
        When::Tier(..) | When::Birthday { .. } | When::FirstPurchase => None,
    }
}

/// Whether anything of the receipt stayed with the customer.
#[must_use]
pub fn kept(lines: &[Line], returned: &[Quantity]) -> Kept {
    let left = |(place, line): (usize, &Line)| {
        returned.get(place).is_none_or(|back| *back < line.quantity)
    };
    if lines.iter().enumerate().any(left) {
        Kept::Something
    } else {
        Kept::Nothing
    }
}
