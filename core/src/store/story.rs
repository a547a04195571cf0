//! Long readings, customer by customer: the ledger in the authority's order and purchases for a replay.
//!
//! One customer's rows are in memory at a time; of the others only their ids.

use kartka_domain::ids::{CustomerId, Id, PurchaseId, Seq};
use kartka_domain::ledger::Entry;
use kartka_domain::moment::{Date, date_of};
use kartka_domain::purchase::{Purchase, Return};
use kartka_domain::row::{Merge, Row, RowKind};
use kartka_protocol::row::decode;
use rusqlite::OptionalExtension as _;

use super::{Reader, StoreError};

/// A place in the authority's order: pending rows last, in the order of their ids.
pub(crate) type Place = (bool, Option<Seq>, Id);

fn place(seq: Option<i64>, id: Id) -> Place {
    (seq.is_none(), seq.map(Seq), id)
}

impl Reader<'_> {
    /// Everybody with a purchase, in id order.
    pub(crate) fn buyers(&self) -> Result<Vec<CustomerId>, StoreError> {
        self.ids(
            "SELECT DISTINCT customer FROM purchase WHERE customer IS NOT NULL ORDER BY customer",
        )
    }

    /// Everybody with a ledger entry, in id order.
    pub(crate) fn account_holders(&self) -> Result<Vec<CustomerId>, StoreError> {
        self.ids("SELECT DISTINCT customer FROM entry ORDER BY customer")
    }

    fn ids(&self, sql: &str) -> Result<Vec<CustomerId>, StoreError> {
        let mut statement = self.conn().prepare_cached(sql)?;
        let rows = statement.query_map([], |row| row.get::<_, i64>(0))?;
        let id = |raw| CustomerId::new(raw).map_err(|_| StoreError::Malformed("a customer id"));
        rows.map(|row| id(row?)).collect()
    }

    /// The first and the last business date with a purchase.
    pub(crate) fn days_of_sales(&self) -> Result<Option<(Date, Date)>, StoreError> {
        let sql = "SELECT min(day), max(day) FROM purchase";
        let days: Option<(Option<i64>, Option<i64>)> = self
            .conn()
            .prepare_cached(sql)?
            .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (Some(first), Some(last)) = days.unwrap_or_default() else {
            return Ok(None);
        };
        let date = |day| date_of(day).ok_or(StoreError::Malformed("a day"));
        Ok(Some((date(first)?, date(last)?)))
    }

    /// A customer's purchases, oldest first.
    pub(crate) fn bought_by(&self, customer: CustomerId) -> Result<Vec<Purchase>, StoreError> {
        let sql = "SELECT id, record, seq FROM purchase WHERE customer = ?1 ORDER BY day, id";
        let mut found = Vec::new();
        self.each(RowKind::Purchase, sql, [customer.get()], |row, _| {
            if let Row::Purchase(purchase) = row {
                found.push(purchase);
            }
        })?;
        Ok(found)
    }

    /// The returns of a customer's purchases.
    pub(crate) fn returned_by(&self, customer: CustomerId) -> Result<Vec<Return>, StoreError> {
        let sql = "SELECT returned.id, returned.record, returned.seq FROM purchase
                   JOIN returned ON returned.purchase = purchase.id
                   WHERE purchase.customer = ?1 ORDER BY returned.id";
        let mut found = Vec::new();
        self.each(RowKind::Return, sql, [customer.get()], |row, _| {
            if let Row::Return(back) = row {
                found.push(back);
            }
        })?;
        Ok(found)
    }

    /// Purchases without a customer, at most `limit` with ids above `after`.
    pub(crate) fn bought_by_nobody(
        &self,
        after: Option<PurchaseId>,
        limit: u32,
    ) -> Result<Vec<Purchase>, StoreError> {
        let sql = "SELECT id, record, seq FROM purchase WHERE customer IS NULL AND id > ?1
                   ORDER BY id LIMIT ?2";
        let key = (after.map_or(0, PurchaseId::get), limit);
        let mut found = Vec::new();
        self.each(RowKind::Purchase, sql, key, |row, _| {
            if let Row::Purchase(purchase) = row {
                found.push(purchase);
            }
        })?;
        Ok(found)
    }

    /// A customer's ledger entries with their places in the authority's order.
    pub(crate) fn ledger_of(
        &self,
        customer: CustomerId,
    ) -> Result<Vec<(Place, Entry)>, StoreError> {
        let sql = "SELECT id, record, seq FROM entry WHERE customer = ?1 ORDER BY id";
        let mut found = Vec::new();
        self.each(RowKind::Entry, sql, [customer.get()], |row, seq| {
            if let Row::Entry(entry) = row {
                found.push((place(seq, entry.id.0), entry));
            }
        })?;
        Ok(found)
    }

    /// The edges at a customer with their places in the authority's order.
    pub(crate) fn merges_of(
        &self,
        customer: CustomerId,
    ) -> Result<Vec<(Place, Merge)>, StoreError> {
        let sql = "SELECT rule.id, rule.record, rule.seq FROM edge
                   JOIN rule ON rule.kind = 9 AND rule.id = edge.merge
                   WHERE edge.customer = ?1 ORDER BY rule.id";
        let mut found = Vec::new();
        self.each(RowKind::Merge, sql, [customer.get()], |row, seq| {
            if let Row::Merge(merge) = row {
                found.push((place(seq, merge.id.0), merge));
            }
        })?;
        Ok(found)
    }

    /// Reads (id, record, seq) row by row.
    fn each(
        &self,
        kind: RowKind,
        sql: &str,
        key: impl rusqlite::Params,
        mut with: impl FnMut(Row, Option<i64>),
    ) -> Result<(), StoreError> {
        let malformed = || StoreError::Malformed("record");
        let mut statement = self.conn().prepare_cached(sql)?;
        let mut rows = statement.query(key)?;
        while let Some(row) = rows.next()? {
            let record = row.get_ref(1)?.as_blob().map_err(|_| malformed())?;
            let value = decode(kind as u8, row.get(0)?, record).map_err(|_| malformed())?;
            with(value, row.get(2)?);
        }
        Ok(())
    }
}
