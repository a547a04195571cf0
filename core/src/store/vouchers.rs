//! Vouchers and their moves: found by number, by holder, by purchase.

use kartka_domain::ids::{CustomerId, PurchaseId, VoucherId};
use kartka_domain::moment::day_number;
use kartka_domain::row::{Row, RowKind};
use kartka_domain::voucher::{Moved, Voucher, VoucherNumber};
use rusqlite::{OptionalExtension as _, params};

use super::{Reader, StoreError, Tx};

fn vouchers(rows: Vec<Row>) -> Vec<Voucher> {
    let voucher = |row| match row {
        Row::Voucher(voucher) => Some(voucher),
        _ => None,
    };
    rows.into_iter().filter_map(voucher).collect()
}

fn moves(rows: Vec<Row>) -> Vec<Moved> {
    let moved = |row| match row {
        Row::Moved(moved) => Some(moved),
        _ => None,
    };
    rows.into_iter().filter_map(moved).collect()
}

impl Reader<'_> {
    /// A voucher, with this device's pending moves.
    pub(crate) fn voucher(&self, id: VoucherId) -> Result<Option<Voucher>, StoreError> {
        Ok(match self.row(RowKind::Voucher, id.get())? {
            Some(Row::Voucher(voucher)) => Some(voucher),
            _ => None,
        })
    }

    /// The voucher that bears a number: the first one, should two phones have given it.
    pub(crate) fn voucher_with(
        &self,
        number: &VoucherNumber,
    ) -> Result<Option<VoucherId>, StoreError> {
        let sql = "SELECT id FROM voucher WHERE number = ?1 ORDER BY seq IS NULL, seq, id LIMIT 1";
        let found: Option<i64> = self
            .conn()
            .prepare_cached(sql)?
            .query_row([number.key()], |row| row.get(0))
            .optional()?;
        let id = found.map(VoucherId::new).transpose();
        id.map_err(|_| StoreError::Malformed("voucher.id"))
    }

    /// The vouchers of a customer's own, by id.
    pub(crate) fn vouchers_of(&self, holder: CustomerId) -> Result<Vec<Voucher>, StoreError> {
        let sql = "SELECT id, record FROM voucher WHERE holder = ?1 ORDER BY id";
        Ok(vouchers(self.many(
            RowKind::Voucher,
            sql,
            [holder.get()],
        )?))
    }

    /// The vouchers that may be used, by id.
    pub(crate) fn issued_vouchers(&self) -> Result<Vec<Voucher>, StoreError> {
        let sql = "SELECT id, record FROM voucher WHERE state = 1 ORDER BY id";
        Ok(vouchers(self.many(RowKind::Voucher, sql, [])?))
    }

    /// All vouchers, by id.
    pub(crate) fn all_vouchers(&self) -> Result<Vec<Voucher>, StoreError> {
        let sql = "SELECT id, record FROM voucher ORDER BY id";
        Ok(vouchers(self.many(RowKind::Voucher, sql, [])?))
    }

    /// All moves of vouchers that this device holds, by id.
    pub(crate) fn all_moves(&self) -> Result<Vec<Moved>, StoreError> {
        let sql = "SELECT id, record FROM moved ORDER BY id";
        Ok(moves(self.many(RowKind::Moved, sql, [])?))
    }

    /// The moves of vouchers that belong to a purchase, by id.
    pub(crate) fn moves_of(&self, purchase: PurchaseId) -> Result<Vec<Moved>, StoreError> {
        let sql = "SELECT id, record FROM moved WHERE purchase = ?1 ORDER BY id";
        Ok(moves(self.many(RowKind::Moved, sql, [purchase.get()])?))
    }

    /// The vouchers that moves are about, by id.
    pub(crate) fn vouchers_in(&self, moved: &[Moved]) -> Result<Vec<Voucher>, StoreError> {
        let mut ids: Vec<VoucherId> = moved.iter().map(|one| one.voucher).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut found = Vec::new();
        for id in ids {
            found.extend(self.voucher(id)?);
        }
        Ok(found)
    }
}

impl Tx<'_> {
    pub(in crate::store) fn put_voucher(
        &self,
        voucher: &Voucher,
        seq: Option<i64>,
        record: &[u8],
    ) -> Result<(), StoreError> {
        self.execute(
            "INSERT OR REPLACE INTO voucher VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                voucher.id.get(),
                seq,
                voucher.number.as_ref().map(VoucherNumber::key),
                voucher.holder.map(CustomerId::get),
                voucher.state as i64,
                record
            ],
        )
    }

    pub(in crate::store) fn put_moved(
        &self,
        moved: &Moved,
        seq: Option<i64>,
        record: &[u8],
    ) -> Result<(), StoreError> {
        self.execute(
            "INSERT OR REPLACE INTO moved VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                moved.id.get(),
                seq,
                moved.purchase.map(PurchaseId::get),
                day_number(moved.date),
                record
            ],
        )
    }
}
