//! What a receipt earns, now and after part of it came back (E1, E2, X2).

use crate::ledger::Effect;
use crate::money::{Money, Overflow};
use crate::programme::{EarnBase, Instrument, Kept, Terms};
use crate::purchase::{Line, Quantity, returned_part};

/// The money that earns: the kept part of every line, without what was paid with points (E1).
///
/// `returned` holds the returned quantity per line; an empty slice means nothing came back.
///
/// # Errors
/// [`Overflow`].
pub fn base(lines: &[Line], returned: &[Quantity], kind: EarnBase) -> Result<Money, Overflow> {
    let mut sum = Money::ZERO;
    for (place, line) in lines.iter().enumerate() {
        let counts = |s: &&crate::purchase::Share| {
            s.points.is_positive() || kind == EarnBase::AfterDiscounts
        };
        let off = Money::total(line.shares.iter().filter(counts).map(|s| s.value))?;
        let value = line.gross.minus(off)?;
        let back = returned.get(place).copied().unwrap_or(Quantity(0));
        sum = sum
            .plus(value)?
            .minus(Money(returned_part(value.0, back, line.quantity)?))?;
    }
    Ok(sum)
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

/// What the kept goods earn with one instrument, and from which base.
///
/// # Errors
/// [`Overflow`].
pub fn earned(
    instrument: &Instrument,
    lines: &[Line],
    returned: &[Quantity],
) -> Result<(Effect, Money), Overflow> {
    match &instrument.terms {
        Terms::Bonus(card) => {
            let base = base(lines, returned, card.base)?;
            let points = card.points_for(base)?;
            Ok((Effect::points(points, card.value_of(points)?), base))
        }
        Terms::Stamps(card) => {
            let base = base(lines, returned, EarnBase::AfterDiscounts)?;
            Ok((
                Effect::stamps(card.stamps_for(base, kept(lines, returned))),
                base,
            ))
        }
    }
}
