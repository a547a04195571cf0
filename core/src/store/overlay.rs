//! The authority's rows and this device's pending ones over them (sync §4, decision 4).

use std::collections::{BTreeMap, BTreeSet};

use kartka_domain::ids::{CustomerId, Seq};
use kartka_domain::moment::{Date, Month, day_number};
use kartka_domain::planted;
use kartka_domain::row::{Row, RowKind};
use kartka_protocol::digest::{Digest, DigestKey};
use kartka_protocol::row::{decode, encode};
use kartka_protocol::rows::WireRow;
use kartka_protocol::scope::Scope;
use rusqlite::{OptionalExtension as _, params};

use super::{Reader, StoreError, Tx};

/// The seq of a row whose scope is being pulled anew and that was not seen again yet: shown, not counted.
const UNCONFIRMED: Seq = Seq(0);

/// The tables of the rows that belong to `base`.
const BASE_TABLES: [&str; 6] = ["rule", "customer", "position", "card", "consent", "voucher"];
/// The kinds and tables of the rows that belong to a month.
const MONTH_TABLES: [&str; 4] = ["purchase", "returned", "entry", "moved"];

/// The scope a row counts in.
fn scope_of(row: &Row) -> Scope {
    row.month().map_or(Scope::Base, Scope::Month)
}

