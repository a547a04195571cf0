//! Copies of a business's file: one moment of it, in another file under another key; and whether a file is sound.

use std::path::Path;

use kartka_domain::ids::BusinessId;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::open::{CIPHER_OF_COPY, Door};
use super::{SqliteStore, file_of, locked};
use crate::store::StoreError;
use crate::store::keys::DatabaseKey;

impl SqliteStore {
    /// Copies a business's file as it stands at one moment into the folder `to`, under another key. A server may be
    /// writing to it meanwhile: nothing of it waits.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`], [`StoreError::TooNew`], or what the disk reports; a half-made copy may be left.
    pub(crate) fn copy(
        business: BusinessId,
        (from, key): (&Path, DatabaseKey),
        (to, copys_key): (&Path, &DatabaseKey),
    ) -> Result<(), StoreError> {
        let door = Door {
            path: file_of(from, business),
            vfs: None,
            key,
        };
        let target = file_of(to, business);
        let target = target.to_str().ok_or(StoreError::Malformed("a path"))?;
        let conn = door.copier()?;
        conn.execute(
            "ATTACH DATABASE ?1 AS copy KEY ?2",
            (target, &*copys_key.raw()),
        )?;
        conn.execute_batch(CIPHER_OF_COPY)?;
        let version: u32 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let moment = Transaction::new_unchecked(&conn, TransactionBehavior::Deferred)?;
        conn.query_row("SELECT sqlcipher_export('copy')", [], |_| Ok(()))?;
        conn.pragma_update(Some("copy"), "user_version", version)?;
        moment.commit()?;
        conn.execute_batch("DETACH DATABASE copy")?;
        Ok(())
    }

    /// The store of a file under a key that does not lie with the others: a copy.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub(crate) fn open_copy(
        folder: &Path,
        business: BusinessId,
        key: DatabaseKey,
    ) -> Result<Self, StoreError> {
        Self::with_key(&folder.into(), business, key)
    }

    /// Reads every page and checks its seal and its place.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`], or what the disk reports.
    pub(crate) fn sound(&self) -> Result<(), StoreError> {
        let conn = locked(&self.writer);
        let broken = said(&conn, "PRAGMA cipher_integrity_check")?;
        let places = said(&conn, "PRAGMA quick_check(1)")?;
        match (broken.is_empty(), places.as_slice()) {
            (true, [ok]) if ok == "ok" => Ok(()),
            _ => Err(StoreError::Corrupt),
        }
    }
}

fn said(conn: &Connection, sql: &str) -> Result<Vec<String>, StoreError> {
    let mut statement = conn.prepare(sql)?;
    let lines = statement.query_map([], |row| row.get(0))?;
    Ok(lines.collect::<Result<_, _>>()?)
}
