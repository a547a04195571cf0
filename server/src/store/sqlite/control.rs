//! The control sums by SQL.

use rusqlite::Row;

use super::View;
use crate::store::{Balance, Control, LedgerLine, StoreError};

impl View<'_> {
    pub(super) fn control_sums(&self) -> Result<Control, StoreError> {
        Ok(Control {
            ledger: self.ledger()?,
            balances: self.balances()?,
            rows: self.number("SELECT count(*) FROM row")?,
            bytes: self.number(
                "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
            )?,
        })
    }

    fn ledger(&self) -> Result<Vec<LedgerLine>, StoreError> {
        let mut statement = self
            .conn
            .prepare("SELECT customer, instrument, kind, points, stamps FROM ledger")?;
        let rows = statement.query_map([], |row| {
            Ok(LedgerLine {
                customer: row.get(0)?,
                instrument: row.get(1)?,
                kind: row.get(2)?,
                points: row.get(3)?,
                stamps: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn balances(&self) -> Result<Vec<Balance>, StoreError> {
        let mut statement = self.conn.prepare(
            "SELECT customer, instrument, sum(points), sum(stamps) FROM ledger
             GROUP BY customer, instrument",
        )?;
        let rows = statement.query_map([], |row| {
            Ok(Balance {
                customer: row.get(0)?,
                instrument: row.get(1)?,
                points: row.get(2)?,
                stamps: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn number(&self, sql: &str) -> Result<u64, StoreError> {
        let number: i64 = self.conn.query_row(sql, [], |row: &Row<'_>| row.get(0))?;
        u64::try_from(number).map_err(|_| StoreError::Malformed("a count"))
    }
}
