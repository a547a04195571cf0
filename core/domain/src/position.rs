//! A customer's position: what the fold of their entries comes to (L13).
//!
//! One pure fold, used by the authority, by a phone over its pending entries, by import and by what-if.
//! Lots that end on the same day are one bucket (L3). `Σ buckets + Σ pending − debt = balance = Σ effects`
//! over a group (V).

mod group;
mod standing;

use std::collections::BTreeMap;

pub use group::{Folded, Group};
pub use standing::{Asked, MONTHS_KEPT, Membership, MonthSum, Uses};

use crate::ids::InstrumentId;
use crate::ledger::LotTerms;
use crate::limits::Earns;
use crate::moment::{Date, Month};
use crate::money::{Money, Overflow, Points, Stamps};
use crate::programme::BonusCard;

/// Most buckets of one wallet (L3).
pub const BUCKETS_MAX: usize = 64;

/// Available points that end on the same day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bucket {
    /// Last day; none = never, spent last (L4).
    pub expires_on: Option<Date>,
    /// What is left.
    pub points: Points,
}

/// Points that may not be spent yet (L8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pending {
    /// Their life.
    pub lot: LotTerms,
    /// How many.
    pub points: Points,
}

/// The points of one instrument.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Wallet {
    /// In spend order: soonest to expire first, never-expiring last (L4).
    pub buckets: Vec<Bucket>,
    /// In order of their first day.
    pub pending: Vec<Pending>,
    /// Points owed: repaid by the next earns, never expires (L10).
    pub debt: Points,
    /// Points that ever counted for a status (L11).
    pub status: Points,
    /// The part of a point that the next purchase begins with (E2), in 10⁻⁸ minor units of points' value.
    pub carry: i64,
    /// Last days that were joined to a later one because the wallet was full, by the day they had (L3): so their lots are
    /// still found. At most [`BUCKETS_MAX`]; the earliest days are forgotten first.
    pub joined: BTreeMap<Date, Date>,
}

/// What is known of a customer's account: one row, synced to every phone (sync §3).
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Position {
    /// Points by instrument.
    pub wallets: BTreeMap<InstrumentId, Wallet>,
    /// Stamps by instrument; may be below zero after a return (L10).
    pub stamps: BTreeMap<InstrumentId, Stamps>,
    /// Purchases that count.
    pub visits: i64,
    /// What they came to, in minor units, less returns.
    pub spent: Money,
    /// Business date of the last purchase.
    pub last_visit: Option<Date>,
    /// Redeeming without the authority is held since an overdraft (sync §6).
    pub held: bool,
    /// Business date of the first purchase.
    pub first_visit: Option<Date>,
    /// Clubs joined and cards given.
    pub memberships: BTreeMap<InstrumentId, Membership>,
    /// Levels held in tiers, from 1; changed by entries alone (Q2).
    pub levels: BTreeMap<InstrumentId, u8>,
    /// Where somebody was asked whether a level is to be lost (Q2).
    pub asked: BTreeMap<InstrumentId, Asked>,
    /// How often coupons and greetings were used.
    pub uses: BTreeMap<InstrumentId, Uses>,
    /// What counts for levels, by month: the newest 24 (L13).
    pub months: BTreeMap<Month, MonthSum>,
    /// When they earned last, while a limit of the owner's asks for it (T7).
    pub earns: Earns,
}

/// Spend order of last days: a date before another, never last (L4).
fn spend_order(a: Option<Date>, b: Option<Date>) -> std::cmp::Ordering {
    (a.is_none(), a).cmp(&(b.is_none(), b))
}

