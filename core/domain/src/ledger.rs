//! The ledger: append-only entries whose effect is data (L1, L12, L15).
//!
//! An entry keeps what was promised at the counter; the authority may once set another effect. A phone
//! that does not know an entry's kind still sums the right balance from its effect.

use crate::codes::Code;
use crate::ids::{CustomerId, EntryId, InstrumentId, PurchaseId};
use crate::moment::Date;
use crate::money::{Money, Overflow, Points, Stamps};

/// What an entry changes: signed (L12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Effect {
    /// Points.
    pub points: Points,
    /// Stamps.
    pub stamps: Stamps,
    /// What that is worth in money, in minor units, with the same sign.
    pub value: Money,
}

impl Effect {
    /// Nothing at all.
    pub const NONE: Self = Self {
        points: Points::ZERO,
        stamps: Stamps::ZERO,
        value: Money::ZERO,
    };

    /// Points worth `value`.
    #[must_use]
    pub const fn points(points: Points, value: Money) -> Self {
        Self {
            points,
            stamps: Stamps::ZERO,
            value,
        }
    }

    /// Stamps.
    #[must_use]
    pub const fn stamps(stamps: Stamps) -> Self {
        Self {
            points: Points::ZERO,
            stamps,
            value: Money::ZERO,
        }
    }

    /// Both together.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn plus(self, other: Self) -> Result<Self, Overflow> {
        Ok(Self {
            points: self.points.plus(other.points)?,
            stamps: self.stamps.plus(other.stamps)?,
            value: self.value.plus(other.value)?,
        })
    }

    /// The same the other way.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn negated(self) -> Result<Self, Overflow> {
        Ok(Self {
            points: self.points.negated()?,
            stamps: self.stamps.negated()?,
            value: self.value.negated()?,
        })
    }
}

/// Why the balance changed: for people; the fold looks only at the effect (L12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// Points or stamps for a purchase (E).
    Earn = 1,
    /// Points spent on a purchase (U).
    Redeem = 2,
    /// A full stamp card exchanged for its reward.
    Reward = 3,
    /// Earned points or stamps taken back after a return (X2).
    Reverse = 4,
    /// Spent points given back after a return (X3).
    Restore = 5,
    /// Points whose last day has passed, posted by the authority (L5).
    Expire = 6,
    /// Expired points given back because an earlier-dated debit took them first (L5).
    Revive = 7,
}

/// From when and until when the points of a credit live (L3, L5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LotTerms {
    /// First day they may be spent (L8).
    pub available_on: Date,
    /// Last day, fully usable; none = never.
    pub expires_on: Option<Date>,
}

/// What a debit took from one bucket, decided by the fold and kept for returns (L3, X3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Use {
    /// The member of the group whose bucket it was (I2).
    pub member: CustomerId,
    /// The bucket's last day.
    pub expires_on: Option<Date>,
    /// How many points.
    pub points: Points,
}

/// One entry of the ledger. No personal data and no free text (L14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// Whose balance.
    pub customer: CustomerId,
    /// Which instrument's wallet.
    pub instrument: InstrumentId,
    /// Why.
    pub kind: EntryKind,
    /// The purchase it belongs to.
    pub purchase: Option<PurchaseId>,
    /// Business date.
    pub date: Date,
    /// As promised at the counter.
    pub claim: Effect,
    /// For credits: the life of the lot.
    pub lot: Option<LotTerms>,
    /// What counts where the authority decided otherwise, and why (L15).
    pub verdict: Option<(Effect, Code)>,
    /// Which buckets a debit took, in the order taken.
    pub uses: Vec<Use>,
}

impl Entry {
    /// What counts: the authority's word, else the claim.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.verdict.map_or(self.claim, |(effect, _)| effect)
    }
}
