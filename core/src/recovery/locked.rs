//! Data whose key the platform has lost (sync §8): put aside unopened, so that the device can be paired anew at once, and
//! what they had not sent brought to the server when somebody comes with the sheet.
//!
//! The envelope is the data themselves: their key lies beside them, sealed to the recovery key (decision 31). Nothing is
//! deleted before the server has said that everything arrived, or, once somebody was erased, 30 days after it was heard.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

use super::wrap::{file_of, read_file, unwrap};
use super::{CarriedOutbox, RecoveryError, Sheet};
use crate::platform::{KeyStore, KeyStoreError, SecretName};
use crate::shop::{Platform, Shop, file_in};
use crate::store::{DatabaseKey, LOCKED, Standing, StoreError};
use crate::sync::Transport;

/// What came of bringing what data put aside had not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BroughtAside {
    /// Whose acts they are, and in how many batches.
    pub carried: CarriedOutbox,
    /// Acts that waited in them: sales, edits, registrations.
    pub ops: u64,
}

impl Shop {
    /// Puts the data in `folder` aside, whose key is gone: the folder is empty afterwards and the device can be paired
    /// anew. Repeat it if it was cut off. With the sheet at hand [`unlock_with_sheet`](Self::unlock_with_sheet) is the
    /// better way: it keeps everything, the device's number too.
    ///
    /// # Errors
    /// [`RecoveryError::NotEmpty`] while the platform has a key that may open the data; [`RecoveryError::Core`]: the key
    /// store is only locked, or what the disk reports.
    pub fn set_aside(folder: &Path, platform: &Platform) -> Result<(), RecoveryError> {
        let from = file_in(folder);
        // Asked of the disk itself: one that fails must not pass for an empty one.
        let data = platform.vfs.files().len(&from)?.unwrap_or(0) > 0;
        if data {
            if has_a_key(&from, platform)? {
                return Err(RecoveryError::NotEmpty);
            }
            let to = match half_moved(folder, platform)? {
                Some(begun) => begun,
                None => folder.join(format!("{LOCKED}{}", platform.clock.now_ms())),
            };
            fs::create_dir_all(&to)?;
            if let Some(wraps) = platform.vfs.files().read(&file_of(folder))? {
                platform.vfs.files().replace(&file_of(&to), &wraps)?;
            }
            platform.vfs.set_aside(&from, &file_in(&to))?;
        }
        give_up_lost(platform.keys.as_ref())?;
        if data {
            // Others that open nothing here: the next start makes new ones.
            for name in [SecretName::NextDatabaseKey, SecretName::DatabaseKey] {
                if platform.keys.load(name)?.is_some() {
                    platform.keys.store(name, &[])?;
                }
            }
        }
        Ok(())
    }

    /// When data were put aside here that wait for the sheet, epoch ms, the oldest first.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn aside(&self) -> Result<Vec<i64>, RecoveryError> {
        let all = all_aside(&self.folder, &self.platform)?;
        Ok(all.into_iter().map(|(moved_ms, _)| moved_ms).collect())
    }

    /// Brings what the data put aside here had not sent to the server, and deletes those of which everything has arrived.
    /// May be repeated: what has arrived counts once.
    ///
    /// # Errors
    /// [`RecoveryError::NotASheet`]; [`RecoveryError::WrongSheet`] for one that does not open them;
    /// [`RecoveryError::NoSheet`] where their key was never sealed to one;
    /// [`RecoveryError::NotAnOutbox`] for data of another shop, or of a shop that knew no server;
    /// [`CoreError::Offline`](crate::error::CoreError::Offline) and what else keeps an answer away.
    pub fn bring_aside(
        &self,
        sheet: &str,
        transport: &dyn Transport,
    ) -> Result<Vec<BroughtAside>, RecoveryError> {
        let sheet = Sheet::parse(sheet).ok_or(RecoveryError::NotASheet)?;
        let mut all = Vec::new();
        for (_, folder) in all_aside(&self.folder, &self.platform)? {
            let brought = self.bring_one(&folder, &sheet, transport)?;
            if brought.carried.arrived == brought.carried.batches {
                self.platform.vfs.remove_aside(&folder)?;
            }
            all.push(brought);
        }
        Ok(all)
    }

    fn bring_one(
        &self,
        folder: &Path,
        sheet: &Sheet,
        transport: &dyn Transport,
    ) -> Result<BroughtAside, RecoveryError> {
        let wraps = read_file(&self.platform, folder)?;
        if wraps.is_empty() {
            return Err(RecoveryError::NoSheet);
        }
        let secrets = unwrap(&wraps, sheet)?;
        if secrets.device.is_none() {
            return Err(RecoveryError::NotAnOutbox);
        }
        // Their keys are lent for this once and never meet those of this device.
        let lent = Platform {
            keys: Arc::new(Lent::default()),
            ..self.platform.clone()
        };
        secrets.give_back(&lent)?;
        let locked = Self::open(folder, lent)?;
        let device = locked.store.read(|r| r.device())?;
        let device = device.ok_or(RecoveryError::NotAnOutbox)?;
        let ours = self.business()?.id == device.business;
        if !ours || device.standing == Standing::Authority {
            return Err(RecoveryError::NotAnOutbox);
        }
        let (_, ops, batches) = locked.waiting()?;
        let arrived = self.carry_all(&batches, transport)?;
        let batches = u32::try_from(batches.len()).unwrap_or(u32::MAX);
        let device = device.no;
        let carried = CarriedOutbox {
            device,
            batches,
            arrived,
        };
        Ok(BroughtAside { carried, ops })
    }
}

