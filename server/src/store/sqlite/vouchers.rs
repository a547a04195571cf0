//! How vouchers and their moves are found: by number, by purchase, by their last day.

use kartka_domain::ids::VoucherId;
use kartka_domain::moment::day_number;
use kartka_domain::voucher::{Moved, Voucher, VoucherNumber, VoucherState};
use rusqlite::OptionalExtension as _;

use super::View;
use crate::store::StoreError;

impl View<'_> {
    pub(super) fn find_voucher_with(&self, number: &str) -> Result<Option<VoucherId>, StoreError> {
        let found: Option<i64> = self
            .conn
            .prepare_cached("SELECT id FROM voucher_number WHERE number = ?1")?
            .query_row([number], |row| row.get(0))
            .optional()?;
        let id = found.map(VoucherId::new).transpose();
        id.map_err(|_| StoreError::Malformed("voucher_number.id"))
    }

    pub(super) fn index_voucher(&self, voucher: &Voucher) -> Result<(), StoreError> {
        let id = voucher.id.get();
        if let Some(number) = &voucher.number {
            self.conn
                .prepare_cached(
                    "INSERT INTO voucher_number (number, id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                )?
                .execute((VoucherNumber::key(number), id))?;
        }
        match voucher.last_day {
            Some(last) if voucher.state == VoucherState::Issued => self
                .conn
                .prepare_cached(
                    "INSERT INTO voucher_due (id, day) VALUES (?1, ?2)
                     ON CONFLICT (id) DO UPDATE SET day = excluded.day",
                )?
                .execute((id, day_number(last)))?,
            _ => self
                .conn
                .prepare_cached("DELETE FROM voucher_due WHERE id = ?1")?
                .execute([id])?,
        };
        Ok(())
    }

    pub(super) fn index_moved(&self, moved: &Moved) -> Result<(), StoreError> {
        if let Some(purchase) = moved.purchase {
            self.conn
                .prepare_cached(
                    "INSERT INTO move_of (purchase, id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                )?
                .execute((purchase.get(), moved.id.get()))?;
        }
        Ok(())
    }
}
