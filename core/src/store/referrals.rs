//! Who brought whom (G3): found by the friend and by whoever brought them.

use kartka_domain::authority::referral::BOUGHT_MAX;
use kartka_domain::brought::Brought;
use kartka_domain::ids::{CustomerId, EntryId, PurchaseId};
use kartka_domain::moment::{Date, day_number};
use kartka_domain::row::{Row, RowKind};
use rusqlite::params;

use super::{Reader, StoreError, Tx};

impl Reader<'_> {
    /// Whether anybody was ever said to have brought somebody.
    pub(crate) fn any_referral(&self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM brought)";
        let mut statement = self.conn().prepare_cached(sql)?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// What was said of who brought whom.
    pub(crate) fn referral(&self, id: EntryId) -> Result<Option<Brought>, StoreError> {
        Ok(match self.row(RowKind::Brought, id.get())? {
            Some(Row::Brought(brought)) => Some(brought),
            _ => None,
        })
    }

    /// Everything that was said of who brought a customer, by id.
    pub(crate) fn referrals_of(&self, friend: CustomerId) -> Result<Vec<Brought>, StoreError> {
        let sql = "SELECT rule.id, rule.record FROM brought JOIN rule ON rule.kind = 70 AND rule.id = brought.id
                   WHERE brought.friend = ?1 ORDER BY rule.id";
        Ok(brought(self.many(RowKind::Brought, sql, [friend.get()])?))
    }

    /// Everything that was said of whom a customer brought, by id.
    pub(crate) fn referrals_by(&self, referrer: CustomerId) -> Result<Vec<Brought>, StoreError> {
        let sql = "SELECT rule.id, rule.record FROM brought JOIN rule ON rule.kind = 70 AND rule.id = brought.id
                   WHERE brought.referrer = ?1 ORDER BY rule.id";
        Ok(brought(self.many(
            RowKind::Brought,
            sql,
            [referrer.get()],
        )?))
    }

    /// The first purchases of a customer from one business date to another, by date and id.
    pub(crate) fn bought_between(
        &self,
        customer: CustomerId,
        from: Date,
        to: Option<Date>,
    ) -> Result<Vec<PurchaseId>, StoreError> {
        let sql = "SELECT id FROM purchase WHERE customer = ?1 AND day BETWEEN ?2 AND ?3
                   ORDER BY day, id LIMIT ?4";
        let most = i64::try_from(BOUGHT_MAX).unwrap_or(i64::MAX);
        let last = to.map_or(i64::MAX, day_number);
        let key = params![customer.get(), day_number(from), last, most];
        let mut statement = self.conn().prepare_cached(sql)?;
        let ids = statement.query_map(key, |row| row.get::<_, i64>(0))?;
        ids.map(|id| PurchaseId::new(id?).map_err(|_| StoreError::Malformed("purchase.id")))
            .collect()
    }
}

fn brought(rows: Vec<Row>) -> Vec<Brought> {
    let brought = |row| match row {
        Row::Brought(brought) => Some(brought),
        _ => None,
    };
    rows.into_iter().filter_map(brought).collect()
}

impl Tx<'_> {
    pub(super) fn note_brought(&self, brought: &Brought) -> Result<(), StoreError> {
        let (friend, referrer) = (brought.friend.get(), brought.referrer.get());
        self.execute(
            "INSERT OR REPLACE INTO brought VALUES (?1, ?2, ?3)",
            [brought.id.get(), friend, referrer],
        )
    }
}
