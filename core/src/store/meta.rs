//! Facts about this file itself, a few bytes each: what the schema has no table for.

use rusqlite::OptionalExtension as _;

use super::{Reader, StoreError, Tx};

/// Keeps `value` under `key`, in place of an older one.
///
/// # Errors
/// What the disk reports.
pub fn put(tx: &Tx<'_>, key: &'static str, value: &[u8]) -> Result<(), StoreError> {
    tx.conn()
        .prepare_cached(
            "INSERT INTO meta (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )?
        .execute((key, value))?;
    Ok(())
}

/// The value under `key`, if there is one.
///
/// # Errors
/// What the disk reports.
pub fn get(reader: &Reader<'_>, key: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(reader
        .conn()
        .prepare_cached("SELECT value FROM meta WHERE key = ?1")?
        .query_row([key], |row| row.get(0))
        .optional()?)
}

/// Deletes what is kept under `key`.
///
/// # Errors
/// What the disk reports.
pub fn delete(tx: &Tx<'_>, key: &'static str) -> Result<(), StoreError> {
    tx.conn()
        .prepare_cached("DELETE FROM meta WHERE key = ?1")?
        .execute([key])?;
    Ok(())
}
