//! What a person holds, as they and the staff are shown it: points with what they are worth, stamps of how many.
//!
//! Pure: the caller supplies the position of the whole person and the date. What may be spent on a receipt is
//! `redeem`'s word; this is what stands on a card. Laws: L4, L5, L8, L10. Money in minor units, points in the
//! programme's smallest step.

use crate::ids::InstrumentId;
use crate::moment::Date;
use crate::money::{Money, Overflow, Points, Stamps};
use crate::position::Position;
use crate::programme::{BonusCard, StampCard};

/// Points of one bonus card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PointsHeld {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// Everything, less the debt; may be negative (L10).
    pub balance: Points,
    /// What may be spent on the date, as far as the position tells.
    pub spendable: Points,
    /// Points not available yet (L8).
    pub pending: Points,
    /// What the spendable points are worth, in minor units.
    pub worth: Money,
    /// The soonest last day and what ends on it (L4).
    pub expiring: Option<(Date, Points)>,
}

/// Stamps of one stamp card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StampsHeld {
    /// Which instrument.
    pub instrument: InstrumentId,
    /// Stamps collected; may be negative after a return (L10).
    pub stamps: Stamps,
    /// Stamps of a full card.
    pub size: Stamps,
}

/// The points of a bonus card on `today`.
///
/// # Errors
/// [`Overflow`].
pub fn points_held(
    position: &Position,
    instrument: InstrumentId,
    card: &BonusCard,
    today: Date,
) -> Result<PointsHeld, Overflow> {
    let wallet = position.wallet(instrument).cloned().unwrap_or_default();
    let spendable = position.spendable(instrument, card, today)?;
    let unripe = wallet
        .pending
        .iter()
        .filter(|one| one.lot.available_on > today)
        .map(|one| one.points);
    let next = wallet
        .buckets
        .iter()
        .find(|bucket| bucket.expires_on.is_some_and(|last| last >= today));
    Ok(PointsHeld {
        instrument,
        balance: wallet.balance()?,
        spendable,
        pending: Points::total(unripe)?,
        worth: card.value_of(spendable)?,
        expiring: next.and_then(|bucket| bucket.expires_on.map(|last| (last, bucket.points))),
    })
}

/// The stamps of a stamp card.
#[must_use]
pub fn stamps_held(position: &Position, instrument: InstrumentId, card: &StampCard) -> StampsHeld {
    StampsHeld {
        instrument,
        stamps: position
            .stamps
            .get(&instrument)
            .copied()
            .unwrap_or_default(),
        size: card.size(),
    }
}
