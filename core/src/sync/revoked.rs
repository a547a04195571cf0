//! What a phone does once the authority has said, under its signature, that the owner revoked it (sync §7).
//!
//! It goes on recording and sending: what it records waits for the owner. Told to wipe, it deletes in two steps, so that
//! what it says of itself is true when it says it: first every row, then, once the authority has heard that, the keys.

use kartka_protocol::chain::ChainValue;
use kartka_protocol::message::{SyncAnswer, Word};
use kartka_protocol::signature::PublicKey;

use super::exchange::Asked;
use super::rebase::acked_id;
use super::trust::{is_wiping, note_revoked, note_wiping};
use crate::error::CoreError;
use crate::platform::{KeyStore, SecretName};
use crate::recovery::RecoveryError;
use crate::shop::Shop;
use crate::store::{DeviceRow, HeadRow, LogFile, StoreError, Tx};

/// What follows once the transaction is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing: it was revoked before or is now.
    Nothing,
    /// The rows are gone; no old page may stay in the log.
    CutLog,
    /// The authority knows; the keys go too.
    DropKeys,
}

/// The word of an answer, if the authority signed it for this device and this request.
pub(super) fn word(asked: &Asked, device: &DeviceRow, answer: &SyncAnswer) -> Option<Word> {
    let identity = PublicKey::new(&device.identity?).ok()?;
    let about = (device.business, device.no, &asked.nonce);
    answer.word?.verify(about, &identity).ok()
}

/// Notes the revocation for good, lets go of what the authority holds, and deletes what it was told to delete.
pub(super) fn obey(
    tx: &Tx<'_>,
    device: &DeviceRow,
    mut head: HeadRow,
    (answer, word): (&SyncAnswer, Word),
) -> Result<Next, CoreError> {
    if is_wiping(tx)? {
        tx.delete_everything(&[])?;
        return Ok(Next::DropKeys);
    }
    note_revoked(tx)?;
    if is_own_chain(tx, device, answer)? {
        head.acked_op = acked_id(device.no, answer)?;
        tx.drop_sealed(head.acked_op)?;
        tx.set_head(&head)?;
    }
    let unsent = tx.outbox_len(head.acked_op)?;
    match word {
        Word::WipeNow => {}
        Word::Wipe if unsent == 0 => {}
        Word::Revoked | Word::Wipe => return Ok(Next::Nothing),
    }
    // Who it is stays, to say so once; the shop's keys do not.
    tx.delete_everything(&["device", "head"])?;
    tx.set_device(&DeviceRow {
        keys: Vec::new(),
        slot: None,
        ..device.clone()
    })?;
    note_revoked(tx)?;
    note_wiping(tx)?;
    Ok(Next::CutLog)
}

/// Whether the authority holds this phone's own chain up to where it says (sync §2): only then it is acked.
fn is_own_chain(tx: &Tx<'_>, device: &DeviceRow, answer: &SyncAnswer) -> Result<bool, CoreError> {
    let here = match answer.acked.last {
        0 => Some(ChainValue::birth(device.business, device.no)),
        n => tx.chain_at(device.no.id(n)?.get())?,
    };
    Ok(here == Some(answer.acked.chain))
}

/// What can only be done outside the transaction.
pub(super) fn follow(shop: &Shop, next: Next) -> Result<(), CoreError> {
    if next == Next::Nothing {
        return Ok(());
    }
    // A reader in the way only means that the next exchange cuts it.
    let _ = shop.store.checkpoint(LogFile::Truncate)?;
    if next == Next::DropKeys {
        // They are sealed, and to nobody who has the shop's sheet any longer.
        shop.drop_wraps().map_err(RecoveryError::into_core)?;
        drop_keys(shop.platform.keys.as_ref())?;
    }
    Ok(())
}

/// An empty secret is one that was dropped: the next start begins anew.
fn drop_keys(keys: &dyn KeyStore) -> Result<(), CoreError> {
    if keys.load(SecretName::NextDatabaseKey)?.is_some() {
        keys.store(SecretName::NextDatabaseKey, &[])?;
    }
    for name in [SecretName::DatabaseKey, SecretName::DeviceSecret] {
        keys.store(name, &[])?;
    }
    Ok(())
}

impl Tx<'_> {
    /// Deletes every row of every table but `kept`.
    pub(super) fn delete_everything(&self, kept: &[&str]) -> Result<(), StoreError> {
        for table in self.tables()? {
            if !kept.contains(&table.as_str()) {
                self.empty(&table)?;
            }
        }
        Ok(())
    }
}
