//! The stamp card: stamps fill it, and one of its rewards is taken for them (E3, X5).

use super::rules::{Goods, WHOLE};
use super::{Instrument, ProgrammeError};
use crate::money::{Money, Stamps};

/// Most rewards of one card.
const REWARDS_MAX: usize = 16;

/// What gives a stamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StampFor {
    /// One per visit with any of the card's goods.
    Visit,
    /// One per whole amount spent on the card's goods, in minor units.
    Amount(Money),
    /// One per whole piece of the card's goods.
    Item,
}

/// Goods that a voucher, a reward or an offer gives away or makes cheaper.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Gift {
    /// Which; none named = any.
    pub goods: Goods,
    /// How many pieces.
    pub pieces: u16,
    /// How much cheaper each is, in hundredths of a percent; 10,000 = free.
    pub rate: u16,
}

impl Gift {
    pub(super) fn is_sound(&self) -> bool {
        self.goods.is_sound() && self.pieces > 0 && (1..=WHOLE).contains(&self.rate)
    }
}

/// What may be had for stamps.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reward {
    /// How many stamps it costs.
    pub stamps: Stamps,
    /// What it is worth to the shop, in minor units, for reports.
    pub value: Money,
    /// Goods of the receipt that it makes free; none = it is handed out beside the receipt.
    pub gift: Option<Gift>,
}

/// Stamps that fill a card, exchanged for a reward.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StampCard {
    /// What gives a stamp.
    pub per: StampFor,
    /// Goods that give stamps; none named = all.
    pub goods: Goods,
    /// One or more, the cheapest first.
    pub rewards: Vec<Reward>,
}

impl StampCard {
    /// One reward of this worth, handed out beside the receipt.
    #[must_use]
    pub fn plain(per: StampFor, size: Stamps, value: Money) -> Self {
        Self {
            per,
            goods: Goods::default(),
            rewards: vec![Reward {
                stamps: size,
                value,
                gift: None,
            }],
        }
    }

    /// Stamps of the cheapest reward.
    #[must_use]
    pub fn size(&self) -> Stamps {
        self.rewards.first().map_or(Stamps(1), |first| first.stamps)
    }

    pub(super) fn check(&self, of: &Instrument) -> Result<(), ProgrammeError> {
        let id = of.id.0;
        if !self.goods.is_sound() {
            return Err(ProgrammeError::List(id));
        }
        let gifts = self.rewards.iter().any(|reward| reward.gift.is_some());
        if !gifts && !of.rules.stacking.is_for_earning() {
            return Err(ProgrammeError::NotForThis(id));
        }
        let per = !matches!(self.per, StampFor::Amount(money) if !money.is_positive());
        let rewards = (1..=REWARDS_MAX).contains(&self.rewards.len())
            && self.rewards.is_sorted_by_key(|reward| reward.stamps)
            && self.rewards.iter().all(Reward::is_sound);
        if per && rewards {
            Ok(())
        } else {
            Err(ProgrammeError::Range(id))
        }
    }
}

impl Reward {
    fn is_sound(&self) -> bool {
        self.stamps.is_positive()
            && self.value.0 >= 0
            && self.gift.as_ref().is_none_or(Gift::is_sound)
    }
}
