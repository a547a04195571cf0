//! How it is found who brought whom (G3), and what a friend bought.

use kartka_domain::authority::referral::BOUGHT_MAX;
use kartka_domain::brought::Brought;
use kartka_domain::ids::{CustomerId, PurchaseId};
use kartka_domain::moment::{Date, day_number};
use kartka_domain::row::RowKind;
use kartka_protocol::rows::WireRow;

use super::View;
use crate::store::StoreError;

impl View<'_> {
    pub(super) fn is_any_brought(&self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM brought)";
        let mut statement = self.conn.prepare_cached(sql)?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    pub(super) fn find_brought_of(&self, friend: CustomerId) -> Result<Vec<WireRow>, StoreError> {
        self.rows(
            "SELECT row.kind, row.id, row.seq, row.record FROM brought
             JOIN row ON row.kind = ?2 AND row.id = brought.id
             WHERE brought.friend = ?1 ORDER BY row.id",
            (friend.get(), RowKind::Brought as u8),
        )
    }

    pub(super) fn find_brought_by(&self, referrer: CustomerId) -> Result<Vec<WireRow>, StoreError> {
        self.rows(
            "SELECT row.kind, row.id, row.seq, row.record FROM brought
             JOIN row ON row.kind = ?2 AND row.id = brought.id
             WHERE brought.referrer = ?1 ORDER BY row.id",
            (referrer.get(), RowKind::Brought as u8),
        )
    }

    pub(super) fn find_bought(
        &self,
        customer: CustomerId,
        from: Date,
        to: Option<Date>,
    ) -> Result<Vec<PurchaseId>, StoreError> {
        let most = i64::try_from(BOUGHT_MAX).unwrap_or(i64::MAX);
        let last = to.map_or(i64::MAX, day_number);
        let mut statement = self.conn.prepare_cached(
            "SELECT id FROM purchase_of WHERE customer = ?1 AND day BETWEEN ?2 AND ?3
             ORDER BY day, id LIMIT ?4",
        )?;
        let key = (customer.get(), day_number(from), last, most);
        let ids = statement.query_map(key, |row| row.get(0))?;
        ids.map(|id| PurchaseId::new(id?).map_err(|_| StoreError::Malformed("purchase_of.id")))
            .collect()
    }

    pub(super) fn index_brought(&self, brought: &Brought) -> Result<(), StoreError> {
        let (friend, referrer) = (brought.friend.get(), brought.referrer.get());
        self.conn
            .prepare_cached(
                "INSERT INTO brought (id, friend, referrer) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
            )?
            .execute((brought.id.get(), friend, referrer))?;
        Ok(())
    }
}
