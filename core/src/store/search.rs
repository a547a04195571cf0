//! Finding customers by the end of a phone number or the start of a name.

use kartka_domain::ids::CustomerId;
use rusqlite::params;

use super::{Reader, StoreError};
use crate::fold::{name_words, reversed};

impl Reader<'_> {
    /// Customers with a phone number that ends in `digits`, at most `limit`.
    pub(crate) fn by_phone_end(
        &self,
        digits: &str,
        limit: u32,
    ) -> Result<Vec<CustomerId>, StoreError> {
        self.by_prefix("customer_phone", "tail", &reversed(digits), limit)
    }

    /// Customers that have, for every word typed, a name word that starts with it; at most `limit`.
    pub(crate) fn by_name_start(
        &self,
        text: &str,
        limit: u32,
    ) -> Result<Vec<CustomerId>, StoreError> {
        let words = name_words(text);
        let Some((longest, others)) = words.split_last() else {
            return Ok(Vec::new());
        };
        let mut found = self.by_prefix("customer_name", "word", longest, limit)?;
        let sql = "SELECT EXISTS (SELECT 1 FROM customer_name WHERE customer = ?1 AND word >= ?2 AND word < ?3)";
        let mut statement = self.conn().prepare_cached(sql)?;
        let mut failed = None;
        found.retain(|customer| {
            others.iter().all(|word| {
                let has = statement
                    .query_row(params![customer.get(), word, after(word)], |row| row.get(0));
                has.unwrap_or_else(|error| {
                    failed = Some(error);
                    false
                })
            })
        });
        failed.map_or(Ok(found), |error| Err(error.into()))
    }

    fn by_prefix(
        &self,
        table: &str,
        column: &str,
        prefix: &str,
        limit: u32,
    ) -> Result<Vec<CustomerId>, StoreError> {
        let sql = format!(
            "SELECT DISTINCT customer FROM {table} WHERE {column} >= ?1 AND {column} < ?2 ORDER BY {column}, customer LIMIT ?3"
        );
        let mut statement = self.conn().prepare_cached(&sql)?;
        let rows = statement.query_map(params![prefix, after(prefix), limit], |row| {
            row.get::<_, i64>(0)
        })?;
        rows.map(|row| CustomerId::new(row?).map_err(|_| StoreError::Malformed("customer")))
            .collect()
    }
}

/// The first text after all that start with `prefix`.
fn after(prefix: &str) -> String {
    format!("{prefix}\u{10FFFF}")
}
