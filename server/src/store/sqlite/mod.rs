//! The embedded backend: one encrypted SQLite file per business, one writer, some readers.
//!
//! The only module of the server that names rusqlite. Plain SQL, one statement per purpose; which query an
//! index serves stands in the migration.

mod control;
mod copy;
mod erasure;
mod guard;
mod holders;
mod lineage;
mod lookups;
mod migrate;
mod open;
mod reads;
mod referrals;
mod reservations;
mod rotation;
mod vouchers;
mod writes;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use kartka_domain::ids::BusinessId;
use rusqlite::Connection;

use super::keys::{business_of, hex};
use super::{BusinessStore, KeyFolder, Place, Reads, StoreError, Writes};
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
        place: &Place,
        keys: &KeyFolder,
        business: BusinessId,
        random: &dyn Random,
    ) -> Result<Self, StoreError> {
        if place.vfs.is_none() {
            std::fs::create_dir_all(&place.data)?;
        }
        let key = keys.make_database_key(business, random)?;
        Self::with_key(place, business, key)
    }

    /// Opens the file of a business.
    ///
    /// # Errors
    /// [`StoreError::NoKey`], [`StoreError::WrongKey`], [`StoreError::TooNew`], [`StoreError::Busy`],
    /// [`StoreError::ReadOnly`], or what the disk reports.
    pub(crate) fn open(
        place: &Place,
        keys: &KeyFolder,
        business: BusinessId,
    ) -> Result<Self, StoreError> {
        let door = door_of(place, business, keys.database_key(business)?);
        let lock = door.lock()?;
        let door = rotation::settled(door, place, keys, business)?;
        Self::behind(door, lock)
    }

    fn with_key(
        place: &Place,
        business: BusinessId,
        key: super::keys::DatabaseKey,
    ) -> Result<Self, StoreError> {
        let door = door_of(place, business, key);
        let lock = door.lock()?;
        Self::behind(door, lock)
    }

    fn behind(door: Door, lock: Connection) -> Result<Self, StoreError> {
        let writer = door.writer()?;
        // A killed server may have left a transaction in the log that no fsync has reached. Its ops are acked from now
        // on, so it is made durable first.
        writer.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
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

fn door_of(place: &Place, business: BusinessId, key: super::keys::DatabaseKey) -> Door {
    Door {
        path: file_of(&place.data, business),
        vfs: place.vfs,
        key,
    }
}

/// Where a business's database lies in a folder.
pub(crate) fn file_of(folder: &Path, business: BusinessId) -> PathBuf {
    folder.join(format!("{}{SUFFIX}", hex(&business.0)))
}

/// A transaction that is undone unless it was ended; its statements stay prepared, since every exchange has several.
struct Begun<'c>(&'c Connection);

impl<'c> Begun<'c> {
    fn new(conn: &'c Connection, statement: &str) -> Result<Self, StoreError> {
        conn.prepare_cached(statement)?.execute([])?;
        Ok(Self(conn))
    }

    /// Ends it; what fails here is undone.
    fn end(self, statement: &str) -> Result<(), StoreError> {
        self.0.prepare_cached(statement)?.execute([])?;
        Ok(())
    }
}

impl Drop for Begun<'_> {
    fn drop(&mut self) {
        if !self.0.is_autocommit() {
            // A connection that can't even undo is of no use to the next one either, which will say so.
            let _ = self.0.execute_batch("ROLLBACK");
        }
    }
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
        let transaction = Begun::new(&conn, "BEGIN IMMEDIATE")?;
        work(&View { conn: &conn })?;
        transaction.end("COMMIT")
    }

    fn wipe_traces(&self) -> Result<bool, StoreError> {
        erasure::wipe_traces(self)
    }

    fn read(
        &self,
        work: &mut dyn FnMut(&dyn Reads) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let kept = locked(&self.readers).pop();
        let conn = kept.map_or_else(|| self.door.reader(), Ok)?;
        let snapshot = Begun::new(&conn, "BEGIN DEFERRED")?;
        let outcome = work(&View { conn: &conn });
        snapshot.end("ROLLBACK")?;
        let mut readers = locked(&self.readers);
        if readers.len() < KEPT_READERS {
            readers.push(conn);
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::platform::SystemRandom;
    use crate::store::{Fact, read, write};

    const BUSINESS: BusinessId = BusinessId([7; 16]);

    #[test]
    fn a_newer_file_is_refused_and_left_as_it_is() {
        let home = tempfile::tempdir().unwrap();
        let place = Place::from(home.path());
        let keys = KeyFolder::of(&place);
        let create = || SqliteStore::create(&place, &keys, BUSINESS, &SystemRandom);
        let store = create().unwrap();
        write(&store, |db| db.put_fact(Fact::Business, b"kept")).unwrap();
        locked(&store.writer)
            .pragma_update(None, "user_version", 99)
            .unwrap();
        drop(store);
        let open = || SqliteStore::open(&place, &keys, BUSINESS);
        let newer = open().err().unwrap();
        assert!(
            matches!(newer, StoreError::TooNew { found: 99, .. }),
            "{newer}"
        );
        let door = Door {
            vfs: None,
            path: file_of(home.path(), BUSINESS),
            key: keys.database_key(BUSINESS).unwrap(),
        };
        let conn = door.reader().unwrap();
        let kept: Vec<u8> = conn
            .query_row("SELECT value FROM meta", [], |row| row.get(0))
            .unwrap();
        assert_eq!(kept, b"kept");
    }

    #[test]
    fn a_failed_transaction_leaves_nothing_behind() {
        let home = tempfile::tempdir().unwrap();
        let place = Place::from(home.path());
        let keys = KeyFolder::of(&place);
        let store = SqliteStore::create(&place, &keys, BUSINESS, &SystemRandom).unwrap();
        let failed = write(&store, |db| {
            db.put_fact(Fact::Business, b"half")?;
            Err::<(), _>(StoreError::Full)
        });
        assert!(matches!(failed, Err(StoreError::Full)));
        let found = read(&store, |db| db.fact(Fact::Business)).unwrap();
        assert_eq!(found, None);
        assert_eq!(SqliteStore::businesses(home.path()).unwrap(), [BUSINESS]);
    }

    #[test]
    fn only_the_owner_of_the_machine_reads_the_keys() {
        let home = tempfile::tempdir().unwrap();
        let data = home.path().join("data");
        let place = Place::from(&data);
        let keys = KeyFolder::of(&place);
        let _store = SqliteStore::create(&place, &keys, BUSINESS, &SystemRandom).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let folder = home.path().join("data.keys");
            let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&folder), 0o700);
            for entry in std::fs::read_dir(&folder).unwrap() {
                assert_eq!(mode(&entry.unwrap().path()), 0o600);
            }
        }
    }
}