impl Wallet {
    /// Everything, less the debt.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn balance(&self) -> Result<Points, Overflow> {
        let buckets = Points::total(self.buckets.iter().map(|b| b.points))?;
        let pending = Points::total(self.pending.iter().map(|p| p.points))?;
        buckets.plus(pending)?.minus(self.debt)
    }

    /// What may be spent on `date`: available, not expired, after the debt (L5, L8, L10); never below zero.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn spendable(&self, date: Date) -> Result<Points, Overflow> {
        let live = |expires_on: Option<Date>| expires_on.is_none_or(|last| last >= date);
        let ripe = self
            .pending
            .iter()
            .filter(|p| p.lot.available_on <= date && live(p.lot.expires_on));
        let buckets = self.buckets.iter().filter(|b| live(b.expires_on));
        let sum = Points::total(buckets.map(|b| b.points).chain(ripe.map(|p| p.points)))?;
        Ok(sum.minus(self.debt)?.max(Points::ZERO))
    }

    /// Pending lots whose day has come join their buckets (L3).
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn ripen(&mut self, date: Date) -> Result<(), Overflow> {
        // `pending` is in order of the first day.
        let still = self.pending.partition_point(|p| p.lot.available_on <= date);
        let ripe: Vec<Pending> = self.pending.drain(..still).collect();
        ripe.iter()
            .try_for_each(|p| self.add_to_bucket(p.lot.expires_on, p.points))
    }

    /// Puts points into the bucket of their last day; a wallet that is full of buckets joins the two
    /// nearest last days to the later one (L3).
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn add_to_bucket(
        &mut self,
        expires_on: Option<Date>,
        points: Points,
    ) -> Result<(), Overflow> {
        self.put_in_bucket(expires_on, points)?;
        if self.buckets.len() > BUCKETS_MAX {
            self.join_nearest()
        } else {
            Ok(())
        }
    }

    /// The last day of the bucket that points of this last day lie in.
    #[must_use]
    pub fn home(&self, expires_on: Option<Date>) -> Option<Date> {
        let joined = expires_on.and_then(|last| self.joined.get(&last));
        joined.copied().or(expires_on)
    }

    fn put_in_bucket(&mut self, expires_on: Option<Date>, points: Points) -> Result<(), Overflow> {
        let expires_on = self.home(expires_on);
        if !points.is_positive() {
            return Ok(());
        }
        match self
            .buckets
            .binary_search_by(|b| spend_order(b.expires_on, expires_on))
        {
            Ok(at) => self.buckets[at].points = self.buckets[at].points.plus(points)?,
            Err(at) => self.buckets.insert(at, Bucket { expires_on, points }),
        }
        Ok(())
    }

    fn put_in_pending(&mut self, lot: LotTerms, points: Points) -> Result<(), Overflow> {
        if !points.is_positive() {
            return Ok(());
        }
        match self.pending.binary_search_by_key(&lot, |p| p.lot) {
            Ok(at) => self.pending[at].points = self.pending[at].points.plus(points)?,
            Err(at) => self.pending.insert(at, Pending { lot, points }),
        }
        Ok(())
    }

    /// Repays debt from `points`; says what is left of them.
    fn repay(&mut self, points: Points) -> Result<Points, Overflow> {
        let repaid = points.min(self.debt).max(Points::ZERO);
        self.debt = self.debt.minus(repaid)?;
        points.minus(repaid)
    }

    fn join_nearest(&mut self) -> Result<(), Overflow> {
        let gap = |at: usize| match (self.buckets[at].expires_on, self.buckets[at + 1].expires_on) {
            (Some(a), Some(b)) => (b - a).num_days(),
            _ => i64::MAX,
        };
        let Some(at) = (0..self.buckets.len() - 1).min_by_key(|&at| gap(at)) else {
            return Ok(());
        };
        let earlier = self.buckets.remove(at);
        self.buckets[at].points = self.buckets[at].points.plus(earlier.points)?;
        if let (Some(from), Some(to)) = (earlier.expires_on, self.buckets[at].expires_on) {
            for home in self.joined.values_mut().filter(|home| **home == from) {
                *home = to;
            }
            self.joined.insert(from, to);
            if self.joined.len() > BUCKETS_MAX {
                self.joined.pop_first();
            }
        }
        Ok(())
    }

    /// Opens a lot: pending, or in its bucket when its first day is not after `date`.
    fn open_lot(&mut self, lot: LotTerms, points: Points, date: Date) -> Result<(), Overflow> {
        if lot.available_on <= date {
            self.add_to_bucket(lot.expires_on, points)
        } else {
            self.put_in_pending(lot, points)
        }
    }

    /// Takes up to `points` out of the bucket that ends on `expires_on`; says how many.
    fn take_bucket(
        &mut self,
        expires_on: Option<Date>,
        points: Points,
    ) -> Result<Points, Overflow> {
        let expires_on = self.home(expires_on);
        let Ok(at) = self
            .buckets
            .binary_search_by(|b| spend_order(b.expires_on, expires_on))
        else {
            return Ok(Points::ZERO);
        };
        let taken = points.min(self.buckets[at].points);
        self.buckets[at].points = self.buckets[at].points.minus(taken)?;
        if self.buckets[at].points == Points::ZERO {
            self.buckets.remove(at);
        }
        Ok(taken)
    }

    /// Takes up to `points` out of the pending lot with this life; says how many.
    fn take_pending(&mut self, lot: LotTerms, points: Points) -> Result<Points, Overflow> {
        let Ok(at) = self.pending.binary_search_by_key(&lot, |p| p.lot) else {
            return Ok(Points::ZERO);
        };
        let taken = points.min(self.pending[at].points);
        self.pending[at].points = self.pending[at].points.minus(taken)?;
        if self.pending[at].points == Points::ZERO {
            self.pending.remove(at);
        }
        Ok(taken)
    }
}

