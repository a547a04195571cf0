//! Incarnations, re-issued ops and what lies apart: the tables that only a bad day needs (sync §12).

use kartka_domain::ids::{BirthMark, DeviceNo, EntryId, Id, OpId};
use kartka_domain::incarnation::Former;
use rusqlite::OptionalExtension as _;

use super::View;
use crate::store::{Descent, LeftApart, StoreError};

fn device(no: u32, column: &'static str) -> Result<DeviceNo, StoreError> {
    DeviceNo::new(no).map_err(|_| StoreError::Malformed(column))
}

impl View<'_> {
    pub(super) fn all_descents(&self) -> Result<Vec<Descent>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT no, old, fork, last, root, branch, at FROM incarnation ORDER BY no",
        )?;
        let rows = statement.query_map([], |row| {
            let numbers: (u32, u32, u32) = (row.get(0)?, row.get(1)?, row.get(4)?);
            let counters: (i64, i64) = (row.get(2)?, row.get(3)?);
            Ok((numbers, counters, row.get(5)?, row.get(6)?))
        })?;
        rows.map(|row| {
            let ((no, old, root), (fork, last), branch, at_ms) = row?;
            Ok(Descent {
                no: device(no, "incarnation.no")?,
                former: Former {
                    device: device(old, "incarnation.old")?,
                    fork,
                    last,
                },
                root: device(root, "incarnation.root")?,
                branch,
                at_ms,
            })
        })
        .collect()
    }

    pub(super) fn keep_descent(&self, descent: &Descent) -> Result<(), StoreError> {
        self.conn
            .prepare_cached(
                "INSERT INTO incarnation (no, old, fork, last, root, branch, at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((
                descent.no.get(),
                descent.former.device.get(),
                descent.former.fork,
                descent.former.last,
                descent.root.get(),
                descent.branch,
                descent.at_ms,
            ))?;
        Ok(())
    }

    pub(super) fn find_reissued(
        &self,
        root: DeviceNo,
        mark: BirthMark,
    ) -> Result<Option<OpId>, StoreError> {
        self.find_first(
            "SELECT op FROM reissued WHERE root = ?1 AND mark = ?2",
            (root.get(), mark.0),
        )
    }

    pub(super) fn keep_reissued(
        &self,
        root: DeviceNo,
        mark: BirthMark,
        op: OpId,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("INSERT INTO reissued (root, mark, op) VALUES (?1, ?2, ?3)")?
            .execute((root.get(), mark.0, op.get()))?;
        Ok(())
    }

    pub(super) fn find_alias(&self, op: OpId) -> Result<Option<OpId>, StoreError> {
        self.find_first("SELECT first FROM alias WHERE op = ?1", [op.get()])
    }

    pub(super) fn find_aliases(
        &self,
        first: OpId,
        last: Id,
    ) -> Result<Vec<(OpId, Id, OpId)>, StoreError> {
        let sql = "SELECT alias.op, op.last, alias.first FROM alias JOIN op ON op.id = alias.op
                   WHERE alias.op BETWEEN ?1 AND ?2 ORDER BY alias.op";
        let mut statement = self.conn.prepare_cached(sql)?;
        let rows = statement.query_map([first.get(), last.get()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        let id = |id| Id::new(id).map_err(|_| StoreError::Malformed("an op's number"));
        rows.map(|row| {
            let (op, last, first) = row?;
            Ok((OpId(id(op)?), id(last)?, OpId(id(first)?)))
        })
        .collect()
    }

    pub(super) fn keep_alias(&self, op: OpId, first: OpId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("INSERT INTO alias (op, first) VALUES (?1, ?2)")?
            .execute((op.get(), first.get()))?;
        Ok(())
    }

    fn find_first(
        &self,
        sql: &str,
        key: impl rusqlite::Params,
    ) -> Result<Option<OpId>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let found: Option<i64> = statement.query_row(key, |row| row.get(0)).optional()?;
        found
            .map(OpId::new)
            .transpose()
            .map_err(|_| StoreError::Malformed("an op's number"))
    }

    pub(super) fn find_left_apart(&self, no: DeviceNo) -> Result<Vec<LeftApart>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT hash, last, coalesce(chain, zeroblob(32)), item FROM apart
             WHERE device = ?1 AND moved IS NULL ORDER BY received, hash",
        )?;
        let rows = statement.query_map([no.get()], |row| {
            let item: Option<i64> = row.get(3)?;
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, item))
        })?;
        rows.map(|row| {
            let (hash, last, chain, item) = row?;
            Ok(LeftApart {
                hash,
                last,
                chain,
                item: item
                    .map(EntryId::new)
                    .transpose()
                    .map_err(|_| StoreError::Malformed("apart.item"))?,
            })
        })
        .collect()
    }

    pub(super) fn note_apart_item(&self, no: DeviceNo, item: EntryId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE apart SET item = ?2 WHERE device = ?1 AND moved IS NULL")?
            .execute((no.get(), item.get()))?;
        Ok(())
    }

    pub(super) fn note_apart_moved(
        &self,
        no: DeviceNo,
        hash: &[u8; 32],
        to: DeviceNo,
    ) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("UPDATE apart SET moved = ?3 WHERE device = ?1 AND hash = ?2")?
            .execute((no.get(), hash, to.get()))?;
        Ok(())
    }
}
