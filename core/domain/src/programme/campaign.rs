//! A campaign: more points of a bonus card for a while, never more in all than its budget (E3).
//!
//! It has no points of its own: what it adds lies in the card's wallet and lives by the card's terms. When, where and for
//! whom it works stands in its rules; how much of its budget is left is counted by the authority.

use super::bonus::FIXED_MAX;
use super::rules::Goods;
use super::{FACTOR_MAX, Instrument, ONCE, ProgrammeError, When};
use crate::ids::InstrumentId;
use crate::money::{AMOUNT_MAX, Points};

/// Most conditions of one campaign.
const CONDITIONS_MAX: usize = 8;

/// More points of a bonus card, while its budget lasts.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Campaign {
    /// The bonus card whose earning it raises.
    pub card: InstrumentId,
    /// What it makes of that earning, in ten-thousandths: 20,000 = twice, 10,000 = no more than it is.
    pub factor: u32,
    /// Points for the receipt itself, beside that.
    pub per_receipt: Points,
    /// Goods whose earning it raises; none named = all that the card counts, and the card's points for the receipt.
    pub goods: Goods,
    /// When it works; every one of them must hold. None named = always.
    pub when: Vec<When>,
    /// Most points that it adds for the whole business, over all versions that name it by this id.
    pub budget: Points,
}

impl Campaign {
    /// So many times the points of a card, and nothing else.
    #[must_use]
    pub const fn plain(card: InstrumentId, factor: u32, budget: Points) -> Self {
        Self {
            card,
            factor,
            per_receipt: Points::ZERO,
            goods: Goods {
                goods: Vec::new(),
                groups: Vec::new(),
            },
            when: Vec::new(),
            budget,
        }
    }

    pub(super) fn check(&self, of: &Instrument) -> Result<(), ProgrammeError> {
        let id = of.id.0;
        if !self.goods.is_sound() {
            return Err(ProgrammeError::List(id));
        }
        if !of.rules.stacking.is_for_raising() {
            return Err(ProgrammeError::NotForThis(id));
        }
        let gives = self.factor > ONCE || self.per_receipt.is_positive();
        let in_range = gives
            && (ONCE..=FACTOR_MAX).contains(&self.factor)
            && (0..=FIXED_MAX).contains(&self.per_receipt.0)
            && self.budget.is_positive()
            && self.budget.0.unsigned_abs() <= AMOUNT_MAX
            && self.when.len() <= CONDITIONS_MAX
            && self.when.iter().all(When::is_sound);
        if in_range {
            Ok(())
        } else {
            Err(ProgrammeError::Range(id))
        }
    }

    /// What is left of its budget when so much of it is spent.
    #[must_use]
    pub fn left(&self, spent: Points) -> Points {
        Points(self.budget.0.saturating_sub(spent.0).max(0))
    }
}