impl Position {
    /// The wallet of an instrument, if it was ever used.
    #[must_use]
    pub fn wallet(&self, instrument: InstrumentId) -> Option<&Wallet> {
        self.wallets.get(&instrument)
    }

    /// What may be spent of an instrument's points on `date`: as its wallet says, and nothing once the whole
    /// account has ended by inactivity (L6).
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn spendable(
        &self,
        instrument: InstrumentId,
        card: &BonusCard,
        date: Date,
    ) -> Result<Points, Overflow> {
        let ended = |last_visit| {
            card.inactive_after(last_visit)
                .is_some_and(|last| last < date)
        };
        match self.wallet(instrument) {
            Some(wallet) if !self.last_visit.is_some_and(ended) => wallet.spendable(date),
            _ => Ok(Points::ZERO),
        }
    }

    /// Points of an instrument, less the debt.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn balance(&self, instrument: InstrumentId) -> Result<Points, Overflow> {
        self.wallet(instrument)
            .map_or(Ok(Points::ZERO), Wallet::balance)
    }

    /// Two positions of one person (I2): buckets, debts, stamps and counters are added; commutative and
    /// associative.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn combine(mut self, other: &Self) -> Result<Self, Overflow> {
        for (&instrument, theirs) in &other.wallets {
            let ours = self.wallets.entry(instrument).or_default();
            ours.debt = ours.debt.plus(theirs.debt)?;
            ours.status = ours.status.plus(theirs.status)?;
            ours.carry = ours.carry.checked_add(theirs.carry).ok_or(Overflow)?;
            // A sum is only read, never stored: it may have more buckets than a wallet, and joins none.
            ours.joined.clear();
            for bucket in &theirs.buckets {
                ours.put_in_bucket(bucket.expires_on, bucket.points)?;
            }
            for pending in &theirs.pending {
                ours.put_in_pending(pending.lot, pending.points)?;
            }
        }
        for (&instrument, &stamps) in &other.stamps {
            let ours = self.stamps.entry(instrument).or_default();
            *ours = ours.plus(stamps)?;
        }
        self.visits = self.visits.checked_add(other.visits).ok_or(Overflow)?;
        self.spent = self.spent.plus(other.spent)?;
        self.last_visit = self.last_visit.max(other.last_visit);
        self.held |= other.held;
        self.combine_standing(other)?;
        Ok(self)
    }
}
