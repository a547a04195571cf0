//! The rows as they lie on the disks, read past all code of the core's and the server's.

use std::collections::{BTreeMap, BTreeSet};

use kartka_core::domain::ids::{OpId, Seq};
use kartka_core::domain::row::Row;
use kartka_protocol::rows::WireRow;
use rusqlite::Connection;

use super::eyes::Look;
use super::laws::{Law, Wrong};
use super::numbers::Moved;
use super::phone::Phone;
use super::server::Server;
use super::street::Street;

/// What a row is: kind and key.
pub(super) type Key = (u8, i64);
/// A row's place in the order and its bytes.
pub(super) type Bytes = (i64, Vec<u8>);

/// For which receipt points are kept: the device's number and the sale's request.
pub(super) type Receipt = (i64, Vec<u8>);
/// What is kept, by receipt: of whom, how many points, until when.
pub(super) type Reserved = BTreeMap<Receipt, (i64, i64, i64)>;

/// Purchases, returns and entries as they were when they were last looked at.
#[derive(Default)]
pub(super) struct Seen {
    facts: BTreeMap<Key, Vec<u8>>,
    /// Up to where ops were looked at.
    seq: i64,
}

/// An op as the server keeps it.
pub(super) struct KeptOp {
    pub(super) mark: Vec<u8>,
    pub(super) id: i64,
    pub(super) last: i64,
    pub(super) seq: i64,
    pub(super) at_ms: i64,
    pub(super) chain: Vec<u8>,
    /// It stands for an op that had come before.
    pub(super) alias: bool,
}

/// The tables of a phone and the kinds that lie in them.
const TABLES: [(&str, u8); 7] = [
    ("customer", 6),
    ("position", 7),
    ("card", 8),
    ("consent", 10),
    ("purchase", 20),
    ("returned", 21),
    ("entry", 22),
];

/// What the bytes of a row say, if this version can read them.
pub(super) fn read((kind, id): Key, (seq, record): &Bytes) -> Option<Row> {
    let wire = WireRow {
        kind,
        id,
        seq: Seq(*seq),
        record: record.clone(),
    };
    wire.read().ok()
}

fn told(error: rusqlite::Error) -> Wrong {
    Wrong::of(Law::Sound, format!("the checker can't read: {error}"))
}

fn rows_of(conn: &Connection, sql: &str, into: &mut BTreeMap<Key, Bytes>) -> rusqlite::Result<()> {
    let mut statement = conn.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let key = (row.get(0)?, row.get(1)?);
        let seq: Option<i64> = row.get(2)?;
        into.insert(key, (seq.unwrap_or(-1), row.get(3)?));
    }
    Ok(())
}

/// Everything a phone holds, with its own pending rows; those have the seq −1.
pub(super) fn on_phone(phone: &Phone) -> Result<BTreeMap<Key, Bytes>, Wrong> {
    let conn = phone.raw()?;
    let mut rows = BTreeMap::new();
    let all = || {
        for (table, kind) in TABLES {
            let sql = format!("SELECT {kind}, id, seq, record FROM {table}");
            rows_of(&conn, &sql, &mut rows)?;
        }
        rows_of(&conn, "SELECT kind, id, seq, record FROM rule", &mut rows)
    };
    let mut all = all;
    all().map_err(told)?;
    Ok(rows)
}

/// How many rows of the authority a phone keeps under its own pending ones.
pub(super) fn shadows(phone: &Phone) -> Result<i64, Wrong> {
    let conn = phone.raw()?;
    conn.query_row("SELECT count(*) FROM shadow", [], |row| row.get(0))
        .map_err(told)
}

/// Everything the server holds in the scopes whose codes `wanted` says yes to.
pub(super) fn on_server(
    conn: &Connection,
    wanted: impl Fn(i64) -> bool,
) -> Result<BTreeMap<Key, (i64, Bytes)>, Wrong> {
    let read = || {
        let mut found = BTreeMap::new();
        let mut statement = conn.prepare("SELECT kind, id, seq, scope, record FROM row")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let scope: i64 = row.get(3)?;
            if wanted(scope) {
                found.insert(
                    (row.get(0)?, row.get(1)?),
                    (scope, (row.get(2)?, row.get(4)?)),
                );
            }
        }
        Ok(found)
    };
    read().map_err(told)
}

