//! A customer's position: what the fold of their entries comes to (L13).
//!
//! One pure fold, used by the authority, by a phone over its pending entries, by import and by what-if.
//! Lots that end on the same day are one bucket (L3). `Σ buckets + Σ pending − debt = balance = Σ effects`
//! over a group (V).

use std::collections::BTreeMap;

use crate::ids::{CustomerId, InstrumentId};
use crate::ledger::{Entry, EntryKind, LotTerms, Use};
use crate::moment::Date;
use crate::money::{Money, Overflow, Points, Stamps};

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
        let ripe: Vec<Pending> = self
            .pending
            .iter()
            .copied()
            .filter(|p| p.lot.available_on <= date)
            .collect();
        self.pending.retain(|p| p.lot.available_on > date);
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
        if self.buckets.len() > BUCKETS_MAX {
            self.join_nearest()
        } else {
            Ok(())
        }
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
        Ok(())
    }

    fn credit(&mut self, lot: LotTerms, points: Points, date: Date) -> Result<(), Overflow> {
        let repaid = points.min(self.debt).max(Points::ZERO);
        self.debt = self.debt.minus(repaid)?;
        let left = points.minus(repaid)?;
        if lot.available_on <= date {
            return self.add_to_bucket(lot.expires_on, left);
        }
        if left.is_positive() {
            match self.pending.binary_search_by_key(&lot, |p| p.lot) {
                Ok(at) => self.pending[at].points = self.pending[at].points.plus(left)?,
                Err(at) => self.pending.insert(at, Pending { lot, points: left }),
            }
        }
        Ok(())
    }

    /// Takes up to `points` out of the bucket that ends on `expires_on`; says how many.
    fn take_bucket(
        &mut self,
        expires_on: Option<Date>,
        points: Points,
    ) -> Result<Points, Overflow> {
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
            for bucket in &theirs.buckets {
                ours.add_to_bucket(bucket.expires_on, bucket.points)?;
            }
            for p in &theirs.pending {
                match ours.pending.binary_search_by_key(&p.lot, |q| q.lot) {
                    Ok(at) => ours.pending[at].points = ours.pending[at].points.plus(p.points)?,
                    Err(at) => ours.pending.insert(at, *p),
                }
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
        Ok(self)
    }
}

/// The members of one person's group with their positions, in id order (I2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    members: Vec<(CustomerId, Position)>,
}

/// What the fold of one entry came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Folded {
    /// The buckets a debit took, in the order taken.
    pub uses: Vec<Use>,
    /// Points that no bucket had: they became debt (L10).
    pub overdrawn: Points,
}

impl Group {
    /// A group of one or more members.
    #[must_use]
    pub fn new(mut members: Vec<(CustomerId, Position)>) -> Self {
        members.sort_by_key(|(id, _)| *id);
        Self { members }
    }

    /// The members and their positions after the folds.
    #[must_use]
    pub fn into_members(self) -> Vec<(CustomerId, Position)> {
        self.members
    }

    /// One position for the whole person.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn combined(&self) -> Result<Position, Overflow> {
        self.members
            .iter()
            .try_fold(Position::default(), |sum, (_, position)| {
                sum.combine(position)
            })
    }

    /// One member's position.
    pub fn member(&mut self, id: CustomerId) -> &mut Position {
        let at = match self
            .members
            .binary_search_by_key(&id, |(member, _)| *member)
        {
            Ok(at) => at,
            Err(at) => {
                self.members.insert(at, (id, Position::default()));
                at
            }
        };
        &mut self.members[at].1
    }

    /// Folds one entry into the positions (L13): credits open lots and repay debts first, debits take
    /// from the buckets in spend order (L4), and what no bucket has becomes the named member's debt.
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn fold(&mut self, entry: &Entry) -> Result<Folded, Overflow> {
        let effect = entry.effect();
        if effect.stamps != Stamps::ZERO {
            let stamps = self
                .member(entry.customer)
                .stamps
                .entry(entry.instrument)
                .or_default();
            *stamps = stamps.plus(effect.stamps)?;
        }
        if effect.points.is_positive() {
            self.credit(entry, effect.points)?;
            return Ok(Folded::default());
        }
        if effect.points == Points::ZERO {
            return Ok(Folded::default());
        }
        self.debit(entry, effect.points.negated()?)
    }

    fn credit(&mut self, entry: &Entry, points: Points) -> Result<(), Overflow> {
        let lot = entry.lot.unwrap_or(LotTerms {
            available_on: entry.date,
            expires_on: None,
        });
        let mut left = points;
        for (_, position) in self
            .members
            .iter_mut()
            .filter(|(id, _)| *id != entry.customer)
        {
            let Some(wallet) = position.wallets.get_mut(&entry.instrument) else {
                continue;
            };
            let repaid = left.min(wallet.debt);
            wallet.debt = wallet.debt.minus(repaid)?;
            left = left.minus(repaid)?;
        }
        let wallet = self
            .member(entry.customer)
            .wallets
            .entry(entry.instrument)
            .or_default();
        wallet.ripen(entry.date)?;
        wallet.credit(lot, left, entry.date)
    }

    fn debit(&mut self, entry: &Entry, points: Points) -> Result<Folded, Overflow> {
        let mut left = points;
        let mut uses = Vec::new();
        if let (EntryKind::Reverse, Some(lot)) = (entry.kind, entry.lot) {
            // What was earned is taken back from its own lot first, also while it is pending (X2).
            let wallet = self
                .member(entry.customer)
                .wallets
                .entry(entry.instrument)
                .or_default();
            left = left.minus(wallet.take_pending(lot, left)?)?;
            let taken = wallet.take_bucket(lot.expires_on, left)?;
            left = left.minus(taken)?;
        }
        for (member, expires_on) in self.spend_plan(entry)? {
            if !left.is_positive() {
                break;
            }
            let wallet = self
                .member(member)
                .wallets
                .entry(entry.instrument)
                .or_default();
            let points = wallet.take_bucket(expires_on, left)?;
            left = left.minus(points)?;
            if points.is_positive() {
                uses.push(Use {
                    member,
                    expires_on,
                    points,
                });
            }
        }
        if left.is_positive() {
            let wallet = self
                .member(entry.customer)
                .wallets
                .entry(entry.instrument)
                .or_default();
            wallet.debt = wallet.debt.plus(left)?;
        }
        Ok(Folded {
            uses,
            overdrawn: left,
        })
    }

    /// The buckets a debit may take, in spend order: own or other members', none that ended before the
    /// debit's day (L5); an expiry takes exactly its own.
    fn spend_plan(&mut self, entry: &Entry) -> Result<Vec<(CustomerId, Option<Date>)>, Overflow> {
        if entry.kind == EntryKind::Expire {
            return Ok(vec![(
                entry.customer,
                entry.lot.and_then(|lot| lot.expires_on),
            )]);
        }
        let mut plan = Vec::new();
        for (member, position) in &mut self.members {
            let Some(wallet) = position.wallets.get_mut(&entry.instrument) else {
                continue;
            };
            wallet.ripen(entry.date)?;
            let live = wallet
                .buckets
                .iter()
                .filter(|b| b.expires_on.is_none_or(|last| last >= entry.date));
            plan.extend(live.map(|b| (*member, b.expires_on)));
        }
        plan.sort_by(|a, b| spend_order(a.1, b.1).then(a.0.cmp(&b.0)));
        Ok(plan)
    }
}
