//! What waits after a restore: expiry, until every phone that was in use has called, the owner says so, or three days
//! have passed (sync §12). Until then points that seem to have ended may have been spent in what was lost.

use kartka_domain::authority::Book as _;
use kartka_domain::ids::{CustomerId, DeviceNo, Id, PurchaseId};
use kartka_domain::op::{Fact as OpFact, Op, Settlement};
use kartka_domain::row::RowKind;

use super::turn::Turn;
use crate::store::{Fact, Reads, StoreError, Writes};

/// The longest wait, in milliseconds.
const LONGEST_MS: i64 = 72 * 60 * 60 * 1_000;
/// A phone that was silent for so long before the restore is not waited for.
const SILENT_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// A wait under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Since when, epoch ms.
    pub since_ms: i64,
    /// Phones that have not called yet.
    pub waiting: Vec<DeviceNo>,
}

impl Hold {
    /// Whether nothing is waited for any more.
    pub(super) const fn is_over(&self, now_ms: i64) -> bool {
        self.waiting.is_empty() || now_ms.saturating_sub(self.since_ms) >= LONGEST_MS
    }

    fn pack(&self) -> Vec<u8> {
        let numbers = self.waiting.iter().flat_map(|no| no.get().to_be_bytes());
        let since = self.since_ms.to_be_bytes();
        since.into_iter().chain(numbers).collect()
    }

    fn unpack(bytes: &[u8]) -> Result<Option<Self>, StoreError> {
        let broken = || StoreError::Malformed("held");
        let Some((since, numbers)) = bytes.split_first_chunk::<8>() else {
            return if bytes.is_empty() {
                Ok(None)
            } else {
                Err(broken())
            };
        };
        let (numbers, []) = numbers.as_chunks::<4>() else {
            return Err(broken());
        };
        let numbers = numbers.iter().map(|no| u32::from_be_bytes(*no));
        let waiting = numbers.map(|no| DeviceNo::new(no).map_err(|_| broken()));
        Ok(Some(Self {
            since_ms: i64::from_be_bytes(*since),
            waiting: waiting.collect::<Result<_, _>>()?,
        }))
    }
}

/// The wait under way, if there is one.
pub(crate) fn hold(db: &(impl Reads + ?Sized)) -> Result<Option<Hold>, StoreError> {
    match db.fact(Fact::Held)? {
        None => Ok(None),
        Some(bytes) => Hold::unpack(&bytes),
    }
}

/// Begins to wait for the phones that were in use.
pub(super) fn begin(db: &dyn Writes, author: DeviceNo, now_ms: i64) -> Result<(), StoreError> {
    let mut waiting = Vec::new();
    for device in db.devices()? {
        let pairs = db.anchors(device.no)?;
        let heard_ms = pairs.iter().map(|pair| pair.anchor.server_ms).max();
        let heard_ms = heard_ms.unwrap_or(0).max(device.earlier_ms);
        let silent = device.acked > 0 && heard_ms < now_ms.saturating_sub(SILENT_MS);
        if device.no != author && !is_ours(db, device.no)? && !silent {
            waiting.push(device.no);
        }
    }
    let hold = Hold {
        since_ms: now_ms,
        waiting,
    };
    db.put_fact(Fact::Held, &hold.pack())
}

/// Whether an authority wrote under this number: phones have a row of their own, servers have none.
fn is_ours(db: &dyn Writes, no: DeviceNo) -> Result<bool, StoreError> {
    let row = db.row(kartka_domain::row::RowKind::Device, i64::from(no.get()))?;
    Ok(row.is_none())
}

/// A phone has told everything it has.
pub(super) fn called(db: &dyn Writes, device: DeviceNo) -> Result<(), StoreError> {
    if let Some(mut hold) = hold(db)? {
        hold.waiting.retain(|no| *no != device);
        db.put_fact(Fact::Held, &hold.pack())?;
    }
    Ok(())
}