/// Gives up every secret that the platform has lost: only then can it keep new ones.
pub(super) fn give_up_lost(keys: &dyn KeyStore) -> Result<(), KeyStoreError> {
    for name in SecretName::ALL {
        if let Err(KeyStoreError::Lost) = keys.load(name) {
            keys.store(name, &[])?;
        }
    }
    Ok(())
}

/// Takes back a move that was cut off before the database itself went.
pub(super) fn take_back(folder: &Path, platform: &Platform) -> Result<(), RecoveryError> {
    let there = file_in(folder);
    if !platform.vfs.holds(&there) {
        return Ok(());
    }
    let Some(begun) = half_moved(folder, platform)? else {
        return Ok(());
    };
    platform.vfs.set_aside(&file_in(&begun), &there)?;
    Ok(platform.vfs.remove_aside(&begun)?)
}

/// Whether the platform has a key that may open the data; that it has lost it is what this is about.
fn has_a_key(data: &Path, platform: &Platform) -> Result<bool, RecoveryError> {
    for name in [SecretName::DatabaseKey, SecretName::NextDatabaseKey] {
        let kept = match platform.keys.load(name) {
            Err(KeyStoreError::Lost) => None,
            kept => kept?,
        };
        let key = kept.and_then(|key| DatabaseKey::from_bytes(&key));
        if let Some(key) = key
            && platform.vfs.may_be_of(data, &key)?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The folder into which a move was begun and not ended.
fn half_moved(folder: &Path, platform: &Platform) -> Result<Option<PathBuf>, RecoveryError> {
    let mut names = names(folder, platform)?.into_iter();
    let begun = names.find(|(_, aside)| !platform.vfs.holds(&file_in(aside)));
    Ok(begun.map(|(_, aside)| aside))
}

/// The folders of data that were put aside, the oldest first.
fn all_aside(folder: &Path, platform: &Platform) -> Result<Vec<(i64, PathBuf)>, RecoveryError> {
    let mut all = names(folder, platform)?;
    all.retain(|(_, aside)| platform.vfs.holds(&file_in(aside)));
    all.sort();
    Ok(all)
}

fn names(folder: &Path, platform: &Platform) -> Result<Vec<(i64, PathBuf)>, StoreError> {
    let names = platform.vfs.files().names(folder)?;
    let aside = names.into_iter().filter_map(|name| {
        let moved_ms = name.strip_prefix(LOCKED)?.parse().ok()?;
        Some((moved_ms, folder.join(name)))
    });
    Ok(aside.collect())
}

/// Keys in memory only.
#[derive(Default)]
struct Lent(Mutex<BTreeMap<SecretName, Zeroizing<Vec<u8>>>>);

impl KeyStore for Lent {
    fn load(&self, name: SecretName) -> Result<Option<Zeroizing<Vec<u8>>>, KeyStoreError> {
        let secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(secrets.get(&name).cloned())
    }

    fn store(&self, name: SecretName, secret: &[u8]) -> Result<(), KeyStoreError> {
        let mut secrets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        secrets.insert(name, Zeroizing::new(secret.to_vec()));
        Ok(())
    }
}
