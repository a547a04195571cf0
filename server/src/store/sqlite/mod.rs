//! The embedded backend: one encrypted SQLite file per business, one writer, some readers.
//!
//! The only module of the server that names rusqlite. Plain SQL, one statement per purpose; which query an
//! index serves stands in the migration.

mod control;
mod lookups;
mod migrate;
mod open;
mod reads;
mod writes;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use kartka_domain::ids::BusinessId;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::keys::{business_of, hex};
use super::{BusinessStore, KeyFolder, Reads, StoreError, Writes};
use crate::platform::Random;
use open::Door;

/// Readers kept open between reads; more are made when more threads read at once, and closed afterwards.
const KEPT_READERS: usize = 4;

/// A business's file, open.
pub(crate) struct SqliteStore {
    // Dropped in this order: the writer closes last of the connections and tidies up the log, then the lock goes.
    readers: Mutex<Vec<Connection>>,
    writer: Mutex<Connection>,
    _lock: Mutex<Connection>,
    door: Door,
}

impl SqliteStore {
    /// Makes an empty file for a new business, with a new key.
    ///
    /// # Errors
    /// [`StoreError`]; nothing is left behind that would look like a business.
    pub(crate) fn create(
        folder: &Path,
        keys: &KeyFolder,
        business: BusinessId,
        random: &dyn Random,
    ) -> Result<Self, StoreError> {
        std::fs::create_dir_all(folder)?;
        let key = keys.make_database_key(business, random)?;
        Self::with_key(folder, business, key)
    }

    /// Opens the file of a business.
    ///
    /// # Errors
    /// [`StoreError::NoKey`], [`StoreError::WrongKey`], [`StoreError::TooNew`], [`StoreError::Busy`],
    /// [`StoreError::ReadOnly`], or what the disk reports.
    pub(crate) fn open(
        folder: &Path,
        keys: &KeyFolder,
        business: BusinessId,
    ) -> Result<Self, StoreError> {
        let key = keys.database_key(business)?;
        Self::with_key(folder, business, key)
    }

    fn with_key(
        folder: &Path,
        business: BusinessId,
        key: super::keys::DatabaseKey,
    ) -> Result<Self, StoreError> {
        let path = file_of(folder, business);
        let door = Door { path, key };
        let lock = door.lock()?;
        let writer = door.writer()?;
        Ok(Self {
            readers: Mutex::new(Vec::new()),
            writer: Mutex::new(writer),
            _lock: Mutex::new(lock),
            door,
        })
    }

    /// The businesses that have a file in the folder, in order of their ids.
    ///
    /// # Errors
    /// What the disk reports.
    pub(crate) fn businesses(folder: &Path) -> Result<Vec<BusinessId>, StoreError> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let name = entry?.file_name();
            let id = name.to_str().and_then(|name| name.strip_suffix(SUFFIX));
            found.extend(id.and_then(business_of));
        }
        found.sort_unstable();
        Ok(found)
    }
}

const SUFFIX: &str = ".kartka";

fn file_of(folder: &Path, business: BusinessId) -> PathBuf {
    folder.join(format!("{}{SUFFIX}", hex(&business.0)))
}

/// A panic inside a transaction undid it before the lock was released, so what the lock guards is sound.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One view of the file, within a transaction.
struct View<'c> {
    conn: &'c Connection,
}

impl BusinessStore for SqliteStore {
    fn write(
        &self,
        work: &mut dyn FnMut(&dyn Writes) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let conn = locked(&self.writer);
        let transaction = Transaction::new_unchecked(&conn, TransactionBehavior::Immediate)?;
        work(&View { conn: &conn })?;
        transaction.commit()?;
        Ok(())
    }

    fn read(
        &self,
        work: &mut dyn FnMut(&dyn Reads) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let kept = locked(&self.readers).pop();
        let conn = kept.map_or_else(|| self.door.reader(), Ok)?;
        let snapshot = Transaction::new_unchecked(&conn, TransactionBehavior::Deferred)?;
        let outcome = work(&View { conn: &conn });
        snapshot.rollback()?;
        let mut readers = locked(&self.readers);
        if readers.len() < KEPT_READERS {
            readers.push(conn);
        }
        outcome
    }
}
