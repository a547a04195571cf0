//! Revoked keys, quarantine, and what each operator let redeem.

use kartka_domain::ids::{DeviceNo, EntryId, Id, OpId, OperatorId};
use kartka_domain::moment::{Date, day_number};
use kartka_domain::money::{Money, Points};
use rusqlite::{OptionalExtension as _, Row};

use super::View;
use super::lookups::{columns_of, personal};
use super::reads::count;
use crate::store::{Quarantined, StoreError, Waiting};

/// Numbers of one device: all ids with its number.
fn range(device: DeviceNo) -> (i64, i64) {
    let no = i64::from(device.get());
    (no << 40, no << 40 | ((1 << 40) - 1))
}

impl View<'_> {
    pub(super) fn has_revoked(&self, key: &[u8; 33]) -> Result<bool, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT 1 FROM revoked WHERE key = ?1")?;
        Ok(statement.exists([key])?)
    }

    pub(super) fn all_revoked(&self) -> Result<Vec<[u8; 33]>, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT key FROM revoked ORDER BY key")?;
        let keys = statement.query_map([], |row| row.get(0))?;
        Ok(keys.collect::<Result<_, _>>()?)
    }

    pub(super) fn add_revoked(&self, key: &[u8; 33]) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("INSERT INTO revoked (key) VALUES (?1) ON CONFLICT DO NOTHING")?
            .execute([key])?;
        Ok(())
    }

    pub(super) fn find_quarantined(
        &self,
        device: DeviceNo,
        up_to: i64,
        most: usize,
    ) -> Result<Vec<Quarantined>, StoreError> {
        let (first, end) = range(device);
        let mut statement = self.conn.prepare_cached(
            "SELECT id, last, at, day, item, received, sold, redeemed, chain, facts,
                    personal, nonce, personal_hash, 1
             FROM quarantine WHERE id BETWEEN ?1 AND ?2 AND last <= ?3 ORDER BY id LIMIT ?4",
        )?;
        let rows = statement.query_map((first, end, up_to, count(most)), raw)?;
        rows.map(|row| row?).collect()
    }

    pub(super) fn find_quarantined_before(
        &self,
        before_ms: i64,
        most: usize,
    ) -> Result<Vec<Quarantined>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT id, last, at, day, item, received, sold, redeemed, chain, facts,
                    personal, nonce, personal_hash, 1
             FROM quarantine WHERE received < ?1 ORDER BY id LIMIT ?2",
        )?;
        let rows = statement.query_map((before_ms, count(most)), raw)?;
        rows.map(|row| row?).collect()
    }

    pub(super) fn quarantined_chain(&self, last: i64) -> Result<Option<[u8; 32]>, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT last, chain FROM quarantine WHERE id <= ?1 ORDER BY id DESC LIMIT 1",
        )?;
        let found: Option<(i64, [u8; 32])> = statement
            .query_row([last], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        Ok(found.and_then(|(end, chain)| (end == last).then_some(chain)))
    }

    pub(super) fn find_item(
        &self,
        device: DeviceNo,
        day: i64,
    ) -> Result<Option<EntryId>, StoreError> {
        let (first, end) = range(device);
        let mut statement = self.conn.prepare_cached(
            "SELECT item FROM quarantine WHERE id BETWEEN ?1 AND ?2 AND day = ?3 LIMIT 1",
        )?;
        let found: Option<i64> = statement
            .query_row((first, end, day), |row| row.get(0))
            .optional()?;
        found.map(item).transpose()
    }

    pub(super) fn sum_waiting(&self, item: EntryId) -> Result<Waiting, StoreError> {
        let mut statement = self.conn.prepare_cached(
            "SELECT count(*), coalesce(max(last), 0), coalesce(sum(sold), 0), coalesce(sum(redeemed), 0)
             FROM quarantine WHERE item = ?1",
        )?;
        Ok(statement.query_row([item.get()], |row| {
            Ok(Waiting {
                ops: row.get(0)?,
                upto: row.get(1)?,
                sold: Money(row.get(2)?),
                redeemed: Points(row.get(3)?),
            })
        })?)
    }

    pub(super) fn rename_item(&self, item: EntryId) -> Result<Option<EntryId>, StoreError> {
        let first: Option<i64> = self
            .conn
            .prepare_cached("SELECT min(id) FROM quarantine WHERE item = ?1")?
            .query_row([item.get()], |row| row.get(0))?;
        let Some(first) = first else {
            return Ok(None);
        };
        self.conn
            .prepare_cached("UPDATE quarantine SET item = ?2 WHERE item = ?1")?
            .execute((item.get(), first))?;
        let malformed = |_| StoreError::Malformed("quarantine.id");
        EntryId::new(first).map(Some).map_err(malformed)
    }

    pub(super) fn add_quarantined(&self, op: &Quarantined) -> Result<(), StoreError> {
        let (section, nonce, hash) = columns_of(&op.personal);
        self.conn
            .prepare_cached(
                "INSERT INTO quarantine
                 (id, last, at, day, item, received, sold, redeemed, chain, facts, personal, nonce,
                  personal_hash)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
            )?
            .execute((
                op.id.get(),
                op.last.get(),
                op.at_ms,
                op.day,
                op.item.get(),
                op.received_ms,
                op.sold.0,
                op.redeemed.0,
                op.chain,
                &op.facts,
                section,
                nonce,
                hash,
            ))?;
        Ok(())
    }

    pub(super) fn remove_quarantined(&self, id: OpId) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM quarantine WHERE id = ?1")?
            .execute([id.get()])?;
        Ok(())
    }

    pub(super) fn sum_redeemed(
        &self,
        operator: OperatorId,
        date: Date,
    ) -> Result<Points, StoreError> {
        let mut statement = self
            .conn
            .prepare_cached("SELECT points FROM redeemed_by WHERE operator = ?1 AND day = ?2")?;
        let found = statement
            .query_row((operator.0, day_number(date)), |row| row.get(0))
            .optional()?;
        Ok(Points(found.unwrap_or(0)))
    }

    pub(super) fn add_to_day(
        &self,
        operator: OperatorId,
        date: Date,
        points: Points,
    ) -> Result<(), StoreError> {
        // A sum that does not fit is far above every limit and stays there.
        let before = self.sum_redeemed(operator, date)?;
        self.conn
            .prepare_cached(
                "INSERT INTO redeemed_by (operator, day, points) VALUES (?1, ?2, ?3)
                 ON CONFLICT (operator, day) DO UPDATE SET points = excluded.points",
            )?
            .execute((
                operator.0,
                day_number(date),
                before.0.saturating_add(points.0),
            ))?;
        Ok(())
    }
}

/// A quarantined op as it lies; checked where the numbers can't be true.
fn raw(row: &Row<'_>) -> rusqlite::Result<Result<Quarantined, StoreError>> {
    let bad = StoreError::Malformed("quarantine.id");
    let (Ok(id), Ok(last)) = (OpId::new(row.get(0)?), Id::new(row.get(1)?)) else {
        return Ok(Err(bad));
    };
    let Ok(item) = EntryId::new(row.get(4)?) else {
        return Ok(Err(bad));
    };
    Ok(Ok(Quarantined {
        id,
        last,
        at_ms: row.get(2)?,
        day: row.get(3)?,
        item,
        received_ms: row.get(5)?,
        sold: Money(row.get(6)?),
        redeemed: Points(row.get(7)?),
        chain: row.get(8)?,
        facts: row.get(9)?,
        personal: personal(row, 10)?,
    }))
}

fn item(raw: i64) -> Result<EntryId, StoreError> {
    EntryId::new(raw).map_err(|_| StoreError::Malformed("quarantine.item"))
}
