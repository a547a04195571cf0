//! PowerSync's core extension: a sale through its views, and a first sync of 100,000 rows from lines in memory.

use std::fmt::Write as _;
use std::time::Instant;

use rusqlite::{Connection, params};

use crate::load::Mix;
use crate::tables::{OPS, SALES, put, uuid};
use crate::{resident, say};

const ENGINE: &str = "PowerSync core";
const ROWS: usize = 100_000;
/// Rows of one line, as its service sends them.
const LINE: usize = 1_000;

pub(crate) fn run() {
    powersync_core::powersync_init_static();
    sales();
    disk();
    first_sync();
}

fn open(file: &std::path::Path) -> Connection {
    let conn = Connection::open(file).unwrap();
    let columns = |names: &[(&str, &str)]| -> Vec<serde_json::Value> {
        names
            .iter()
            .map(|(name, of)| serde_json::json!({"name": name, "type": of}))
            .collect()
    };
    let index = |on: &str| serde_json::json!([{"name": on, "columns": [{"name": on, "ascending": true, "type": "text"}]}]);
    let schema = serde_json::json!({"tables": [
        {"name": "customer", "columns": columns(&[("family", "text"), ("given", "text"), ("phone", "text")]), "indexes": index("phone")},
        {"name": "purchase", "columns": columns(&[("customer", "text"), ("total", "integer"), ("day", "integer"), ("at_ms", "integer")]), "indexes": index("customer")},
        {"name": "entry", "columns": columns(&[("purchase", "text"), ("customer", "text"), ("kind", "integer"), ("points", "integer")]), "indexes": index("customer")},
        {"name": "position", "columns": columns(&[("points", "integer")])},
    ]});
    conn.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        .unwrap();
    one(&conn, "SELECT powersync_init()", "");
    conn.query_row(
        "SELECT powersync_replace_schema(?1)",
        [schema.to_string()],
        |_| Ok(()),
    )
    .unwrap();
    conn
}

fn one(conn: &Connection, sql: &str, what: &str) {
    let with = if what.is_empty() { vec![] } else { vec![what] };
    conn.query_row(sql, rusqlite::params_from_iter(with), |_| Ok(()))
        .unwrap();
}

/// A sale, its entry and the new balance in one durable transaction; the extension writes its outbox.
fn sales() {
    let home = tempfile::tempdir().unwrap();
    let conn = open(&home.path().join("sales.db"));
    for customer in 0..1_000 {
        conn.execute(
            "INSERT INTO position (id, points) VALUES (?1, 0)",
            [uuid(customer)],
        )
        .unwrap();
    }
    let start = Instant::now();
    for i in 0..u64::from(SALES) {
        let tx = conn.unchecked_transaction().unwrap();
        let (purchase, customer) = (uuid(10_000 + 2 * i), uuid(i % 1_000));
        let mut insert = tx.prepare_cached("INSERT INTO purchase (id, customer, total, day, at_ms) VALUES (?1, ?2, 1234, 20000, ?3)").unwrap();
        insert
            .execute(params![
                purchase,
                customer,
                1_795_000_000_000_i64 + i as i64
            ])
            .unwrap();
        drop(insert);
        let mut insert = tx.prepare_cached("INSERT INTO entry (id, purchase, customer, kind, points) VALUES (?1, ?2, ?3, 1, 61)").unwrap();
        insert
            .execute(params![uuid(10_001 + 2 * i), purchase, customer])
            .unwrap();
        drop(insert);
        let mut update = tx
            .prepare_cached("UPDATE position SET points = points + 61 WHERE id = ?1")
            .unwrap();
        update.execute([customer]).unwrap();
        drop(update);
        tx.commit().unwrap();
    }
    say(
        "purchase transaction",
        ENGINE,
        f64::from(SALES) / start.elapsed().as_secs_f64(),
        "/s",
    );
}

/// What the mix weighs on the phone that made it and has uploaded nothing yet, and after the upload.
fn disk() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("disk.db");
    let conn = open(&file);
    let (mut mix, mut rows) = (Mix::new(), 0_u32);
    conn.execute_batch("BEGIN").unwrap();
    for _ in 0..OPS {
        for row in mix.op() {
            rows += u32::from(!matches!(row, crate::load::Row::Edit { .. }));
            put(&conn, &row);
        }
    }
    conn.execute_batch("COMMIT; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    let bytes = std::fs::metadata(&file).unwrap().len() as f64;
    say(
        "phone disk, mix, with the outbox",
        ENGINE,
        bytes / f64::from(rows),
        "B/row",
    );
}

/// 100,000 entries from JSON lines that lie in memory, to the moment when they can be read.
fn first_sync() {
    let lines = lines();
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("fresh.db");
    let conn = open(&file);
    let before = resident();
    let start = Instant::now();
    let control = |op: &str, line: Option<&str>| {
        let tx = conn.unchecked_transaction().unwrap();
        let said: String = tx
            .query_row(
                "SELECT powersync_control(?1, ?2)",
                params![op, line],
                |row| row.get(0),
            )
            .unwrap();
        tx.commit().unwrap();
        said
    };
    control("start", Some("{}"));
    let mut last = String::new();
    for line in &lines {
        last = control("line_text", Some(line));
    }
    let seconds = start.elapsed().as_secs_f64();
    let have: i64 = conn
        .query_row("SELECT count(*) FROM entry", [], |row| row.get(0))
        .unwrap();
    assert_eq!(have as usize, ROWS, "{last}");
    say(
        "first sync of 100,000 rows",
        ENGINE,
        ROWS as f64 / seconds,
        "rows/s",
    );
    say(
        "memory for 100,000 rows",
        ENGINE,
        (resident() - before) / 1e6,
        "MB",
    );
    conn.execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    let bytes = std::fs::metadata(&file).unwrap().len() as f64;
    say(
        "phone disk, received entries",
        ENGINE,
        bytes / ROWS as f64,
        "B/row",
    );
}

fn lines() -> Vec<String> {
    let mut lines = vec![format!(
        r#"{{"checkpoint":{{"last_op_id":"{ROWS}","buckets":[{{"bucket":"shop[]","checksum":0,"count":{ROWS},"priority":3}}]}}}}"#
    )];
    for chunk in 0..ROWS / LINE {
        let mut line = r#"{"data":{"bucket":"shop[]","data":["#.to_owned();
        for i in chunk * LINE + 1..=(chunk + 1) * LINE {
            let n = i as u64;
            let data = format!(
                r#"{{\"purchase\":\"{}\",\"customer\":\"{}\",\"kind\":1,\"points\":{}}}"#,
                uuid(n + 1_000_000),
                uuid(n % 5_000),
                n % 900
            );
            let comma = if i % LINE == 0 { "" } else { "," };
            write!(
                line,
                r#"{{"op_id":"{i}","op":"PUT","object_type":"entry","object_id":"{}","checksum":0,"data":"{data}"}}{comma}"#,
                uuid(n + 9_000_000)
            )
            .unwrap();
        }
        line.push_str("]}}");
        lines.push(line);
    }
    lines.push(format!(
        r#"{{"checkpoint_complete":{{"last_op_id":"{ROWS}"}}}}"#
    ));
    lines
}
