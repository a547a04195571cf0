//! What every instrument says beside its own terms: where and for whom it works, and how it goes together with
//! the others (D1). Decides nothing about amounts.

use super::ProgrammeError;
use crate::ids::{InstrumentId, OutletId};
use crate::moment::Date;
use crate::money::Money;
use crate::purchase::{GoodsId, GroupId, Line};

/// All of something, in hundredths of a percent.
pub const WHOLE: u16 = 10_000;
/// Most goods, groups or outlets that one list names.
const NAMED_MAX: usize = 500;

/// Goods and groups of goods of the owner's list; ascending, each once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Goods {
    /// Single goods.
    pub goods: Vec<GoodsId>,
    /// Whole groups.
    pub groups: Vec<GroupId>,
}

impl Goods {
    /// Nothing is named.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.goods.is_empty() && self.groups.is_empty()
    }

    /// Whether the line's goods or their group are named; a typed amount never is.
    #[must_use]
    pub fn names(&self, line: &Line) -> bool {
        line.goods
            .is_some_and(|goods| self.goods.binary_search(&goods).is_ok())
            || line
                .group
                .is_some_and(|group| self.groups.binary_search(&group).is_ok())
    }

    /// Whether the line counts where an empty list stands for everything; a certificate that is sold is no goods (E4).
    #[must_use]
    pub fn takes(&self, line: &Line) -> bool {
        line.certificate.is_none() && (self.is_empty() || self.names(line))
    }

    /// Ascending, each once, few enough.
    pub(super) fn is_sound(&self) -> bool {
        rising(&self.goods) && rising(&self.groups)
    }
}

/// Ascending, each once, and few enough.
pub(super) fn rising<T: Ord>(list: &[T]) -> bool {
    list.len() <= NAMED_MAX && list.windows(2).all(|pair| pair[0] < pair[1])
}

/// Who an instrument is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Audience {
    /// Whoever buys, known or not; points and stamps still need a customer.
    Anybody,
    /// Any customer (the default).
    #[default]
    Customers,
    /// Holders of a club or a card (C1, C6).
    Members(InstrumentId),
    /// Customers of this level or above in these tiers, counted from 1.
    Tier(InstrumentId, u8),
}

/// Where, when and for whom an instrument works (S4: one programme, each outlet its own terms).
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Scope {
    /// Outlets; none named = everywhere.
    pub outlets: Vec<OutletId>,
    /// First business date.
    pub first_day: Option<Date>,
    /// Last business date.
    pub last_day: Option<Date>,
    /// For whom.
    pub audience: Audience,
}

impl Scope {
    /// Whether it works in `outlet`.
    #[must_use]
    pub fn is_here(&self, outlet: OutletId) -> bool {
        self.outlets.is_empty() || self.outlets.binary_search(&outlet).is_ok()
    }

    /// Whether it works on `date`.
    #[must_use]
    pub fn is_today(&self, date: Date) -> bool {
        self.first_day.is_none_or(|first| first <= date)
            && self.last_day.is_none_or(|last| date <= last)
    }
}

/// Whether a discount goes onto a line that another one already lowered (D1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Together {
    /// No: lines that were lowered before are left alone, and of several such cards the best one wins.
    #[default]
    Alone = 1,
    /// Yes.
    Stackable = 2,
}

/// Which price of a line a percentage is taken of (D1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum PriceOf {
    /// What is left after the discounts before it.
    #[default]
    Running = 1,
    /// The price before all discounts.
    Original = 2,
}

/// How often one rule may work on one receipt (D1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Times {
    /// As often as it fits.
    #[default]
    Many = 1,
    /// Once.
    Once = 2,
}

/// How a discount goes together with others, and what bounds it (D1, D4).
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Stacking {
    /// With others or alone.
    pub together: Together,
    /// On which price.
    pub price: PriceOf,
    /// Once or many times per receipt.
    pub times: Times,
    /// Least receipt, in minor units, by the price named above.
    pub minimum: Money,
    /// Goods that it never touches.
    pub excluded: Goods,
    /// Most it takes off one receipt, in minor units.
    pub most: Option<Money>,
    /// What must remain of each line's original price, in hundredths of a percent (the margin's floor, D2).
    pub floor: u16,
    /// Less comes first among equals; then the id decides (D4).
    pub priority: u16,
}

impl Stacking {
    /// Whether it says only what matters where nothing is lowered: the least receipt and the excluded goods.
    pub(super) fn is_for_earning(&self) -> bool {
        let plain = Self {
            minimum: self.minimum,
            excluded: self.excluded.clone(),
            ..Self::default()
        };
        *self == plain
    }

    /// Whether it says only what matters where the best of several raises an earning: the order beside that.
    pub(super) fn is_for_raising(&self) -> bool {
        let unordered = Self {
            priority: 0,
            ..self.clone()
        };
        unordered.is_for_earning()
    }
}

/// Everything an instrument says beside its terms.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Rules {
    /// Where, when, for whom.
    pub scope: Scope,
    /// How it goes together with others.
    pub stacking: Stacking,
}

impl Rules {
    pub(super) fn check(&self, id: InstrumentId) -> Result<(), ProgrammeError> {
        let Self { scope, stacking } = self;
        if !rising(&scope.outlets) || !stacking.excluded.is_sound() {
            return Err(ProgrammeError::List(id.0));
        }
        if let (Some(first), Some(last)) = (scope.first_day, scope.last_day)
            && first > last
        {
            return Err(ProgrammeError::Days(id.0));
        }
        if stacking.floor > WHOLE {
            return Err(ProgrammeError::Share(id.0));
        }
        if stacking.minimum.0 < 0 || stacking.most.is_some_and(|most| !most.is_positive()) {
            return Err(ProgrammeError::Range(id.0));
        }
        Ok(())
    }
}
