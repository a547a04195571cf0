//! Control sums of a phone's store, by SQL alone: what a proof compares with sums made elsewhere.

use super::{Reader, StoreError};

/// What a phone's store adds up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreSums {
    /// Rows of every kind, own claims included.
    pub rows: u64,
    /// Size of the database in bytes, with everything that is not rows.
    pub bytes: u64,
    /// Purchases held here; a staff phone holds its own and the recent months'.
    pub purchases: u64,
    /// Σ of their totals, in minor units; refused ones count 0.
    pub total: i64,
    /// Ledger entries held here.
    pub entries: u64,
    /// Σ of their points.
    pub points: i64,
    /// Entries of ops this device has made: numbers it has used.
    pub made: u64,
}

impl Reader<'_> {
    /// Adds everything up.
    ///
    /// # Errors
    /// What the disk reports.
    pub fn sums(&self) -> Result<StoreSums, StoreError> {
        Ok(StoreSums {
            rows: self.count(
                "SELECT (SELECT count(*) FROM rule) + (SELECT count(*) FROM customer)
                      + (SELECT count(*) FROM position) + (SELECT count(*) FROM card)
                      + (SELECT count(*) FROM consent) + (SELECT count(*) FROM purchase)
                      + (SELECT count(*) FROM returned) + (SELECT count(*) FROM entry)",
            )?,
            bytes: self.count(
                "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
            )?,
            purchases: self.count("SELECT count(*) FROM purchase")?,
            total: self.sum("SELECT coalesce(sum(total), 0) FROM purchase")?,
            entries: self.count("SELECT count(*) FROM entry")?,
            points: self.sum("SELECT coalesce(sum(points), 0) FROM entry")?,
            made: self.count("SELECT coalesce(max(next_n), 1) - 1 FROM device")?,
        })
    }

    fn count(&self, sql: &str) -> Result<u64, StoreError> {
        u64::try_from(self.sum(sql)?).map_err(|_| StoreError::Malformed("a count"))
    }

    fn sum(&self, sql: &str) -> Result<i64, StoreError> {
        Ok(self.conn().query_row(sql, [], |row| row.get(0))?)
    }
}
