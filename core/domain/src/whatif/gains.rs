//! Who gains, and who would have bought anyway (P1).

use crate::ids::CustomerId;
use crate::money::{Money, Overflow};

/// So many of those who gain most are named.
pub const TOP_SHOWN: usize = 10;

/// What the instrument gives to whom, over the time replayed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Gains {
    /// Customers who got anything.
    pub gainers: i64,
    /// What each tenth of all known customers got, those who got most first; the first tenths are the larger ones
    /// where the number does not divide.
    pub deciles: [Money; 10],
    /// Who got most.
    pub top: Vec<(CustomerId, Money)>,
    /// Those who came back without it.
    pub anyway: Anyway,
}

/// Customers who bought again although there was no such instrument: what they get is not the reason they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Anyway {
    /// How many bought on two days or more.
    pub customers: i64,
    /// Those of them who get something.
    pub gainers: i64,
    /// What they get, in minor units.
    pub given: Money,
}

/// One customer's part, kept while the others are replayed: 16 bytes each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Gain {
    pub(super) value: Money,
    pub(super) customer: CustomerId,
}

/// Sorts who got what.
pub(super) fn gains(mut all: Vec<Gain>, anyway: Anyway) -> Result<Gains, Overflow> {
    all.sort_by_key(|gain| (std::cmp::Reverse(gain.value), gain.customer));
    let gainers = all.iter().filter(|gain| gain.value.is_positive());
    let mut deciles = [Money::ZERO; 10];
    for (tenth, sum) in deciles.iter_mut().enumerate() {
        let edge = |tenth: usize| (all.len() * tenth).div_ceil(10);
        let part = &all[edge(tenth)..edge(tenth + 1)];
        *sum = Money::total(part.iter().map(|gain| gain.value))?;
    }
    Ok(Gains {
        gainers: i64::try_from(gainers.clone().count()).map_err(|_| Overflow)?,
        deciles,
        top: gainers
            .take(TOP_SHOWN)
            .map(|gain| (gain.customer, gain.value))
            .collect(),
        anyway,
    })
}
