//! What one instrument says about another, about goods, and about the version before: all of it there, and of the
//! right kind.

use super::{
    Audience, Benefit, Expiry, Goods, Instrument, Offer, Programme, ProgrammeError, Terms, When,
};
use crate::ids::InstrumentId;
use crate::purchase::{GoodsId, GroupId};

/// Goods and groups that a shop has.
pub trait Assortment {
    /// Whether it has these goods.
    fn has_goods(&self, goods: GoodsId) -> bool;
    /// Whether it has this group.
    fn has_group(&self, group: GroupId) -> bool;
}

impl Programme {
    /// Whether every goods and group that a rule names exists.
    ///
    /// # Errors
    /// [`ProgrammeError::MissingGoods`] with the first instrument that names what is not there.
    pub fn check_goods(&self, shop: &impl Assortment) -> Result<(), ProgrammeError> {
        let here = |named: &&Goods| {
            named.goods.iter().all(|goods| shop.has_goods(*goods))
                && named.groups.iter().all(|group| shop.has_group(*group))
        };
        for of in &self.instruments {
            if !goods_of(of).iter().all(here) {
                return Err(ProgrammeError::MissingGoods(of.id.0));
            }
        }
        Ok(())
    }

    /// Whether it may come after `before`: a wallet's points end by age or by inactivity, never now so and now so
    /// (L6).
    ///
    /// # Errors
    /// [`ProgrammeError::Family`] with the first bonus card that changes its family.
    pub fn check_follows(&self, before: &Self) -> Result<(), ProgrammeError> {
        for of in &self.instruments {
            let earlier = before.instrument(of.id).and_then(Instrument::bonus);
            let changes = of.bonus().zip(earlier).is_some_and(|(now, then)| {
                is_by_inactivity(now.expiry) != is_by_inactivity(then.expiry)
            });
            if changes {
                return Err(ProgrammeError::Family(of.id.0));
            }
        }
        Ok(())
    }

    /// Whether instruments refer only to others that are there.
    pub(super) fn check_references(&self) -> Result<(), ProgrammeError> {
        for of in self.instruments.iter().filter(|of| of.is_read()) {
            let audience = match of.rules.scope.audience {
                Audience::Members(club) => self.instrument(club).is_some(),
                Audience::Tier(tiers, level) => self.has_level(tiers, level),
                Audience::Anybody | Audience::Customers => true,
            };
            let own = match &of.terms {
                Terms::Issue(issue) => self.instrument(issue.card).is_some(),
                Terms::Bonus(card) => card.multipliers.iter().all(|m| match &m.when {
                    When::Tier(tiers, level) => self.has_level(*tiers, *level),
                    _ => true,
                }),
                _ => true,
            };
            if !audience || !own {
                return Err(ProgrammeError::Refers(of.id.0));
            }
        }
        Ok(())
    }

    fn has_level(&self, tiers: InstrumentId, level: u8) -> bool {
        match self.instrument(tiers).map(|of| &of.terms) {
            Some(Terms::Tiers(tiers)) => tiers.level(level).is_some(),
            Some(Terms::Newer) => true,
            _ => false,
        }
    }
}

const fn is_by_inactivity(expiry: Expiry) -> bool {
    matches!(expiry, Expiry::Inactive(_))
}

/// Every list of goods that an instrument names.
fn goods_of(of: &Instrument) -> Vec<&Goods> {
    let mut lists = vec![&of.rules.stacking.excluded];
    match &of.terms {
        Terms::Bonus(card) => lists.extend([&card.goods, &card.not_payable]),
        Terms::Stamps(card) => {
            lists.push(&card.goods);
            let gifts = card
                .rewards
                .iter()
                .filter_map(|reward| reward.gift.as_ref());
            lists.extend(gifts.map(|gift| &gift.goods));
        }
        Terms::Coupon(coupon) => lists.extend(benefit_goods(&coupon.gives)),
        Terms::Greeting(greeting) => lists.extend(benefit_goods(&greeting.gives)),
        Terms::Numbered(coupon) => lists.extend(benefit_goods(&coupon.gives)),
        Terms::Offer(Offer::Bundle { parts, .. }) => {
            lists.extend(parts.iter().map(|part| &part.goods));
        }
        Terms::Offer(Offer::Gift { buy, gift }) => lists.extend([&buy.goods, &gift.goods]),
        Terms::Offer(Offer::Favourite { .. })
        | Terms::Discount(_)
        | Terms::Club(_)
        | Terms::Issue(_)
        | Terms::Tiers(_)
        | Terms::Certificate(_)
        | Terms::Newer => {}
    }
    lists
}

const fn benefit_goods(gives: &Benefit) -> Option<&Goods> {
    match gives {
        Benefit::Gift(gift) => Some(&gift.goods),
        Benefit::Percent(_) | Benefit::Amount(_) => None,
    }
}
