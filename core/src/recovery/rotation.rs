//! Another key for the data on this device (sync §8, decision 83).
//!
//! The key is changed when somebody else may have the one in use: a sheet that opened it was replaced, or the data were
//! restored from a copy. That is noted in the data and done in an idle moment. While it is done two keys are kept, by the
//! platform and sealed to the sheets: a stop at any point leaves a file that one of them opens, and the next start goes
//! on from there.

use crate::error::CoreError;
use crate::platform::{KeyStoreError, SecretName};
use crate::shop::{Platform, Shop};
use crate::store::{Checkpoint, DatabaseKey, LogFile, StoreError, Tx, meta};

use super::RecoveryError;

/// Where it is noted that the key is to be changed, and not before which instant: epoch ms.
const ASKED: &str = "new-key";
/// After a failure the next try waits so long: on a small disk every try takes room that a sale may need.
const AGAIN_MS: i64 = 24 * 60 * 60 * 1_000;

/// The key in use is to be replaced in the next idle moment.
pub(crate) fn ask_for_a_new_key(tx: &Tx<'_>) -> Result<(), StoreError> {
    meta::put(tx, ASKED, &i64::MIN.to_be_bytes())
}

/// The key that the data were being given when the last change of keys was cut off.
pub(crate) fn next_key(platform: &Platform) -> Result<Option<DatabaseKey>, CoreError> {
    let kept = platform.keys.load(SecretName::NextDatabaseKey)?;
    let kept = kept.filter(|key| !key.is_empty());
    let key = kept.map(|key| DatabaseKey::from_bytes(&key).ok_or(StoreError::WrongKey));
    Ok(key.transpose()?)
}

/// Keeps the key that the data are being given; an empty one when they have it. What was never there stays so.
pub(super) fn keep_next_key(platform: &Platform, key: &[u8]) -> Result<(), KeyStoreError> {
    let keys = platform.keys.as_ref();
    if key.is_empty() && keys.load(SecretName::NextDatabaseKey)?.is_none() {
        return Ok(());
    }
    keys.store(SecretName::NextDatabaseKey, key)
}

impl Shop {
    /// Gives the data on this device another key. Sales wait for about a second per 50 MB. Copies that were made before
    /// keep the former key, and go on opening by the sheet they were made for.
    ///
    /// # Errors
    /// [`RecoveryError::Core`]: what disk and key store report. The former key then goes on, or the change is ended at
    /// the next start or in an idle moment.
    pub fn change_key(&self) -> Result<(), RecoveryError> {
        self.store.write(ask_for_a_new_key)?;
        if next_key(&self.platform)?.is_none() {
            let next = DatabaseKey::generate(self.platform.rng.as_ref());
            keep_next_key(&self.platform, next.as_bytes())?;
            // Before the file is of that key: should the platform lose its keys now, a sheet opens it all the same.
            self.wrap_anew()?;
            let outcome = self.store.change_key(&next);
            self.settle_keys()?;
            return Ok(outcome?);
        }
        self.settle_keys()
    }

    /// Changes the key if somebody else may have it; a failure is tried again a day later.
    pub(crate) fn change_key_if_asked(&self) -> Result<(), RecoveryError> {
        let asked = self.store.read(|r| meta::get(r, ASKED))?;
        let Some(from_ms) = asked.and_then(|asked| <[u8; 8]>::try_from(asked).ok()) else {
            return Ok(());
        };
        let now_ms = self.platform.clock.now_ms();
        if now_ms < i64::from_be_bytes(from_ms) {
            return Ok(());
        }
        self.change_key().inspect_err(|_| {
            let again = now_ms.saturating_add(AGAIN_MS).to_be_bytes();
            // A disk that can't even note this is met again with the next sale.
            let _ = self.store.write(|tx| meta::put(tx, ASKED, &again));
        })
    }

    /// Ends a change of keys that has gone through, or takes back one that has not. Nothing while a reader still needs
    /// pages under the former key: the next idle moment does it.
    pub(crate) fn settle_keys(&self) -> Result<(), RecoveryError> {
        let Some(next) = next_key(&self.platform)? else {
            return Ok(());
        };
        let changed = self.store.settle_key(&next)?;
        if changed {
            // Cut to nothing: pages of the former key lie in the file until then, and in the log after it.
            if self.store.checkpoint(LogFile::Truncate)? == Checkpoint::Partial {
                return Ok(());
            }
            let keys = self.platform.keys.as_ref();
            keys.store(SecretName::DatabaseKey, next.as_bytes())?;
        }
        keep_next_key(&self.platform, &[])?;
        self.wrap_anew()?;
        if changed {
            self.store.write(|tx| meta::delete(tx, ASKED))?;
        }
        Ok(())
    }
}
