//! What is replayed: a purchase as the goods that stayed with the customer.

use crate::ids::{CustomerId, OutletId};
use crate::moment::{DayOfYear, Moment};
use crate::money::{Money, Overflow};
use crate::purchase::{GoodsId, Line, Purchase, Quantity, Return, returned_part, returned_so_far};

/// A purchase of the past.
#[derive(Debug, Clone, Copy)]
pub struct Past<'a> {
    /// Who bought; the first member of their group (I2), or none.
    pub customer: Option<CustomerId>,
    /// When, as the counter saw it.
    pub at: Moment,
    /// Where.
    pub outlet: OutletId,
    /// What was kept of it, before any discount.
    pub lines: &'a [Line],
    /// What is known of who bought.
    pub guest: Guest<'a>,
}

/// What greetings and offers ask of a customer beside their account. Nothing, unless it is filled in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Guest<'a> {
    /// Their birthday.
    pub birthday: Option<DayOfYear>,
    /// Birthdays of their relatives.
    pub relatives: &'a [DayOfYear],
    /// Goods that they had bought most by then.
    pub favourites: &'a [GoodsId],
}

/// The lines of a purchase without what came back and without what was taken off: what a draft would have met. Nothing
/// for a purchase that was refused or came back whole.
///
/// # Errors
/// [`Overflow`].
pub fn kept_lines(purchase: &Purchase, returns: &[Return]) -> Result<Vec<Line>, Overflow> {
    if purchase.refused.is_some() {
        return Ok(Vec::new());
    }
    let back = returned_so_far(purchase, returns)?;
    let mut kept = Vec::with_capacity(purchase.lines.len());
    for (line, back) in purchase.lines.iter().zip(back) {
        let quantity = Quantity(line.quantity.0.checked_sub(back.0).ok_or(Overflow)?);
        if quantity.0 > 0 {
            let gone = Money(returned_part(line.gross.0, back, line.quantity)?);
            kept.push(Line {
                quantity,
                gross: line.gross.minus(gone)?,
                shares: Vec::new(),
                ..*line
            });
        }
    }
    Ok(kept)
}