/// A phone that is waited for goes on under a new number, and calls under that one.
pub(super) fn renumbered(db: &dyn Writes, old: DeviceNo, new: DeviceNo) -> Result<(), StoreError> {
    if let Some(mut hold) = hold(db)? {
        for no in hold.waiting.iter_mut().filter(|no| **no == old) {
            *no = new;
        }
        db.put_fact(Fact::Held, &hold.pack())?;
    }
    Ok(())
}

/// Whether things still wait; ends the wait when it is over.
pub(super) fn waits(db: &dyn Writes, now_ms: i64) -> Result<bool, StoreError> {
    match hold(db)? {
        None => Ok(false),
        Some(hold) if hold.is_over(now_ms) => {
            end(db)?;
            Ok(false)
        }
        Some(_) => Ok(true),
    }
}

/// Whether an op names somebody or something that was lost and not told again yet. Then it waits on its phone with all
/// that follows it there: taken now, it would be without effect for ever.
pub(super) fn misses(turn: &Turn<'_>, op: Option<&Op>) -> Result<bool, StoreError> {
    let Some(op) = op else { return Ok(false) };
    // What a receipt earns is judged by the rules that it names (L15).
    if op.facts.iter().any(is_judged) && turn.version(op.programme)?.is_none() {
        return Ok(true);
    }
    // Whoever was employed meanwhile is no stranger (decision 16).
    if turn.operator(op.operator)?.is_none() {
        return Ok(true);
    }
    let last = op.last_id().unwrap_or(op.id.0);
    let own = |id: Id| (op.id.0..=last).contains(&id);
    for fact in &op.facts {
        if let OpFact::Refer { referrer, .. } = fact
            && !own(referrer.0)
            && turn.customer(*referrer)?.is_none()
        {
            return Ok(true);
        }
        if let OpFact::Unmerge { edge, .. } = fact
            && !own(edge.0)
            && turn.db.row(RowKind::Merge, edge.get())?.is_none()
            // Told again, it may have made nothing: the two were one person already.
            && turn.db.op_with(edge.0)?.is_none()
        {
            return Ok(true);
        }
        if let OpFact::Merge { a, b } = fact
            && (turn.customer(*a)?.is_none() || turn.customer(*b)?.is_none())
        {
            return Ok(true);
        }
        let (customer, purchase) = named(fact);
        if let Some(customer) = customer
            && !own(customer.0)
            && turn.customer(customer)?.is_none()
        {
            return Ok(true);
        }
        if let Some(purchase) = purchase
            && !own(purchase.0)
            && turn.purchase(purchase)?.is_none()
        {
            return Ok(true);
        }
        if let OpFact::SettleReturn { of, .. } = fact
            && !own(of.0)
            && turn.unlinked(*of)?.is_none()
        {
            return Ok(true);
        }
        if let OpFact::Move(of) = fact
            && !own(of.voucher.0)
            && turn.voucher(of.voucher)?.is_none()
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether it depends on the rules what a fact comes to.
const fn is_judged(fact: &OpFact) -> bool {
    matches!(
        fact,
        OpFact::Sale(_) | OpFact::Attach { .. } | OpFact::ReturnUnlinked(_) | OpFact::Claim(_)
    )
}

/// The customers and the purchase that a fact names.
fn named(fact: &OpFact) -> (Option<CustomerId>, Option<PurchaseId>) {
    match fact {
        OpFact::Edit(customer)
        | OpFact::Consent { customer, .. }
        | OpFact::Bind { customer, .. } => (Some(*customer), None),
        OpFact::Sale(sale) => (sale.customer, None),
        OpFact::Return { purchase, .. } => (None, Some(*purchase)),
        OpFact::ReturnUnlinked(back) => (back.customer, None),
        OpFact::SettleReturn {
            how: Settlement::Link(purchase),
            ..
        } => (None, Some(*purchase)),
        OpFact::Attach {
            purchase, customer, ..
        } => (Some(*customer), Some(*purchase)),
        OpFact::Refer { friend, .. } => (Some(*friend), None),
        OpFact::Claim(claim) => (Some(claim.customer), None),
        _ => (None, None),
    }
}

/// Nothing waits any more.
pub(super) fn end(db: &dyn Writes) -> Result<(), StoreError> {
    db.put_fact(Fact::Held, &[])
}
