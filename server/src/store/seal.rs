//! The keys under which backups are sealed. Each lives for thirty days beside the keys of the data and never inside a
//! backup: what a person asked to be forgotten is then unreadable in every backup as well (sync §8).

use std::fs;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::keys::{DatabaseKey, KEY_BYTES, found};
use super::{KeyFolder, StoreError, hex};
use crate::platform::Random;

/// How long a key opens its backup, in milliseconds.
const LIVES_MS: i64 = 30 * 24 * 60 * 60 * 1_000;
/// A key's file: the key, and when it was made.
const FILE_BYTES: usize = KEY_BYTES + 8;
const PREFIX: &str = "backup-";
const SUFFIX: &str = ".key";

/// The random 256-bit key of one backup; wiped when dropped, never printed.
pub(crate) struct SealKey {
    bytes: Zeroizing<[u8; KEY_BYTES]>,
    made_ms: i64,
}

impl SealKey {
    /// Names the key in the backup it seals; says nothing about it.
    pub(crate) fn id(&self) -> [u8; 16] {
        let mut id = [0; 16];
        id.copy_from_slice(&self.derived("kartka server v1 backup key name")[..16]);
        id
    }

    /// The key of the databases in the backup.
    pub(crate) fn database(&self) -> DatabaseKey {
        DatabaseKey::new(self.derived("kartka server v1 backup databases"))
    }

    /// The key of the sum over the whole file.
    pub(crate) fn sum(&self) -> Zeroizing<[u8; KEY_BYTES]> {
        self.derived("kartka server v1 backup sum")
    }

    /// Last instant at which it opens anything, epoch ms.
    pub(crate) const fn ends_ms(&self) -> i64 {
        self.made_ms.saturating_add(LIVES_MS)
    }

    /// Reads a key's file, also a copy that a person kept elsewhere.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`] for a file that is none; what the disk reports.
    pub(crate) fn read(file: &Path) -> Result<Self, StoreError> {
        let all = Zeroizing::new(fs::read(file)?);
        let (key, made) = match (all.split_at_checked(KEY_BYTES), all.len()) {
            (Some(parts), FILE_BYTES) => parts,
            _ => return Err(StoreError::WrongKey),
        };
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        bytes.copy_from_slice(key);
        let made: [u8; 8] = made.try_into().map_err(|_| StoreError::WrongKey)?;
        Ok(Self {
            bytes,
            made_ms: i64::from_be_bytes(made),
        })
    }

    fn derived(&self, purpose: &str) -> Zeroizing<[u8; KEY_BYTES]> {
        Zeroizing::new(blake3::derive_key(purpose, self.bytes.as_slice()))
    }
}

impl KeyFolder {
    /// A new key for one backup, durable before anything is sealed with it; with its file.
    ///
    /// # Errors
    /// What the disk reports.
    pub(crate) fn make_seal_key(
        &self,
        now_ms: i64,
        random: &dyn Random,
    ) -> Result<(SealKey, PathBuf), StoreError> {
        let mut bytes = Zeroizing::new([0; KEY_BYTES]);
        random.fill(bytes.as_mut_slice());
        let key = SealKey {
            bytes,
            made_ms: now_ms,
        };
        let mut file = Zeroizing::new(key.bytes.to_vec());
        file.extend_from_slice(&now_ms.to_be_bytes());
        let path = self.seal_path(&key.id());
        self.replace(&path, &file)?;
        Ok((key, path))
    }

    /// The key of this name, if it still lives here.
    ///
    /// # Errors
    /// What the disk reports.
    pub(crate) fn seal_key(&self, id: &[u8; 16]) -> Result<Option<SealKey>, StoreError> {
        let path = self.seal_path(id);
        match path.exists() {
            true => SealKey::read(&path).map(Some),
            false => Ok(None),
        }
    }

    /// Destroys the keys whose time is over; says how many.
    ///
    /// # Errors
    /// What the disk reports.
    pub(crate) fn drop_old_seal_keys(&self, now_ms: i64) -> Result<usize, StoreError> {
        let Some(entries) = found(fs::read_dir(self.folder()))? else {
            return Ok(0);
        };
        let mut dropped = 0;
        for entry in entries {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let ours = name.is_some_and(|n| n.starts_with(PREFIX) && n.ends_with(SUFFIX));
            // A file that is no key is left for a person to look at.
            if ours && SealKey::read(&path).is_ok_and(|key| key.ends_ms() < now_ms) {
                fs::remove_file(&path)?;
                dropped += 1;
            }
        }
        Ok(dropped)
    }

    fn seal_path(&self, id: &[u8; 16]) -> PathBuf {
        self.folder().join(format!("{PREFIX}{}{SUFFIX}", hex(id)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::platform::SystemRandom;
    use crate::store::Place;

    #[test]
    fn a_key_lives_for_thirty_days() {
        let home = tempfile::tempdir().unwrap();
        let keys = KeyFolder::of(&Place::from(&home.path().join("data")));
        assert_eq!(keys.drop_old_seal_keys(0).unwrap(), 0, "no folder yet");
        let (old, path) = keys.make_seal_key(1_000, &SystemRandom).unwrap();
        let (young, _) = keys.make_seal_key(2_000, &SystemRandom).unwrap();
        assert_ne!(old.id(), young.id());
        assert_eq!(keys.drop_old_seal_keys(1_000 + LIVES_MS).unwrap(), 0);
        let kept = keys.seal_key(&old.id()).unwrap().unwrap();
        assert_eq!((kept.id(), kept.ends_ms()), (old.id(), 1_000 + LIVES_MS));
        assert_eq!(keys.drop_old_seal_keys(1_001 + LIVES_MS).unwrap(), 1);
        assert!(keys.seal_key(&old.id()).unwrap().is_none() && !path.exists());
        assert!(keys.seal_key(&young.id()).unwrap().is_some());
    }
}
