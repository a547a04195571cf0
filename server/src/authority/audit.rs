//! Whether a business's data is whole: the log folded again from its birth, every sum over rows made again.
//!
//! What a backup must pass before anybody is told that it is one. Changes nothing.

use kartka_domain::ids::{BusinessId, DeviceNo, Epoch, Seq};
use kartka_domain::row::RowKind;
use kartka_protocol::chain::{ChainValue, LogHash};
use kartka_protocol::digest::Digest;

use super::Memory;
use super::memory::{epoch, read_order};
use super::push::Order;
use crate::store::{BusinessStore, Reads, StoreError, Visit, read};

/// What lies in a business's data that was found whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audit {
    /// Whose.
    pub business: BusinessId,
    /// Of which reign.
    pub epoch: Epoch,
    /// The last seq given.
    pub head: Seq,
    /// Ops.
    pub ops: u64,
    /// Rows of every kind.
    pub rows: u64,
    /// Customers.
    pub customers: u64,
}

/// Checks everything in one view.
///
/// # Errors
/// [`StoreError::Malformed`] naming what does not agree; [`StoreError::Empty`]; what the disk reports.
pub(crate) fn audit(store: &dyn BusinessStore) -> Result<Audit, StoreError> {
    read(store, |db| {
        let memory = Memory::read(db)?;
        let order = read_order(db)?;
        Ok(Audit {
            business: memory.business,
            epoch: epoch(db)?,
            head: order.seq,
            ops: fold_log(db, memory.business, order)?,
            rows: sum_rows(db, &memory)?,
            customers: db.count(RowKind::Customer)?,
        })
    })
}

fn fold_log(db: &dyn Reads, business: BusinessId, order: Order) -> Result<u64, StoreError> {
    let mut at = Order {
        seq: Seq(0),
        log: LogHash::birth(business),
    };
    db.log(&mut |seq, id, chain| {
        if seq.0 != at.seq.0 + 1 {
            return Err(StoreError::Malformed("the log has a gap"));
        }
        let log = at.log.next(seq, id, &ChainValue(chain));
        at = Order { seq, log };
        Ok(())
    })?;
    if at != order {
        return Err(StoreError::Malformed("the log does not lead to its head"));
    }
    Ok(u64::try_from(order.seq.0).unwrap_or(0))
}

fn sum_rows(db: &dyn Reads, memory: &Memory) -> Result<u64, StoreError> {
    let mut rows = 0;
    for kept in db.digests()? {
        let mut sum = Digest::default();
        db.feed(kept.scope, DeviceNo::FOUNDER, Seq(0), &mut |row| {
            sum = sum.plus(&memory.keys.digest, &row);
            rows += 1;
            Ok(Visit::More)
        })?;
        if sum != kept.digest {
            return Err(StoreError::Malformed("a sum over rows"));
        }
    }
    let mut there = 0;
    for kind in (0..=u8::MAX).filter_map(RowKind::from_number) {
        there += db.count(kind)?;
    }
    match rows == there {
        true => Ok(rows),
        false => Err(StoreError::Malformed("rows that no sum counts")),
    }
}
