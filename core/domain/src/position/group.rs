//! The fold over one person's members (L13, I2).

use super::{MonthSum, Position, Wallet, spend_order};
use crate::ids::{CustomerId, InstrumentId};
use crate::ledger::{Effect, Entry, EntryKind, LotTerms, Use};
use crate::moment::{Date, Month};
use crate::money::{Overflow, Points, Stamps};
use crate::planted;

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

    /// The members and their positions.
    pub fn members_mut(&mut self) -> impl Iterator<Item = (CustomerId, &mut Position)> {
        self.members
            .iter_mut()
            .map(|(id, position)| (*id, position))
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

    /// Folds one entry into the positions (L13): credits repay debts and open lots, debits take from the
    /// buckets in spend order (L4), and what no bucket has becomes the named member's debt (L10).
    ///
    /// # Errors
    /// [`Overflow`]; the group is then worth nothing any more.
    pub fn fold(&mut self, entry: &Entry) -> Result<Folded, Overflow> {
        let Effect {
            points,
            stamps,
            status,
            carry,
            ..
        } = entry.effect();
        if entry.verdict.is_none() && entry.about.moves() {
            self.member(entry.customer).become_by(entry)?;
        }
        if status != Points::ZERO {
            let part = MonthSum {
                status,
                ..MonthSum::default()
            };
            let month = Month::of(entry.date);
            self.member(entry.customer).add_to_month(month, part)?;
        }
        if status != Points::ZERO || carry != 0 {
            let wallet = self.wallet(entry.customer, entry.instrument);
            wallet.status = wallet.status.plus(status)?;
            wallet.carry = wallet.carry.checked_add(carry).ok_or(Overflow)?;
        }
        if stamps != Stamps::ZERO {
            let sum = self
                .member(entry.customer)
                .stamps
                .entry(entry.instrument)
                .or_default();
            *sum = sum.plus(stamps)?;
        }
        if points == Points::ZERO {
            return Ok(Folded::default());
        }
        self.settle(entry.instrument, entry.date)?;
        if points.is_positive() {
            self.credit(entry, points)?;
            Ok(Folded::default())
        } else {
            self.debit(entry, points.negated()?)
        }
    }

    /// Pays the debts of all members from what any of them may spend on `date`: so no debt stands beside
    /// spendable points when lots become available or two groups become one (L10, I2).
    ///
    /// # Errors
    /// [`Overflow`].
    pub fn settle(&mut self, instrument: InstrumentId, date: Date) -> Result<(), Overflow> {
        let mut owed = Points::ZERO;
        for (_, position) in &mut self.members {
            if let Some(wallet) = position.wallets.get_mut(&instrument) {
                wallet.ripen(date)?;
                owed = owed.plus(wallet.debt)?;
            }
        }
        if owed == Points::ZERO {
            return Ok(());
        }
        let (_, unpaid) = self.take(instrument, self.spend_plan(instrument, date), owed)?;
        self.repay(instrument, owed.minus(unpaid)?)?;
        Ok(())
    }

    /// Repays debts in id order; says what is left of `points`.
    fn repay(&mut self, instrument: InstrumentId, points: Points) -> Result<Points, Overflow> {
        let wallets = self
            .members
            .iter_mut()
            .filter_map(|(_, position)| position.wallets.get_mut(&instrument));
        wallets
            .into_iter()
            .try_fold(points, |left, wallet| wallet.repay(left))
    }

    /// Points given back return to the buckets they came from (X3); others open their lot (L3).
    fn credit(&mut self, entry: &Entry, points: Points) -> Result<(), Overflow> {
        let mut left = self.repay(entry.instrument, points)?;
        for used in &entry.uses {
            let part = used.points.min(left);
            left = left.minus(part)?;
            // A member that left the group meanwhile is out of reach: the points stay with who returns.
            let knows = |(id, _): &(CustomerId, Position)| *id == used.member;
            let target = if self.members.iter().any(knows) {
                used.member
            } else {
                entry.customer
            };
            self.wallet(target, entry.instrument)
                .add_to_bucket(used.expires_on, part)?;
        }
        let lot = entry.lot.unwrap_or(LotTerms {
            available_on: entry.date,
            expires_on: None,
        });
        self.wallet(entry.customer, entry.instrument)
            .open_lot(lot, left, entry.date)
    }

    fn debit(&mut self, entry: &Entry, points: Points) -> Result<Folded, Overflow> {
        let instrument = entry.instrument;
        let mut left = points;
        let mut plan = Vec::new();
        let own = entry.kind.takes_back() || entry.kind == EntryKind::Expire;
        if let Some(lot) = entry.lot.filter(|_| own) {
            // Taken back or expired from its own lot first, also while it is pending (X2, L5).
            let wallet = self.wallet(entry.customer, instrument);
            left = left.minus(wallet.take_pending(lot, left)?)?;
            plan.push((entry.customer, lot.expires_on));
        }
        if entry.kind != EntryKind::Expire {
            plan.extend(self.spend_plan(instrument, entry.date));
        }
        let (uses, overdrawn) = self.take(instrument, plan, left)?;
        if overdrawn.is_positive() {
            let wallet = self.wallet(entry.customer, instrument);
            wallet.debt = wallet.debt.plus(overdrawn)?;
        }
        Ok(Folded { uses, overdrawn })
    }

    /// Takes `points` out of buckets in the order of `plan`; says from which, and how many none had.
    fn take(
        &mut self,
        instrument: InstrumentId,
        plan: Vec<(CustomerId, Option<Date>)>,
        points: Points,
    ) -> Result<(Vec<Use>, Points), Overflow> {
        let mut left = points;
        let mut uses = Vec::new();
        for (member, expires_on) in plan {
            if left == Points::ZERO {
                break;
            }
            let wallet = self.wallet(member, instrument);
            let expires_on = wallet.home(expires_on);
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
        Ok((uses, left))
    }

    /// The buckets a debit may take, in spend order: own or other members', none that ended before the
    /// debit's day (L4, L5).
    fn spend_plan(&self, instrument: InstrumentId, date: Date) -> Vec<(CustomerId, Option<Date>)> {
        let mut plan = Vec::new();
        for (member, position) in &self.members {
            let buckets = position.wallet(instrument).map_or(&[][..], |w| &w.buckets);
            let live = buckets.iter().filter(|b| is_live(b.expires_on, date));
            plan.extend(live.map(|b| (*member, b.expires_on)));
        }
        plan.sort_by(|a, b| spend_order(a.1, b.1).then(a.0.cmp(&b.0)));
        plan
    }

    fn wallet(&mut self, member: CustomerId, instrument: InstrumentId) -> &mut Wallet {
        self.member(member).wallets.entry(instrument).or_default()
    }
}

/// Whether points with this last day may be spent on `date` (L5).
fn is_live(expires_on: Option<Date>, date: Date) -> bool {
    expires_on.is_none_or(|last| last >= date) || planted!(EndedPointsSpent)
}
