//! The numbers of a branch on their way to a new incarnation, wherever this file keeps an id (sync §12).
//!
//! One place for all tables: a test lists every column of the schema, so that a new one that holds ids can't be
//! forgotten. The ops themselves are made anew by `sync::incarnation`, which knows their chain.

use kartka_domain::ids::{DeviceNo, Id};
use kartka_domain::incarnation::{Former, Renumbering};
use kartka_domain::lines::Lines;
use kartka_domain::row::Row;
use kartka_protocol::limits;
use kartka_protocol::message::Link;
use kartka_protocol::row::{decode, encode};
use rusqlite::params;

use super::{Reader, StoreError, Tx};

/// The tables of rows, with the kind of those that hold one kind only.
const ROWS: [(&str, &str); 10] = [
    ("rule", "kind"),
    ("customer", "6"),
    ("position", "7"),
    ("card", "8"),
    ("consent", "10"),
    ("purchase", "20"),
    ("returned", "21"),
    ("entry", "22"),
    ("voucher", "25"),
    ("moved", "26"),
];

/// A change of this device's numbers, as it is shown and as late references need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moved {
    /// The number before.
    pub(crate) old: DeviceNo,
    /// The first counter that moved.
    pub(crate) fork: i64,
    /// The last one; below `fork` when nothing moved.
    pub(crate) last: i64,
    /// The number after.
    pub(crate) new: DeviceNo,
    /// Ops that are sent again.
    pub(crate) ops: i64,
    /// When, epoch ms by this device's clock.
    pub(crate) at_ms: i64,
}

fn number(no: u32) -> Result<DeviceNo, StoreError> {
    DeviceNo::new(no).map_err(|_| StoreError::Malformed("incarnation.device"))
}

impl Reader<'_> {
    /// The newest change of this device's numbers that nobody has read of.
    pub(crate) fn unseen_move(&self) -> Result<Option<Moved>, StoreError> {
        let sql = "SELECT old, fork, last, new, ops, at_ms FROM incarnation WHERE seen = 0
                   ORDER BY ordinal DESC LIMIT 1";
        let mut statement = self.conn().prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        Ok(Some(Moved {
            old: number(row.get(0)?)?,
            fork: row.get(1)?,
            last: row.get(2)?,
            new: number(row.get(3)?)?,
            ops: row.get(4)?,
            at_ms: row.get(5)?,
        }))
    }

    /// Which numbers one phone has had: by the rows of all devices, and this one's own changes before their rows come.
    pub(crate) fn lines(&self) -> Result<Lines, StoreError> {
        let mut lines = Lines::of(&self.device_rows()?);
        let sql = "SELECT new, old, fork, last FROM incarnation";
        let mut statement = self.conn().prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let former = Former {
                device: number(row.get(1)?)?,
                fork: row.get(2)?,
                last: row.get(3)?,
            };
            lines.note(number(row.get(0)?)?, former);
        }
        Ok(lines)
    }

    /// What authorities signed when they gave this device its numbers, from the first one that is kept of all that came
    /// after it; none when they are more than may be shown.
    pub(crate) fn signed_line(&self) -> Result<Vec<Link>, StoreError> {
        let sql = "SELECT said FROM incarnation ORDER BY ordinal";
        let mut statement = self.conn().prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let malformed = || StoreError::Malformed("incarnation.said");
        let mut line = Vec::new();
        while let Some(row) = rows.next()? {
            match row.get::<_, Option<Vec<u8>>>(0)? {
                Some(said) => line.push(Link::decode(&said).map_err(|_| malformed())?),
                None => line.clear(),
            }
        }
        if line.len() > limits::LINE {
            line.clear();
        }
        Ok(line)
    }

    /// Whether this device goes on under a new number and has not fetched everything under it yet.
    pub(crate) fn is_newly_numbered(&self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM incarnation WHERE pulled = 0)";
        let mut statement = self.conn().prepare_cached(sql)?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }
}

