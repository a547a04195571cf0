//! Beginning anew: every scope from its first row, with the outbox and what people see kept (sync §12).
//!
//! Rows stay on screen while they are fetched again; own ops that the authority does not hold (any more) are pending
//! and lie over them. Nothing here sends or throws away anything.

use kartka_domain::authority::{Standing, decide};
use kartka_protocol::scope::Scope;

use super::state::SyncState;
use crate::commit::{lay_over, read_own};
use crate::error::CoreError;
use crate::store::{OwnOp, StoreError, Tx};

/// Takes the pending ops' rows away: what the authority said comes back. Gives back the ops, in their order.
pub(super) fn lift_pending(tx: &Tx<'_>, settled: i64) -> Result<Vec<OwnOp>, StoreError> {
    let pending = tx.own_ops(settled, u32::MAX)?;
    for (kind, id) in pending.iter().flat_map(|own| &own.touched) {
        tx.lift(*kind, *id)?;
    }
    Ok(pending)
}

/// Lays pending ops over the rows, in their order.
pub(super) fn lay_pending(tx: &Tx<'_>, pending: &[OwnOp]) -> Result<(), CoreError> {
    for own in pending {
        let rows = decide(&**tx, &read_own(own)?, Standing::Pending)?;
        tx.set_touched(own.op, &lay_over(tx, &rows)?)?;
    }
    Ok(())
}

/// Every scope from the beginning; no pending op may lie over the rows. What is not seen again is gone when its scope
/// is complete.
pub(super) fn fetch_all(tx: &Tx<'_>, state: &mut SyncState) -> Result<(), StoreError> {
    let held = tx.scopes()?.into_iter().map(|(scope, _)| scope);
    for scope in held.chain([Scope::Base, Scope::Own]) {
        tx.mark_unconfirmed(scope)?;
        if !state.renewed.contains(&scope) {
            state.renewed.push(scope);
        }
    }
    state.reset.clear();
    // A clock that was years off dated what lies in a month that is not held, and may be set right in one that is.
    tx.mark_unheld()
}
