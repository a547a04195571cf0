//! What an erasure takes out of the file, and out of the file's own leftovers (sync §8).

use std::collections::BTreeSet;

use kartka_domain::ids::{CustomerId, OpId};
use kartka_domain::op::Op;
use kartka_protocol::batch::Batch;
use kartka_protocol::chain::PersonalHash;
use rusqlite::Connection;

use super::{SqliteStore, View, locked};
use crate::store::StoreError;

impl View<'_> {
    /// Deletes every row of every table.
    pub(super) fn empty(&self) -> Result<(), StoreError> {
        let sql =
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
        let mut statement = self.conn.prepare_cached(sql)?;
        let names = statement.query_map([], |row| row.get::<_, String>(0))?;
        let names = names.collect::<Result<Vec<_>, _>>()?;
        for name in names {
            self.conn.execute(&format!("DELETE FROM \"{name}\""), [])?;
        }
        Ok(())
    }

    /// Kept ops that have a personal section and name one of these people.
    pub(super) fn find_ops_about(
        &self,
        people: &BTreeSet<CustomerId>,
    ) -> Result<Vec<Op>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, facts FROM op INDEXED BY op_personal WHERE personal IS NOT NULL ORDER BY id",
        )?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let id = OpId::new(row.get(0)?).map_err(|_| StoreError::Malformed("op.id"))?;
            let facts: Vec<u8> = row.get(1)?;
            // What this version can't read is a newer one's to wipe (decision 30).
            if let Ok(op) = kartka_protocol::op::decode(id, &facts, None)
                && op.people().any(|person| people.contains(&person))
            {
                found.push(op);
            }
        }
        Ok(found)
    }

    /// Deletes personal sections and nonces of kept ops.
    pub(super) fn erase_sections(&self, ops: &[OpId]) -> Result<(), StoreError> {
        let mut read = self
            .conn
            .prepare_cached("SELECT nonce, personal FROM op WHERE id = ?1")?;
        let mut wipe = self.conn.prepare_cached(
            "UPDATE op SET personal = NULL, nonce = NULL, personal_hash = ?2, erased = 1 WHERE id = ?1",
        )?;
        for op in ops {
            let (nonce, section): ([u8; 16], Vec<u8>) =
                read.query_row([op.get()], |row| Ok((row.get(0)?, row.get(1)?)))?;
            wipe.execute((op.get(), PersonalHash::of(&nonce, &section).0))?;
        }
        Ok(())
    }

    /// Deletes personal sections and nonces of ops of revoked devices that wait for a person.
    pub(super) fn wipe_quarantine(&self, people: &BTreeSet<CustomerId>) -> Result<(), StoreError> {
        let mut found = Vec::new();
        {
            let mut statement = self.conn.prepare_cached(
                "SELECT id, facts, nonce, personal FROM quarantine WHERE personal IS NOT NULL",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let id =
                    OpId::new(row.get(0)?).map_err(|_| StoreError::Malformed("quarantine.id"))?;
                let facts: Vec<u8> = row.get(1)?;
                if is_about(id, &facts, people) {
                    let (nonce, section): ([u8; 16], Vec<u8>) = (row.get(2)?, row.get(3)?);
                    found.push((id, PersonalHash::of(&nonce, &section)));
                }
            }
        }
        let mut wipe = self.conn.prepare_cached(
            "UPDATE quarantine SET personal = NULL, nonce = NULL, personal_hash = ?2 WHERE id = ?1",
        )?;
        for (id, hash) in found {
            wipe.execute((id.get(), hash.0))?;
        }
        Ok(())
    }

    /// Re-seals batches that are kept apart; they stay known by the bytes as which they came.
    pub(super) fn wipe_batches(&self, people: &BTreeSet<CustomerId>) -> Result<(), StoreError> {
        let mut found: Vec<(u32, Vec<u8>, Vec<u8>)> = Vec::new();
        {
            let mut statement = self
                .conn
                .prepare_cached("SELECT device, hash, batch FROM apart")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let bytes: Vec<u8> = row.get(2)?;
                if let Some(left) = without(&bytes, people) {
                    found.push((row.get(0)?, row.get(1)?, left));
                }
            }
        }
        let mut wipe = self
            .conn
            .prepare_cached("UPDATE apart SET batch = ?3 WHERE device = ?1 AND hash = ?2")?;
        for (device, hash, left) in found {
            wipe.execute((device, hash, left))?;
        }
        Ok(())
    }
}

/// A batch without what it holds of these people; none when that is nothing.
fn without(bytes: &[u8], people: &BTreeSet<CustomerId>) -> Option<Vec<u8>> {
    let batch = Batch::decode(bytes).ok()?;
    let left = batch.erased(|op, facts| is_about(op, facts, people)).ok()?;
    Some(left?.encode())
}

fn is_about(op: OpId, facts: &[u8], people: &BTreeSet<CustomerId>) -> bool {
    kartka_protocol::op::decode(op, facts, None)
        .is_ok_and(|op| op.people().any(|person| people.contains(&person)))
}

/// Writes the file anew and cuts the log to nothing: `secure_delete` overwrites what is deleted, but not the old
/// copies that SQLite leaves in a page when it moves cells to another one.
pub(super) fn wipe_traces(store: &SqliteStore) -> Result<bool, StoreError> {
    // The readers kept open would hold on to older pages.
    locked(&store.readers).clear();
    let conn = locked(&store.writer);
    conn.execute_batch("VACUUM")?;
    truncate(&conn)
}

fn truncate(conn: &Connection) -> Result<bool, StoreError> {
    let blocked: bool = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(!blocked)
}
