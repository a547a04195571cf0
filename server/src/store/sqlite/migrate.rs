//! Brings a business's file to the newest schema, one numbered step and one transaction at a time.
//!
//! The file's `user_version` is the number of the last step it has seen; a higher one than this program
//! knows is refused and left as it is. A step is never edited after its release.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::holders;
use crate::store::StoreError;

/// The steps in their order; step `n` brings a file from version `n - 1` to version `n`.
const STEPS: &[&str] = &[
    include_str!("migrations/0001_business.sql"),
    include_str!("migrations/0002_incarnation.sql"),
    include_str!("migrations/0003_people.sql"),
    include_str!("migrations/0004_erasure.sql"),
    include_str!("migrations/0005_vouchers.sql"),
    include_str!("migrations/0006_fiscal.sql"),
    include_str!("migrations/0007_reservations.sql"),
    include_str!("migrations/0008_unlinked.sql"),
    include_str!("migrations/0009_referrals.sql"),
    include_str!("migrations/0010_holders.sql"),
    include_str!("migrations/0011_token_outlet.sql"),
];

/// The step that adds a table which an older file fills from its rows.
const HOLDERS: u32 = 10;

/// Runs the steps that the file has not seen.
///
/// # Errors
/// [`StoreError::TooNew`], or what the disk reports with the failed step undone.
pub(super) fn migrate(conn: &Connection) -> Result<(), StoreError> {
    for (number, step) in pending(version(conn)?, STEPS)? {
        let tx = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
        tx.execute_batch(step)?;
        if number == HOLDERS {
            holders::fill(&tx)?;
        }
        tx.pragma_update(None, "user_version", number)?;
        tx.commit()?;
    }
    Ok(())
}

/// Refuses a file that a newer program wrote, without touching it.
///
/// # Errors
/// [`StoreError::TooNew`], or [`StoreError::WrongKey`] when the file can't be read.
pub(super) fn refuse_newer(conn: &Connection) -> Result<(), StoreError> {
    pending(version(conn)?, STEPS).map(|_| ())
}

fn version(conn: &Connection) -> Result<u32, StoreError> {
    Ok(conn.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

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