impl Reader<'_> {
    /// The authority's row, whatever a pending op shows over it.
    pub(crate) fn authority_row(&self, kind: u8, id: i64) -> Result<Option<WireRow>, StoreError> {
        let shadow: Option<(i64, Vec<u8>)> = self
            .conn()
            .prepare_cached("SELECT seq, record FROM shadow WHERE kind = ?1 AND id = ?2")?
            .query_row(params![kind, id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        if let Some((seq, record)) = shadow {
            return Ok(Some(WireRow {
                kind,
                id,
                seq: Seq(seq),
                record,
            }));
        }
        let found = self.stored(kind, id)?;
        Ok(found.and_then(|row| {
            row.seq.map(|seq| WireRow {
                kind,
                id,
                seq,
                record: row.record,
            })
        }))
    }
}

impl Tx<'_> {
    /// Keeps the authority's bytes of a row that a pending op is about to replace; the first time only.
    pub(crate) fn keep_shadow(&self, kind: u8, id: i64) -> Result<(), StoreError> {
        if let Some(found) = self.stored(kind, id)?
            && let Some(seq) = found.seq
        {
            let values = params![kind, id, seq.0, found.record];
            self.execute(
                "INSERT OR IGNORE INTO shadow VALUES (?1, ?2, ?3, ?4)",
                values,
            )?;
        }
        Ok(())
    }

    /// Takes a pending op's row away: the authority's bytes come back, or nothing if there were none.
    pub(crate) fn lift(&self, kind: u8, id: i64) -> Result<(), StoreError> {
        let sql = "DELETE FROM shadow WHERE kind = ?1 AND id = ?2 RETURNING seq, record";
        let shadow: Option<(i64, Vec<u8>)> = self
            .conn()
            .prepare_cached(sql)?
            .query_row(params![kind, id], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match shadow {
            Some((seq, record)) => match decode(kind, id, &record) {
                Ok(row) => self.put_bytes(&row, Some(Seq(seq)), &record),
                Err(_) => {
                    self.remove(kind, id)?;
                    self.put_rule(kind, id, Some(seq), &record)
                }
            },
            None => match self.stored(kind, id)? {
                Some(found) if found.seq.is_none() => self.remove(kind, id),
                _ => Ok(()),
            },
        }
    }

    /// Whether the authority's row of some month lies under a pending op: no month is let go of with it.
    pub(crate) fn months_wait(&self) -> Result<bool, StoreError> {
        let kinds = MONTH_TABLES.map(kind_of).join(", ");
        let sql = format!("SELECT EXISTS (SELECT 1 FROM shadow WHERE kind IN ({kinds}))");
        let mut statement = self.conn().prepare_cached(&sql)?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// Removes the rows of the months before `oldest` that no own pending op made (sync §4: both sides drop them).
    pub(crate) fn drop_months_before(&self, oldest: Month) -> Result<(), StoreError> {
        let day = first_day(oldest);
        for table in MONTH_TABLES {
            self.execute(
                &format!("DELETE FROM {table} WHERE day < ?1 AND seq IS NOT NULL"),
                [day],
            )?;
        }
        self.execute("DELETE FROM scope WHERE code > 2 AND code < ?1", [oldest.0])
    }
}

impl Tx<'_> {
    /// Begins to pull a scope anew: its rows stay on screen, count for nothing, and go if they are not seen again.
    /// No pending op may lie over them.
    pub(crate) fn mark_unconfirmed(&self, scope: Scope) -> Result<(), StoreError> {
        for (table, days) in tables_of(scope) {
            self.execute(
                &format!("UPDATE {table} SET seq = 0 WHERE seq IS NOT NULL AND {days}"),
                [],
            )?;
        }
        self.set_scope(scope, Seq(0), Digest::default())
    }

    /// Ends a pull that began with [`mark_unconfirmed`](Self::mark_unconfirmed): what was not seen again goes.
    /// No pending op may lie over it.
    pub(crate) fn remove_unconfirmed(&self, scope: Scope) -> Result<(), StoreError> {
        for (table, days) in tables_of(scope) {
            for (kind, id) in self.unconfirmed(table, &days)? {
                self.remove(kind, id)?;
            }
        }
        Ok(())
    }

    /// Facts of months that are not held are nobody's to fetch: they count for nothing either, and go with the others.
    pub(crate) fn mark_unheld(&self) -> Result<(), StoreError> {
        for table in MONTH_TABLES {
            self.execute(&format!("UPDATE {table} SET seq = 0 WHERE seq > 0"), [])?;
        }
        Ok(())
    }

    /// Every scope was pulled anew: no fact of any month that was not seen again stays.
    pub(crate) fn remove_unseen_facts(&self) -> Result<(), StoreError> {
        for table in MONTH_TABLES {
            for (kind, id) in self.unconfirmed(table, "1")? {
                self.remove(kind, id)?;
            }
        }
        Ok(())
    }

    fn unconfirmed(&self, table: &str, days: &str) -> Result<Vec<(u8, i64)>, StoreError> {
        let kind = kind_of(table);
        let sql = format!("SELECT {kind}, id FROM {table} WHERE seq = 0 AND {days}");
        let mut statement = self.conn().prepare(&sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.map(|row| Ok(row?)).collect()
    }
}

impl Reader<'_> {
    /// The rows of a scope whose place in the order is above `from` and at most `to`, or that a pending op lies over.
    pub(crate) fn rows_between(
        &self,
        scope: Scope,
        from: Seq,
        to: Seq,
    ) -> Result<Vec<(u8, i64)>, StoreError> {
        let mut found = Vec::new();
        for (table, days) in tables_of(scope) {
            let kind = kind_of(table);
            let sql = format!(
                "SELECT {kind}, id FROM {table} WHERE (seq > ?1 AND seq <= ?2 OR seq IS NULL) AND {days}"
            );
            let mut statement = self.conn().prepare(&sql)?;
            let rows = statement.query_map([from.0, to.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
            for row in rows {
                found.push(row?);
            }
        }
        Ok(found)
    }
}

/// The kind of the rows of a table, as SQL says it.
fn kind_of(table: &str) -> String {
    let kind = match table {
        "customer" => RowKind::Customer,
        "position" => RowKind::Position,
        "card" => RowKind::Card,
        "consent" => RowKind::Consent,
        "purchase" => RowKind::Purchase,
        "returned" => RowKind::Return,
        "entry" => RowKind::Entry,
        "voucher" => RowKind::Voucher,
        "moved" => RowKind::Moved,
        _ => return "kind".to_owned(),
    };
    (kind as u8).to_string()
}

/// Where the rows of a scope lie: table and condition.
fn tables_of(scope: Scope) -> Vec<(&'static str, String)> {
    match scope {
        Scope::Own => Vec::new(),
        Scope::Base => BASE_TABLES.map(|table| (table, "1".to_owned())).to_vec(),
        Scope::Month(month) => {
            let (first, next) = (first_day(month), first_day(month.back(-1)));
            let days = format!("day >= {first} AND day < {next}");
            MONTH_TABLES.map(|table| (table, days.clone())).to_vec()
        }
    }
}

/// The day number of a month's first day; beyond the calendar, its end.
fn first_day(month: Month) -> i64 {
    let number = u32::try_from(month.0.rem_euclid(12) + 1).unwrap_or(1);
    Date::from_ymd_opt(month.0.div_euclid(12), number, 1).map_or(i64::MAX, day_number)
}

/// Ordered rows being written in one transaction, with the digests they change.
pub(crate) struct Settling<'t, 'c> {
    tx: &'t Tx<'c>,
    key: &'t DigestKey,
    digests: BTreeMap<Scope, (Seq, Digest)>,
    erased: BTreeSet<CustomerId>,
}

impl<'t, 'c> Settling<'t, 'c> {
    /// Nothing written yet.
    pub(crate) fn new(tx: &'t Tx<'c>, key: &'t DigestKey) -> Self {
        Self {
            tx,
            key,
            digests: BTreeMap::new(),
            erased: BTreeSet::new(),
        }
    }

    /// Writes an ordered row made here. No pending op may lie over it.
    pub(crate) fn row(&mut self, row: &Row, seq: Seq) -> Result<(), StoreError> {
        let wire = WireRow {
            kind: row.kind() as u8,
            id: row.key(),
            seq,
            record: encode(row),
        };
        self.write(Some(row), &wire, scope_of(row))
    }

    /// Writes a row of a page with the authority's bytes. A kind that this version does not know is kept and counted
    /// in the scope it came in.
    pub(crate) fn bytes(&mut self, wire: &WireRow, came_in: Scope) -> Result<(), StoreError> {
        let row = known(wire);
        let scope = row.as_ref().map_or(came_in, scope_of);
        self.write(row.as_ref(), wire, scope)
    }

    fn write(&mut self, row: Option<&Row>, wire: &WireRow, scope: Scope) -> Result<(), StoreError> {
        if let Some(old) = self.tx.stored(wire.kind, wire.id)?
            && let Some(seq) = old.seq
            && seq > UNCONFIRMED
        {
            if seq >= wire.seq {
                return Ok(());
            }
            let old = WireRow {
                kind: wire.kind,
                id: wire.id,
                seq,
                record: old.record,
            };
            let was_in = known(&old).as_ref().map_or(scope, scope_of);
            let key = self.key;
            self.count(was_in, |digest| digest.minus(key, &old))?;
        }
        if let Some(Row::Erasure(erasure)) = row {
            self.erased.insert(erasure.customer);
        }
        match row {
            Some(row) => {
                self.tx.forget_strange(wire.kind, wire.id)?;
                self.tx.put_bytes(row, Some(wire.seq), &wire.record)?;
            }
            None => self
                .tx
                .put_rule(wire.kind, wire.id, Some(wire.seq.0), &wire.record)?,
        }
        let key = self.key;
        if let (Some(row), true) = (row, planted!(DigestSkipsUnknown)) {
            let known = WireRow {
                record: encode(row),
                ..wire.clone()
            };
            return self.count(scope, |digest| digest.plus(key, &known));
        }
        self.count(scope, |digest| digest.plus(key, wire))
    }

    fn count(&mut self, scope: Scope, change: impl Fn(Digest) -> Digest) -> Result<(), StoreError> {
        let (cursor, digest) = match self.digests.get(&scope) {
            Some(known) => *known,
            None => self.tx.scope(scope)?.unwrap_or_default(),
        };
        self.digests.insert(scope, (cursor, change(digest)));
        Ok(())
    }

    /// Moves a scope's cursor together with its rows (sync §4).
    pub(crate) fn reach(&mut self, scope: Scope, cursor: Seq) -> Result<(), StoreError> {
        self.count(scope, |digest| digest)?;
        if let Some((reached, _)) = self.digests.get_mut(&scope) {
            *reached = cursor.max(*reached);
        }
        Ok(())
    }

    /// Up to where a scope was pulled, this transaction included.
    pub(crate) fn cursor(&self, scope: Scope) -> Result<Seq, StoreError> {
        match self.digests.get(&scope) {
            Some((reached, _)) => Ok(*reached),
            None => Ok(self.tx.scope(scope)?.unwrap_or_default().0),
        }
    }

    /// Writes the digests and cursors; what is kept of people whose erasure was among the rows goes.
    pub(crate) fn finish(self) -> Result<(), StoreError> {
        if !self.erased.is_empty() {
            self.tx.wipe_people(&self.erased)?;
        }
        self.digests
            .into_iter()
            .try_for_each(|(scope, (cursor, digest))| self.tx.set_scope(scope, cursor, digest))
    }
}

/// The row's value, if this version can read it: a newer one may know more kinds, codes and reasons.
fn known(wire: &WireRow) -> Option<Row> {
    RowKind::from_number(wire.kind)?;
    decode(wire.kind, wire.id, &wire.record).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::Arc;

    use kartka_protocol::fields::{Record, Shape};

    use super::*;
    use crate::platform::{SystemClock, SystemRng};
    use crate::store::{DatabaseKey, Store, Vfs};

    fn wire(kind: u8, seq: i64, fields: &[(u16, i64)]) -> WireRow {
        let mut record = Record::new();
        for (tag, value) in fields {
            record.put(*tag, *value);
        }
        let record = record.encode();
        assert!(Record::decode(&record, Shape::ENTITY).is_ok());
        WireRow {
            kind,
            id: (1 << 40) + 7,
            seq: Seq(seq),
            record,
        }
    }

    #[test]
    fn a_row_that_only_a_newer_version_can_read_is_kept_and_counted() {
        let home = tempfile::tempdir().unwrap();
        let key = DatabaseKey::from_bytes(&[7; 32]).unwrap();
        let (clock, rng) = (Arc::new(SystemClock::new()), Arc::new(SystemRng));
        let path = home.path().join("shop.db");
        let store = Store::open(&path, &Vfs::system(), &key, clock, rng).unwrap();
        let digest_key = DigestKey([3; 32]);
        let month = Scope::Month(Month(1998 * 12));
        // A ledger entry of a kind that is not invented yet, and a row of a kind that is not invented yet.
        for (kind, scope) in [(RowKind::Entry as u8, month), (200, Scope::Base)] {
            let rows = [wire(kind, 5, &[(1, 9_999)]), wire(kind, 6, &[(1, 9_998)])];
            let bytes = |tx: &Tx<'_>, row: &WireRow| {
                let mut settling = Settling::new(tx, &digest_key);
                settling.bytes(row, scope)?;
                settling.finish()
            };
            for row in &rows {
                store.write(|tx| bytes(tx, row)).unwrap();
                let kept = store.read(|r| r.authority_row(kind, row.id)).unwrap();
                assert_eq!(kept.as_ref(), Some(row));
                let (_, digest) = store.read(|r| r.scope(scope)).unwrap().unwrap();
                assert_eq!(digest, Digest::of(&digest_key, [row]));
            }
        }
    }
}
