//! What one instrument says about another, about goods, and about the version before: all of it there, and of the
//! right kind.

use super::{
    Audience, Benefit, Expiry, Goods, Instrument, Offer, Programme, ProgrammeError, Terms, When,
};
use std::collections::BTreeSet;

use crate::codes::Code;
use crate::ids::InstrumentId;
use crate::purchase::{GoodsId, GroupId, Line};

/// Goods and groups that a shop has sold: there is no list of goods, purchases name them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assortment {
    goods: BTreeSet<GoodsId>,
    groups: BTreeSet<GroupId>,
}

impl Assortment {
    /// Takes note of what a receipt sells.
    pub fn note(&mut self, lines: &[Line]) {
        self.goods
            .extend(lines.iter().filter_map(|line| line.goods));
        self.groups
            .extend(lines.iter().filter_map(|line| line.group));
    }
}

impl Programme {
    /// Whether any rule names goods or a group.
    #[must_use]
    pub fn names_goods(&self) -> bool {
        let lists = self.instruments.iter().flat_map(goods_of);
        lists.into_iter().any(|named| !named.is_empty())
    }

    /// Goods and groups that rules name and the shop has never sold, as far as its purchases are here: each rule's own,
    /// once. Nothing is wrong with goods that are new; a number that was mistyped gives nobody anything.
    #[must_use]
    pub fn never_sold(&self, shop: &Assortment) -> Vec<Code> {
        let mut said = Vec::new();
        for of in &self.instruments {
            let instrument = of.id.0.into();
            let (mut goods, mut groups) = (BTreeSet::new(), BTreeSet::new());
            for named in goods_of(of) {
                goods.extend(named.goods.iter().filter(|one| !shop.goods.contains(one)));
                groups.extend(named.groups.iter().filter(|one| !shop.groups.contains(one)));
            }
            let goods = goods.into_iter().map(|one: &GoodsId| Code::GoodsNeverSold {
                instrument,
                goods: one.0,
            });
            said.extend(goods);
            let groups = groups
                .into_iter()
                .map(|one: &GroupId| Code::GroupNeverSold {
                    instrument,
                    group: one.0,
                });
            said.extend(groups);
        }
        said
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
                Terms::Bonus(card) => card.multipliers.iter().all(|m| self.has_all_of(&m.when)),
                Terms::Campaign(campaign) => {
                    let card = self.instrument(campaign.card).map(|of| &of.terms);
                    matches!(card, Some(Terms::Bonus(_) | Terms::Newer))
                        && campaign.when.iter().all(|when| self.has_all_of(when))
                }
                Terms::Referral(of) => self.has_bonus(of.card),
                _ => true,
            };
            if !audience || !own {
                return Err(ProgrammeError::Refers(of.id.0));
            }
        }
        Ok(())
    }

    fn has_all_of(&self, when: &When) -> bool {
        match when {
            When::Tier(tiers, level) => self.has_level(*tiers, *level),
            _ => true,
        }
    }

    fn has_bonus(&self, card: InstrumentId) -> bool {
        let terms = self.instrument(card).map(|of| &of.terms);
        matches!(terms, Some(Terms::Bonus(_) | Terms::Newer))
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
        Terms::Campaign(campaign) => lists.push(&campaign.goods),
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
        | Terms::Referral(_)
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
