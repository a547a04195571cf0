//! What is found by the papers that customers bring, receipts (X1) and fiscal ones (X8), and what was counted without any
//! (X7).

use kartka_domain::ids::{InstrumentId, PurchaseId};
use kartka_domain::money::Points;
use kartka_domain::programme::{Assortment, Programme, Terms};
use kartka_domain::purchase::{Fiscal, Purchase};
use kartka_domain::row::{CampaignSpent, NotedVisits, Row, RowKind, Unlinked};
use kartka_protocol::row::decode;
use rusqlite::params;

use super::{Reader, StoreError, Tx};

impl Reader<'_> {
    /// Goods and groups of all purchases that are here: for what is rare, it reads every one of them.
    pub(crate) fn assortment(&self) -> Result<Assortment, StoreError> {
        let mut statement = self
            .conn()
            .prepare_cached("SELECT id, record FROM purchase")?;
        let mut rows = statement.query([])?;
        let mut sold = Assortment::default();
        while let Some(row) = rows.next()? {
            let record = row
                .get_ref(1)?
                .as_blob()
                .map_err(|_| StoreError::Malformed("record"))?;
            // One that only a newer version can read names nothing here.
            if let Ok(Row::Purchase(purchase)) =
                decode(RowKind::Purchase as u8, row.get(0)?, record)
            {
                sold.note(&purchase.lines);
            }
        }
        Ok(sold)
    }

    /// The visits that outlets counted, of all days.
    pub(crate) fn noted_visits(&self) -> Result<Vec<NotedVisits>, StoreError> {
        let rows = self.rules_of(RowKind::NotedVisits)?;
        let noted = |(_, row)| match row {
            Row::NotedVisits(noted) => Some(noted),
            _ => None,
        };
        Ok(rows.into_iter().filter_map(noted).collect())
    }

    /// All returns whose purchase their author did not hold, by id (X1).
    pub(crate) fn unlinked_returns(&self) -> Result<Vec<Unlinked>, StoreError> {
        let rows = self.rules_of(RowKind::Unlinked)?;
        let unlinked = |(_, row)| match row {
            Row::Unlinked(unlinked) => Some(unlinked),
            _ => None,
        };
        Ok(rows.into_iter().filter_map(unlinked).collect())
    }

    /// How often a coupon with a total limit was used, own pending receipts included (G2).
    pub(crate) fn coupon_uses(&self, instrument: InstrumentId) -> Result<i64, StoreError> {
        let row = self.row(RowKind::CouponUses, i64::from(instrument.0))?;
        Ok(match row {
            Some(Row::CouponUses(uses)) => uses.count,
            _ => 0,
        })
    }

    /// How much of a campaign's budget is spent, own pending receipts included (E3).
    pub(crate) fn campaign_spent(&self, instrument: InstrumentId) -> Result<Points, StoreError> {
        let row = self.row(RowKind::CampaignSpent, i64::from(instrument.0))?;
        Ok(match row {
            Some(Row::CampaignSpent(spent)) => spent.points,
            _ => Points::ZERO,
        })
    }

    /// How much of the budget of each campaign of a programme is spent.
    pub(crate) fn budgets(&self, programme: &Programme) -> Result<Vec<CampaignSpent>, StoreError> {
        let all = programme.instruments().iter();
        let all = all.filter(|of| matches!(of.terms, Terms::Campaign(_)));
        all.map(|of| {
            Ok(CampaignSpent {
                instrument: of.id,
                points: self.campaign_spent(of.id)?,
            })
        })
        .collect()
    }

    /// The purchases with a fiscal receipt, by id.
    pub(crate) fn purchases_by_fiscal(
        &self,
        fiscal: &Fiscal,
    ) -> Result<Vec<PurchaseId>, StoreError> {
        let sql =
            "SELECT purchase FROM fiscal WHERE register = ?1 AND number = ?2 ORDER BY purchase";
        let mut statement = self.conn().prepare_cached(sql)?;
        let key = [fiscal.register.as_str(), fiscal.number.as_str()];
        let ids = statement.query_map(key, |row| row.get::<_, i64>(0))?;
        ids.map(|id| PurchaseId::new(id?).map_err(|_| StoreError::Malformed("fiscal.purchase")))
            .collect()
    }
}

impl Tx<'_> {
    /// Notes a purchase's fiscal receipt, if it has one.
    pub(super) fn note_fiscal(&self, purchase: &Purchase) -> Result<(), StoreError> {
        let Some(fiscal) = &purchase.fiscal else {
            return Ok(());
        };
        let (register, number) = (fiscal.register.as_str(), fiscal.number.as_str());
        self.execute(
            "INSERT OR REPLACE INTO fiscal VALUES (?1, ?2, ?3)",
            params![purchase.id.get(), register, number],
        )
    }

    /// Forgets the fiscal receipt of a purchase that is no longer here.
    pub(super) fn forget_fiscal(&self, purchase: i64) -> Result<(), StoreError> {
        self.execute("DELETE FROM fiscal WHERE purchase = ?1", [purchase])
    }
}