/// Every op of the server, by its id.
pub(super) fn ops(conn: &Connection) -> Result<Vec<KeptOp>, Wrong> {
    let read = || {
        let sql = "SELECT request, id, last, seq, at, chain,
                          EXISTS (SELECT 1 FROM alias WHERE alias.op = op.id)
                   FROM op ORDER BY id";
        let mut statement = conn.prepare(sql)?;
        let found = statement.query_map([], |row| {
            Ok(KeptOp {
                mark: row.get(0)?,
                id: row.get(1)?,
                last: row.get(2)?,
                seq: row.get(3)?,
                at_ms: row.get(4)?,
                chain: row.get(5)?,
                alias: row.get(6)?,
            })
        })?;
        found.collect::<Result<Vec<_>, rusqlite::Error>>()
    };
    read().map_err(told)
}

/// What was ordered after a seq: request mark, number, and whether it stands for an op that had come before.
pub(super) fn ordered_after(
    conn: &Connection,
    seq: i64,
) -> Result<Vec<(Vec<u8>, i64, bool)>, Wrong> {
    let read = || {
        let sql = "SELECT request, id, EXISTS (SELECT 1 FROM alias WHERE alias.op = op.id)
                   FROM op WHERE seq > ?1 ORDER BY seq";
        let mut statement = conn.prepare_cached(sql)?;
        let found = statement.query_map([seq], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?;
        found.collect::<Result<Vec<_>, rusqlite::Error>>()
    };
    read().map_err(told)
}

/// The device numbers that the server knows, and where those came from that are not a device's first.
pub(super) fn devices(conn: &Connection) -> Result<(BTreeSet<i64>, Vec<Moved>), Wrong> {
    let read = || {
        let mut statement = conn.prepare("SELECT no FROM device")?;
        let known = statement.query_map([], |row| row.get(0))?;
        let known = known.collect::<Result<_, rusqlite::Error>>()?;
        let mut statement = conn.prepare("SELECT old, fork, last, no FROM incarnation")?;
        let branches = statement.query_map([], |row| {
            Ok(Moved {
                old: row.get(0)?,
                fork: row.get(1)?,
                last: row.get(2)?,
                new: row.get(3)?,
            })
        })?;
        Ok((known, branches.collect::<Result<_, rusqlite::Error>>()?))
    };
    read().map_err(told)
}

/// Who is erased at the server, the seq of the row that says so, and the entry that it is by.
pub(super) fn erasures(conn: &Connection) -> Result<BTreeMap<i64, (i64, i64)>, Wrong> {
    let mut rows = BTreeMap::new();
    let sql = "SELECT kind, id, seq, record FROM row WHERE kind = 13";
    rows_of(conn, sql, &mut rows).map_err(told)?;
    let of = |(key, bytes): (Key, Bytes)| match read(key, &bytes)? {
        Row::Erasure(of) => Some((of.customer.get(), (bytes.0, of.by.get()))),
        _ => None,
    };
    Ok(rows.into_iter().filter_map(of).collect())
}

/// What the server keeps for receipts after a moment.
pub(super) fn reserved(conn: &Connection, now_ms: i64) -> Result<Reserved, Wrong> {
    let read = || {
        let sql = "SELECT device, request, subject, amount, until_ms
                   FROM reservation WHERE until_ms > ?1 AND kind = 1";
        let mut statement = conn.prepare(sql)?;
        let found = statement.query_map([now_ms], |row| {
            let key = (row.get(0)?, row.get(1)?);
            Ok((key, (row.get(2)?, row.get(3)?, row.get(4)?)))
        })?;
        found.collect::<Result<_, rusqlite::Error>>()
    };
    read().map_err(told)
}

/// The ops that wait for the owner's decision, and what they say.
pub(super) fn quarantined(conn: &Connection) -> Result<Vec<(i64, Vec<u8>)>, Wrong> {
    let read = || {
        let mut statement = conn.prepare("SELECT id, facts FROM quarantine ORDER BY id")?;
        let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        found.collect::<Result<_, rusqlite::Error>>()
    };
    read().map_err(told)
}

/// The seq of a device's last row: what became of it last.
pub(super) fn device_seq(conn: &Connection, number: i64) -> Result<i64, Wrong> {
    let sql = "SELECT seq FROM row WHERE kind = 4 AND id = ?1";
    conn.query_row(sql, [number], |row| row.get(0))
        .map_err(told)
}

/// An op as its phone keeps it.
pub(super) struct OwnOp {
    pub(super) id: i64,
    pub(super) chain: Vec<u8>,
    pub(super) request: Vec<u8>,
}

/// A phone's own ops in order.
pub(super) fn own_ops(phone: &Phone) -> Result<Vec<OwnOp>, Wrong> {
    let conn = phone.raw()?;
    let read = || {
        let mut statement = conn.prepare("SELECT op, chain, facts FROM own_op ORDER BY op")?;
        let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        found.collect::<Result<Vec<(i64, Vec<u8>, Vec<u8>)>, rusqlite::Error>>()
    };
    let with_request = |(id, chain, facts): (i64, Vec<u8>, Vec<u8>)| {
        let op = OpId::new(id).map_err(|e| e.to_string())?;
        let op = kartka_protocol::op::decode(op, &facts, None).map_err(|e| e.to_string())?;
        Ok(OwnOp {
            id,
            chain,
            request: op.request.0.to_vec(),
        })
    };
    read()
        .map_err(told)?
        .into_iter()
        .map(with_request)
        .collect()
}

/// A phone's own ops with the chain's value after each.
pub(super) fn own_chain(phone: &Phone) -> Result<BTreeMap<i64, Vec<u8>>, Wrong> {
    let conn = phone.raw()?;
    let read = || {
        let mut statement = conn.prepare("SELECT op, chain FROM own_op")?;
        let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        found.collect::<Result<_, rusqlite::Error>>()
    };
    read().map_err(told)
}

impl Server {
    /// A connection of the checker's own.
    pub(super) fn ledger(&self) -> Result<Look, Wrong> {
        Ok(self.raw()?)
    }
}

impl Street {
    /// What was written in the ledger stays as it was written (safety 3), and no op is dated after its receipt
    /// (safety 8).
    pub(super) fn look_at_the_ledger(&mut self) -> Result<(), Wrong> {
        let conn = self.server.ledger()?;
        let facts = on_server(&conn, |scope| scope > 2)?;
        for (key, (_, (_, bytes))) in facts {
            match self.seen.facts.get(&key) {
                None => {
                    self.seen.facts.insert(key, bytes);
                }
                Some(before) if *before == bytes => {}
                Some(_) => {
                    let what = format!("the row {key:?} of the ledger changed");
                    return Err(Wrong::of(Law::S3, what));
                }
            }
        }
        self.is_not_dated_ahead(&conn)
    }

    /// No op that came since the last look is dated after now.
    pub(super) fn is_not_dated_ahead(&mut self, conn: &Connection) -> Result<(), Wrong> {
        let newest: Option<(i64, i64)> = conn
            .query_row(
                "SELECT at, id FROM op WHERE seq > ?1 ORDER BY at DESC LIMIT 1",
                [self.seen.seq],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .map(Some)
            .or_else(|error| match error {
                rusqlite::Error::QueryReturnedNoRows => Ok(None),
                error => Err(error),
            })
            .map_err(told)?;
        self.seen.seq = self.server_seq;
        let now = self.world.time.now();
        match newest {
            Some((at_ms, id)) if at_ms > now + 2 * super::time::MINUTE => {
                let ahead = (at_ms - now) / super::time::MINUTE;
                let what = format!("op {id} is dated {ahead} min after its receipt");
                Err(Wrong::of(Law::S8, what))
            }
            _ => Ok(()),
        }
    }
}
