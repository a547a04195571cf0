//! The ledger: append-only entries whose effect is data (L1, L12, L15).
//!
//! An entry keeps what was promised at the counter; the authority may once set another effect. A phone
//! that does not know an entry's kind still sums the right balance from its effect.

use crate::adjust::AdjustReason;
use crate::codes::Code;
use crate::ids::{CustomerId, EntryId, InstrumentId, PurchaseId};
use crate::moment::Date;
use crate::money::{Money, Overflow, Points, Stamps};
use crate::position::Membership;

/// What an entry changes: signed (L12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Effect {
    /// Points.
    pub points: Points,
    /// Stamps.
    pub stamps: Stamps,
    /// What that is worth in money, in minor units, with the same sign.
    pub value: Money,
    /// Points that count for a status (L11): earned and taken back, never spent.
    pub status: Points,
    /// The part of a point that is carried to the next purchase (E2), in 10⁻⁸ minor units of points' value.
    pub carry: i64,
}

impl Effect {
    /// Nothing at all.
    pub const NONE: Self = Self {
        points: Points::ZERO,
        stamps: Stamps::ZERO,
        value: Money::ZERO,
        status: Points::ZERO,
        carry: 0,
    };

    /// Points worth `value`.
    #[must_use]
    pub const fn points(points: Points, value: Money) -> Self {
        Self {
            points,
            value,
            ..Self::NONE
        }
    }

    /// Stamps.
    #[must_use]
    pub const fn stamps(stamps: Stamps) -> Self {
        Self {
            stamps,
            ..Self::NONE
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
            status: self.status.plus(other.status)?,
            carry: self.carry.checked_add(other.carry).ok_or(Overflow)?,
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
            status: self.status.negated()?,
            carry: self.carry.checked_neg().ok_or(Overflow)?,
        })
    }
}

/// Why the balance changed: for people; the fold looks only at the effect (L12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// Points or stamps for a purchase (E).
    Earn,
    /// Points spent on a purchase (U).
    Redeem,
    /// Stamps exchanged for a reward.
    Reward,
    /// Earned points or stamps taken back after a return (X2).
    Reverse,
    /// Spent points given back after a return (X3).
    Restore,
    /// Points whose last day has passed, posted by the authority (L5).
    Expire,
    /// Expired points given back because an earlier-dated debit took them first (L5).
    Revive,
    /// A coupon or greeting was used (G2).
    Use,
    /// It was given back after a full return (X5).
    Unuse,
    /// A club was joined, a membership prolonged, a card given (C1, C6).
    Join,
    /// That was undone by a full return (X5).
    Leave,
    /// A level was reached or lost (Q2).
    Level,
    /// A balance was corrected by hand (T4).
    Adjust,
    /// What a return left owing is not asked for: the owner's option (L10).
    Cleared,
    /// Points for bringing a friend, or for having been brought (G3).
    Thank,
    /// They were taken back: the friend's goods came back (G3).
    Unthank,
    /// A kind that a newer version knows: its effect counts all the same (L12).
    Newer(u8),
}

impl EntryKind {
    /// Every kind this version knows, in the order of their numbers.
    pub const KNOWN: [(u8, Self); 16] = [
        (1, Self::Earn),
        (2, Self::Redeem),
        (3, Self::Reward),
        (4, Self::Reverse),
        (5, Self::Restore),
        (6, Self::Expire),
        (7, Self::Revive),
        (8, Self::Use),
        (9, Self::Unuse),
        (10, Self::Join),
        (11, Self::Leave),
        (12, Self::Level),
        (30, Self::Adjust),
        (40, Self::Cleared),
        (80, Self::Thank),
        (81, Self::Unthank),
    ];

    /// Whether it takes back what was given, from its own lot first, and leaves a debt for what was spent (X2, L10).
    #[must_use]
    pub const fn takes_back(self) -> bool {
        matches!(self, Self::Reverse | Self::Unthank)
    }

    /// Its number on the wire and in stores.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::Newer(number) => number,
            known => {
                let found = Self::KNOWN.iter().find(|(_, kind)| *kind == known);
                found.map_or(0, |(number, _)| *number)
            }
        }
    }

    /// The kind with this number; any number is one.
    #[must_use]
    pub fn of_number(number: u8) -> Self {
        let found = Self::KNOWN.iter().find(|(n, _)| *n == number);
        found.map_or(Self::Newer(number), |(_, kind)| *kind)
    }
}

/// What an entry is about beside its effect: what a later decision must know, resolved when it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum About {
    /// Nothing more.
    #[default]
    Nothing,
    /// How an earn was made, so that a return can make it again from the goods that were kept (X2).
    Earned(Resolved),
    /// Which of a stamp card's rewards it was, from 0.
    Reward(u8),
    /// The last day before on which the same was used.
    Used(Option<Date>),
    /// A membership and the one before it.
    Member {
        /// Before.
        before: Option<Membership>,
        /// From now on.
        until: Membership,
    },
    /// A level; 0 = none.
    Level(u8),
    /// Why a balance was corrected by hand.
    Adjusted(AdjustReason),
    /// Who brought whom: the fact that said so.
    Brought(EntryId),
}

/// What a sale resolved for one earn: everything that its programme version does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Resolved {
    /// What the multipliers came to, in ten-thousandths.
    pub factor: u32,
    /// The part of a point that the customer brought along (E2), in 10⁻⁸ minor units of points' value.
    pub carried: i64,
    /// What a campaign adds (E3).
    pub raise: Option<Raise>,
}

/// What a campaign adds to one earn (E3); the points are part of the earn's own effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Raise {
    /// Which campaign.
    pub campaign: InstrumentId,
    /// How many of the earn's points are there because of it.
    pub points: Points,
    /// What keeps them from being more.
    pub bound: Bound,
}

/// What bounds the points that a campaign adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bound {
    /// Its terms alone.
    Terms = 1,
    /// Its budget had no more left: they stay the most, whatever is kept of the goods.
    Budget = 2,
}

impl Resolved {
    /// No multiplier, nothing brought along.
    pub const PLAIN: Self = Self {
        factor: crate::programme::ONCE,
        carried: 0,
        raise: None,
    };

    /// As little as needs to be kept.
    #[must_use]
    pub fn about(self) -> About {
        if self == Self::PLAIN {
            About::Nothing
        } else {
            About::Earned(self)
        }
    }
}

impl About {
    /// Whether it moves what a customer has become, without points or stamps.
    #[must_use]
    pub const fn moves(self) -> bool {
        matches!(self, Self::Used(_) | Self::Member { .. } | Self::Level(_))
    }

    /// How the earn was made.
    #[must_use]
    pub const fn resolved(self) -> Resolved {
        match self {
            Self::Earned(resolved) => resolved,
            _ => Resolved::PLAIN,
        }
    }
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
    /// What else must be known of it.
    pub about: About,
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

    /// Whether its effect is still open: taken back by a return that no purchase is known of yet (X1).
    #[must_use]
    pub fn is_to_be_settled(&self) -> bool {
        self.kind == EntryKind::Reverse && self.purchase.is_none() && self.verdict.is_none()
    }
}
