//! Following the authority to another address: it says so under its own signature (sync §1).
//!
//! The address before is kept and asked when nobody is at the new one, so that a mistyped address strands no phone.

use kartka_protocol::limits;
use kartka_protocol::message::SyncAnswer;
use kartka_protocol::signature::PublicKey;

use super::failure::Failure;
use super::state::{FormerAddress, SyncState};
use crate::error::CoreError;
use crate::store::{DeviceRow, Reader, StoreError, Tx};

/// Notes the address that an answer names, if it is newer than the one known; says whether it is.
///
/// # Errors
/// [`CoreError::Offline`] for an address that the authority did not sign; [`CoreError::Store`].
pub(super) fn follow_address(
    tx: &Tx<'_>,
    device: &mut DeviceRow,
    state: &mut SyncState,
    answer: &SyncAnswer,
) -> Result<bool, CoreError> {
    let Some(moved) = &answer.moved else {
        return Ok(false);
    };
    let known_ms = state.former.as_ref().map(|former| former.moved_ms);
    if known_ms.is_some_and(|known| known >= moved.made_ms) {
        return Ok(false);
    }
    let identity = device.identity.ok_or(CoreError::NotPaired)?;
    let identity = PublicKey::new(&identity).map_err(|_| Failure::NotTheAnswer)?;
    let web = ["http://", "https://"];
    let sound = moved.address.len() <= limits::ADDRESS
        && web.iter().any(|start| moved.address.starts_with(start));
    if !sound || moved.verify(device.business, &identity).is_err() {
        return Err(Failure::NotTheAnswer.into());
    }
    let before = device.server.replace(moved.address.clone());
    let elsewhere = before != device.server;
    state.former = Some(FormerAddress {
        address: before.filter(|_| elsewhere),
        moved_ms: moved.made_ms,
    });
    tx.set_device(device)?;
    state.write(tx)?;
    Ok(elsewhere)
}

/// Where the authority was before it moved, if it did.
///
/// # Errors
/// [`StoreError`].
pub(crate) fn former_address(reader: &Reader<'_>) -> Result<Option<String>, StoreError> {
    let former = SyncState::read(reader)?.former;
    Ok(former.and_then(|former| former.address))
}
