//! Corrections of a balance by hand: by whom, why, how much; never a change of what was written (T4, L1).
//!
//! One correction is one ledger entry, folded like any other: points that are given open a lot, points that are taken
//! come from the buckets in spend order, and what is not there becomes a debt (L10).

use crate::codes::Code;
use crate::ids::{CustomerId, InstrumentId};
use crate::ledger::{About, Effect, EntryKind, LotTerms};
use crate::moment::Date;
use crate::money::{AMOUNT_MAX, Points, Stamps};
use crate::op::Claim;
use crate::programme::{Programme, Terms};

/// Why a balance was corrected: a list, because entries hold no free text (L14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AdjustReason {
    /// A mistake at the counter is put right.
    Mistake = 1,
    /// The customer complained.
    Complaint = 2,
    /// Brought along from another programme.
    Moved = 3,
    /// A gift of the house.
    Gift = 4,
    /// Something else.
    Other = 5,
}

impl AdjustReason {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Mistake,
        Self::Complaint,
        Self::Moved,
        Self::Gift,
        Self::Other,
    ];

    /// The reason with this number.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|one| *one as i64 == number)
    }
}

/// What is given, or taken where it is below zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// Points of a bonus card.
    Points(Points),
    /// Stamps of a stamp card.
    Stamps(Stamps),
}

impl Amount {
    /// How much, without its sign.
    #[must_use]
    pub const fn size(self) -> u64 {
        match self {
            Self::Points(points) => points.0.unsigned_abs(),
            Self::Stamps(stamps) => stamps.0.unsigned_abs(),
        }
    }

    /// What an effect corrects.
    #[must_use]
    pub fn of(effect: Effect) -> Self {
        if effect.stamps == Stamps::ZERO {
            Self::Points(effect.points)
        } else {
            Self::Stamps(effect.stamps)
        }
    }
}

/// The claim that corrects a balance on `date`: points that are given may be spent at once and live as long as the
/// card's rules say for that day.
///
/// # Errors
/// [`Code::NothingToAdjust`] for nothing, for more than there can be, and where the instrument has no such balance;
/// [`Code::NewerRule`] where only a newer version knows it (L12).
pub fn claim(
    programme: &Programme,
    (customer, instrument): (CustomerId, InstrumentId),
    (amount, reason): (Amount, AdjustReason),
    date: Date,
) -> Result<Claim, Code> {
    let terms = programme.instrument(instrument).map(|of| &of.terms);
    if amount.size() == 0 || amount.size() > AMOUNT_MAX {
        return Err(Code::NothingToAdjust);
    }
    let (effect, lot) = match (amount, terms) {
        (Amount::Points(points), Some(Terms::Bonus(card))) => {
            let value = card.value_of(points).map_err(|_| Code::NothingToAdjust)?;
            let given = points.is_positive().then(|| LotTerms {
                available_on: date,
                expires_on: card.lot(date).expires_on,
            });
            (Effect::points(points, value), given)
        }
        (Amount::Stamps(stamps), Some(Terms::Stamps(_))) => (Effect::stamps(stamps), None),
        (_, Some(Terms::Newer)) => {
            let instrument = instrument.0.into();
            return Err(Code::NewerRule { instrument });
        }
        _ => return Err(Code::NothingToAdjust),
    };
    Ok(Claim {
        customer,
        instrument,
        kind: EntryKind::Adjust,
        effect,
        lot,
        about: About::Adjusted(reason),
    })
}
