//! Plain SQLite, the floor: one insert of a sale's row, and the mix in tables keyed by UUID with the usual indexes.

use std::time::Instant;

use rusqlite::{Connection, params};

use crate::load::{Mix, Row};
use crate::say;

/// Sales that are timed.
pub(crate) const SALES: u32 = 5_000;
/// Ops of the mix that are weighed.
pub(crate) const OPS: u32 = 50_000;

pub(crate) fn run() {
    let home = tempfile::tempdir().unwrap();
    let conn = Connection::open(home.path().join("plain.db")).unwrap();
    conn.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE sale (id INTEGER PRIMARY KEY, customer INTEGER, day INTEGER, total INTEGER, record BLOB)",
    )
    .unwrap();
    let start = Instant::now();
    for i in 0..SALES {
        let mut insert = conn
            .prepare_cached("INSERT INTO sale VALUES (?1, ?2, ?3, ?4, ?5)")
            .unwrap();
        insert
            .execute(params![i, i % 1_000, 20_000, 1_234, [7_u8; 60]])
            .unwrap();
    }
    let rate = f64::from(SALES) / start.elapsed().as_secs_f64();
    say("purchase transaction", "plain SQLite insert", rate, "/s");
    uuid_disk(home.path());
}

/// A UUID-shaped text of a number.
pub(crate) fn uuid(n: u64) -> String {
    let hash = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (n << 17);
    let other = hash.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    format!(
        "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        hash >> 32,
        (hash >> 16) & 0xffff,
        hash & 0xfff,
        other >> 52,
        other & 0xffff_ffff_ffff
    )
}

fn uuid_disk(home: &std::path::Path) {
    let file = home.join("uuid.db");
    let conn = Connection::open(&file).unwrap();
    conn.execute_batch(
        "CREATE TABLE customer (id TEXT PRIMARY KEY, family TEXT, given TEXT, phone TEXT) WITHOUT ROWID;
         CREATE INDEX customer_phone ON customer (phone);
         CREATE TABLE purchase (id TEXT PRIMARY KEY, customer TEXT, total INTEGER, day INTEGER, at_ms INTEGER) WITHOUT ROWID;
         CREATE INDEX purchase_customer ON purchase (customer);
         CREATE TABLE entry (id TEXT PRIMARY KEY, purchase TEXT, customer TEXT, kind INTEGER, points INTEGER) WITHOUT ROWID;
         CREATE INDEX entry_customer ON entry (customer); BEGIN",
    )
    .unwrap();
    let (mut mix, mut rows) = (Mix::new(), 0_u32);
    for _ in 0..OPS {
        for row in mix.op() {
            rows += u32::from(!matches!(row, Row::Edit { .. }));
            put(&conn, &row);
        }
    }
    conn.execute_batch("COMMIT; VACUUM").unwrap();
    let bytes = std::fs::metadata(&file).unwrap().len() as f64;
    say(
        "phone disk, mix",
        "tables keyed by UUID",
        bytes / f64::from(rows),
        "B/row",
    );
}

/// Writes a row into tables (or views) of these names, keyed by UUID.
pub(crate) fn put(conn: &Connection, row: &Row) {
    let run = |sql: &str, with: &[&dyn rusqlite::ToSql]| {
        conn.prepare_cached(sql).unwrap().execute(with).unwrap();
    };
    match row {
        Row::Customer {
            id,
            family,
            given,
            phone,
        } => {
            run(
                "INSERT INTO customer (id, family, given, phone) VALUES (?1, ?2, ?3, ?4)",
                params![uuid(*id), family, given, phone],
            );
        }
        Row::Edit { customer, given } => run(
            "UPDATE customer SET given = ?2 WHERE id = ?1",
            params![uuid(*customer), given],
        ),
        Row::Purchase {
            id,
            customer,
            total,
            day,
            at_ms,
        } => run(
            "INSERT INTO purchase (id, customer, total, day, at_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![uuid(*id), uuid(*customer), total, day, at_ms],
        ),
        Row::Entry {
            id,
            purchase,
            customer,
            kind,
            points,
        } => run(
            "INSERT INTO entry (id, purchase, customer, kind, points) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![uuid(*id), uuid(*purchase), uuid(*customer), kind, points],
        ),
    }
}