impl Tx<'_> {
    /// Keeps a change of this device's numbers, and what the authority signed for it.
    pub(crate) fn add_move(&self, moved: &Moved, said: &Link) -> Result<(), StoreError> {
        self.execute(
            "INSERT INTO incarnation (old, fork, last, new, ops, at_ms, said)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                moved.old.get(),
                moved.fork,
                moved.last,
                moved.new.get(),
                moved.ops,
                moved.at_ms,
                said.encode()
            ],
        )
    }

    /// Everything was fetched under the newest number.
    pub(crate) fn note_pulled(&self) -> Result<(), StoreError> {
        self.execute("UPDATE incarnation SET pulled = 1 WHERE pulled = 0", [])
    }

    /// A person has read of all changes so far.
    pub(crate) fn note_seen(&self) -> Result<(), StoreError> {
        self.execute("UPDATE incarnation SET seen = 1 WHERE seen = 0", [])
    }

    /// Moves the numbers of a branch in every row and note. No pending op may lie over the rows, and the ops from
    /// the fork on are the caller's.
    pub(crate) fn renumber(&self, map: &Renumbering) -> Result<(), StoreError> {
        for (table, kind) in ROWS {
            for (old, seq, row) in self.rows_that_move(table, kind, map)? {
                self.remove(row.kind() as u8, old)?;
                self.put_bytes(&row, seq.map(kartka_domain::ids::Seq), &encode(&row))?;
            }
        }
        self.renumber_column("request", "op", map)?;
        self.renumber_column("redeemed", "op", map)?;
        self.renumber_column("redeemed", "customer", map)
    }

    /// The rows of a table that hold a number that moves: key and seq as they are, the row as it will be.
    fn rows_that_move(
        &self,
        table: &str,
        kind: &str,
        map: &Renumbering,
    ) -> Result<Vec<(i64, Option<i64>, Row)>, StoreError> {
        let sql = format!("SELECT {kind}, id, seq, record FROM {table}");
        let mut statement = self.conn().prepare(&sql)?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let (kind, id): (u8, i64) = (row.get(0)?, row.get(1)?);
            let record: Vec<u8> = row.get(3)?;
            // What only a newer version can read names nothing that this one has made.
            let Ok(before) = decode(kind, id, &record) else {
                continue;
            };
            let after = map.row(before);
            if after.key() != id || encode(&after) != record {
                found.push((id, row.get(2)?, after));
            }
        }
        Ok(found)
    }

    /// Moves the numbers in a column of ids.
    fn renumber_column(
        &self,
        table: &str,
        column: &str,
        map: &Renumbering,
    ) -> Result<(), StoreError> {
        let sql = format!("SELECT DISTINCT {column} FROM {table} ORDER BY {column}");
        let mut statement = self.conn().prepare(&sql)?;
        let ids = statement.query_map([], |row| row.get::<_, i64>(0))?;
        let ids = ids.collect::<Result<Vec<_>, _>>()?;
        for raw in ids {
            let Ok(id) = Id::new(raw) else { continue };
            if map.moves(id) {
                self.execute(
                    &format!("UPDATE {table} SET {column} = ?2 WHERE {column} = ?1"),
                    [raw, map.id(id).get()],
                )?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::*;
    use crate::platform::{SystemClock, SystemRng};
    use crate::store::{DatabaseKey, Store, Vfs};

    /// Where a column's ids are looked after when numbers move.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Holds {
        /// No id that a device has made.
        NoIds,
        /// [`Tx::renumber`] moves them: a row's key, its record, or a column that follows from the record.
        Renumber,
        /// `sync::incarnation` makes the ops anew, or lets go of what was sealed, or begins at the new number.
        Incarnation,
        /// Empty: no pending op lies over anything then.
        Lifted,
        /// What was, for ever: old and new numbers by name.
        Kept,
    }

    /// Every column of the schema. A new one belongs here, and into the code that this names, before it can be written.
    fn columns() -> BTreeMap<&'static str, Holds> {
        use Holds::{Incarnation, Kept, Lifted, NoIds, Renumber};
        let rows = |holds: Holds, names: &[&'static str]| {
            names.iter().map(|n| (*n, holds)).collect::<Vec<_>>()
        };
        let all = [
            rows(
                NoIds,
                &[
                    "meta.key",
                    "meta.value",
                    "device.one",
                    "device.business",
                    "device.is_authority",
                    "device.outlet",
                    "device.server",
                    "device.identity",
                    "device.keys",
                    "head.one",
                    "head.epoch_number",
                    "head.epoch_random",
                    "head.seq",
                    "head.log_hash",
                    "head.synced_ms",
                    "head.lineage",
                    "head.stopped",
                    "redeemed.at_ms",
                    "redeemed.operator",
                    "redeemed.day",
                    "pin.operator",
                    "pin.key",
                    "pin.salt",
                    "pin.verifier",
                    "pin.failures",
                    "pin.boot",
                    "pin.at",
                    "draft.id",
                    "draft.kind",
                    "draft.trade",
                    "draft.instrument",
                    "draft.name",
                    "draft.step",
                    "draft.changed_ms",
                    "draft_answer.draft",
                    "draft_answer.field",
                    "draft_answer.value",
                    "draft_text.draft",
                    "draft_text.field",
                    "draft_text.value",
                    "redeemed.points",
                    "rule.kind",
                    "rule.seq",
                    "customer.seq",
                    "customer.day",
                    "customer_phone.tail",
                    "customer_name.word",
                    "position.seq",
                    "card.id",
                    "card.seq",
                    "consent.seq",
                    "purchase.seq",
                    "purchase.day",
                    "purchase.total",
                    "returned.seq",
                    "returned.day",
                    "entry.seq",
                    "entry.instrument",
                    "entry.day",
                    "entry.points",
                    "fiscal.register",
                    "fiscal.number",
                    "entry.stamps",
                    "voucher.seq",
                    "voucher.number",
                    "voucher.state",
                    "moved.seq",
                    "moved.day",
                    "scope.code",
                    "scope.cursor",
                    "scope.digest",
                    "request.id",
                    "request.at_ms",
                ],
            ),
            rows(
                Renumber,
                &[
                    "redeemed.op",
                    "redeemed.customer",
                    "request.op",
                    "rule.id",
                    "rule.record",
                    "customer.id",
                    "customer.record",
                    "customer_phone.customer",
                    "customer_name.customer",
                    "position.id",
                    "position.record",
                    "card.customer",
                    "card.record",
                    "consent.id",
                    "consent.customer",
                    "consent.record",
                    "brought.id",
                    "brought.friend",
                    "brought.referrer",
                    "edge.customer",
                    "edge.merge",
                    "fiscal.purchase",
                    "purchase.id",
                    "purchase.customer",
                    "purchase.record",
                    "returned.id",
                    "returned.purchase",
                    "returned.record",
                    "entry.id",
                    "entry.customer",
                    "entry.purchase",
                    "entry.record",
                    "voucher.id",
                    "voucher.holder",
                    "voucher.record",
                    "moved.id",
                    "moved.purchase",
                    "moved.record",
                ],
            ),
            rows(
                Incarnation,
                &[
                    "device.device_no",
                    "device.next_n",
                    "device.chain",
                    "device.slot",
                    "device.slot_used",
                    "head.acked_op",
                    "head.settled_op",
                    "own_op.op",
                    "own_op.last",
                    "own_op.seq",
                    "own_op.chain",
                    "own_op.facts",
                    "own_op.nonce",
                    "own_op.personal",
                    "own_op.personal_hash",
                    "own_op.touched",
                    "own_op.alias",
                    "own_op.mark",
                    "sealed.first_op",
                    "sealed.last_op",
                    "sealed.bytes",
                ],
            ),
            rows(
                Lifted,
                &["shadow.kind", "shadow.id", "shadow.seq", "shadow.record"],
            ),
            rows(
                Kept,
                &[
                    "incarnation.ordinal",
                    "incarnation.old",
                    "incarnation.fork",
                    "incarnation.last",
                    "incarnation.new",
                    "incarnation.ops",
                    "incarnation.at_ms",
                    "incarnation.pulled",
                    "incarnation.seen",
                    "incarnation.said",
                ],
            ),
        ];
        all.into_iter().flatten().collect()
    }

    #[test]
    fn every_column_of_the_schema_says_who_moves_its_ids() {
        let home = tempfile::tempdir().unwrap();
        let key = DatabaseKey::from_bytes(&[7; 32]).unwrap();
        let (clock, rng) = (Arc::new(SystemClock::new()), Arc::new(SystemRng));
        let path = home.path().join("shop.db");
        let store = Store::open(&path, &Vfs::system(), &key, clock, rng).unwrap();
        let found: Vec<String> = store
            .read(|r| {
                let sql = "SELECT t.name || '.' || c.name FROM sqlite_schema t, pragma_table_info(t.name) c
                           WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY 1";
                let mut statement = r.conn().prepare(sql)?;
                let rows = statement.query_map([], |row| row.get(0))?;
                Ok::<_, StoreError>(rows.collect::<Result<_, _>>()?)
            })
            .unwrap();
        let known = columns();
        for column in &found {
            assert!(
                known.contains_key(column.as_str()),
                "{column} is new: does it hold ids?"
            );
        }
        assert_eq!(found.len(), known.len(), "a column is gone");
        // The tables of rows that `renumber` walks are those that have a record, but for what pending ops keep.
        let records: Vec<&str> = known
            .keys()
            .filter_map(|column| column.strip_suffix(".record"))
            .filter(|table| *table != "shadow")
            .collect();
        let mut walked: Vec<&str> = ROWS.iter().map(|(table, _)| *table).collect();
        walked.sort_unstable();
        assert_eq!(records, walked);
    }
}
