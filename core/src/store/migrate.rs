//! Brings a file to the newest schema, one numbered step and one transaction at a time.
//!
//! The file's `user_version` is the number of the last step it has seen. A file with a higher number than this
//! program knows is refused and left as it is. A step is never edited after its release; a change is a new step.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::StoreError;

/// The steps of a shop's file in their order; step `n` brings a file from version `n - 1` to version `n`.
pub(in crate::store) const SHOP: &[&str] = &[
    include_str!("migrations/0001_meta.sql"),
    include_str!("migrations/0002_shop.sql"),
    include_str!("migrations/0003_incarnation.sql"),
    include_str!("migrations/0004_staff.sql"),
    include_str!("migrations/0005_drafts.sql"),
    include_str!("migrations/0006_erasure.sql"),
    include_str!("migrations/0007_draft_texts.sql"),
    include_str!("migrations/0008_vouchers.sql"),
    include_str!("migrations/0009_fiscal.sql"),
    include_str!("migrations/0010_referrals.sql"),
    include_str!("migrations/0011_requests.sql"),
    include_str!("migrations/0012_entries.sql"),
    include_str!("migrations/0013_line.sql"),
];

/// Refuses a file that a newer program wrote, without touching it.
pub(in crate::store) fn refuse_newer(conn: &Connection, steps: &[&str]) -> Result<(), StoreError> {
    pending(version(conn)?, steps).map(|_| ())
}

/// Runs the steps that the file has not seen.
///
/// # Errors
/// [`StoreError::TooNew`] if the file has seen steps this program does not know; else what the disk reports, with
/// the failed step undone and the steps before it done.
pub(in crate::store) fn migrate(conn: &Connection, steps: &[&str]) -> Result<(), StoreError> {
    for (number, step) in pending(version(conn)?, steps)? {
        let tx = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
        tx.execute_batch(step)?;
        tx.pragma_update(None, "user_version", number)?;
        tx.commit()?;
    }
    Ok(())
}

fn version(conn: &Connection) -> Result<u32, StoreError> {
    Ok(conn.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// The steps after `found`, each with the version it leads to.
fn pending<'a>(
    found: u32,
    steps: &'a [&'a str],
) -> Result<impl Iterator<Item = (u32, &'a str)>, StoreError> {
    let known = u32::try_from(steps.len()).expect("steps are counted by hand");
    if found > known {
        return Err(StoreError::TooNew { found, known });
    }
    Ok((1..)
        .zip(steps.iter().copied())
        .filter(move |(number, _)| *number > found))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const FIRST: &str = "CREATE TABLE a (x INTEGER) STRICT; INSERT INTO a VALUES (1);";
    const SECOND: &str = "ALTER TABLE a ADD COLUMN y INTEGER NOT NULL DEFAULT 7;";
    const BROKEN: &str = "CREATE TABLE b (x INTEGER) STRICT; INSERT INTO nowhere VALUES (1);";

    fn sum(conn: &Connection, sql: &str) -> i64 {
        conn.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn an_older_file_sees_only_the_steps_it_lacks() {
        let conn = Connection::open_in_memory().unwrap();
        migrate(&conn, &[FIRST]).unwrap();
        migrate(&conn, &[FIRST, SECOND]).unwrap();
        migrate(&conn, &[FIRST, SECOND]).unwrap();
        assert_eq!(version(&conn).unwrap(), 2);
        assert_eq!(sum(&conn, "SELECT sum(x + y) FROM a"), 8);
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_at_the_step_before() {
        let conn = Connection::open_in_memory().unwrap();
        assert!(migrate(&conn, &[FIRST, BROKEN]).is_err());
        assert_eq!(version(&conn).unwrap(), 1);
        assert_eq!(
            sum(&conn, "SELECT count(*) FROM sqlite_schema WHERE name = 'b'"),
            0
        );
        migrate(&conn, &[FIRST, SECOND]).unwrap();
        assert_eq!(version(&conn).unwrap(), 2);
    }

    #[test]
    fn a_newer_file_is_refused() {
        let conn = Connection::open_in_memory().unwrap();
        migrate(&conn, &[FIRST, SECOND]).unwrap();
        let refused = migrate(&conn, &[FIRST]);
        assert!(
            matches!(refused, Err(StoreError::TooNew { found: 2, known: 1 })),
            "{refused:?}"
        );
    }
}
