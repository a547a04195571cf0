//! Offers on lines: a bundle, a gift with a purchase, the customer's favourite goods (C1; D1, step 1).

use super::rules::{Goods, WHOLE};
use super::stamps::Gift;
use super::{Instrument, ProgrammeError};
use crate::money::Money;
use crate::purchase::GoodsId;

/// Most parts of one bundle.
const PARTS_MAX: usize = 16;

/// So many pieces of certain goods.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Part {
    /// Which; none named = any.
    pub goods: Goods,
    /// How many whole pieces.
    pub pieces: u16,
}

/// What a bundle costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BundlePrice {
    /// So much cheaper, in hundredths of a percent.
    Rate(u16),
    /// So much less, in minor units.
    Off(Money),
    /// This price, in minor units, if it is less.
    For(Money),
}

/// An offer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Offer {
    /// Parts that are cheaper together.
    Bundle {
        /// What must be bought.
        parts: Vec<Part>,
        /// What it costs together.
        price: BundlePrice,
    },
    /// Goods that become cheaper or free with others.
    Gift {
        /// What must be bought.
        buy: Part,
        /// What is given with it.
        gift: Gift,
    },
    /// The goods that the customer buys most, in hundredths of a percent.
    Favourite {
        /// How much cheaper.
        rate: u16,
    },
}

impl Offer {
    pub(super) fn check(&self, of: &Instrument) -> Result<(), ProgrammeError> {
        let id = of.id.0;
        let sound = |part: &Part| part.pieces > 0 && part.goods.is_sound();
        let good = match self {
            Self::Bundle { parts, price } => {
                let price = match price {
                    BundlePrice::Rate(rate) if *rate > WHOLE => {
                        return Err(ProgrammeError::Share(id));
                    }
                    BundlePrice::Rate(rate) => *rate > 0,
                    BundlePrice::Off(off) => off.is_positive(),
                    BundlePrice::For(price) => price.0 >= 0,
                };
                price && (1..=PARTS_MAX).contains(&parts.len()) && parts.iter().all(sound)
            }
            Self::Gift { buy, gift } => sound(buy) && gift.is_sound(),
            Self::Favourite { rate } if *rate > WHOLE => return Err(ProgrammeError::Share(id)),
            Self::Favourite { rate } => *rate > 0,
        };
        if good {
            Ok(())
        } else {
            Err(ProgrammeError::Range(id))
        }
    }
}

/// Refuses gifts that lead back to what they were given for: A gives B, B gives A.
pub(super) fn check_gifts(instruments: &[Instrument]) -> Result<(), ProgrammeError> {
    let gives: Vec<(&Instrument, &Part, &Gift)> = instruments
        .iter()
        .filter_map(|of| match &of.terms {
            super::Terms::Offer(Offer::Gift { buy, gift }) => Some((of, buy, gift)),
            _ => None,
        })
        .collect();
    for (of, buy, _) in &gives {
        // Everything that may be given, step by step, for what this offer asks to buy.
        let mut given: Vec<GoodsId> = buy.goods.goods.clone();
        let mut at = 0;
        while let Some(&goods) = given.get(at) {
            at += 1;
            let next = gives
                .iter()
                .filter(|(_, buy, _)| buy.goods.goods.contains(&goods));
            for gift in next.flat_map(|(_, _, gift)| &gift.goods.goods) {
                if buy.goods.goods.contains(gift) && gives_more_than_itself(&gives, *gift) {
                    return Err(ProgrammeError::GiftCycle(of.id.0));
                }
                if !given.contains(gift) {
                    given.push(*gift);
                }
            }
        }
    }
    Ok(())
}

/// "Two and the third free" gives its own goods and is no cycle.
fn gives_more_than_itself(gives: &[(&Instrument, &Part, &Gift)], goods: GoodsId) -> bool {
    gives.iter().any(|(_, buy, gift)| {
        gift.goods.goods.contains(&goods) && !buy.goods.goods.contains(&goods)
    })
}
