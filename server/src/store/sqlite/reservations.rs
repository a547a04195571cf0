//! What is kept for receipts that are not sold yet: a row for each thing, gone with the sale, the till's word or its time.

use kartka_domain::ids::{DeviceNo, RequestMark};
use kartka_domain::reservation::{Asset, Item, Kept, Receipt};

use super::View;
use crate::store::StoreError;

/// Kind, subject and instrument of an asset as they lie in the table.
fn columns(asset: Asset) -> (i64, i64, i64) {
    match asset {
        Asset::Points {
            customer,
            instrument,
        } => (1, customer.get(), i64::from(instrument.0)),
        Asset::Voucher(voucher) => (2, voucher.get(), 0),
        Asset::Coupon(coupon) => (3, 0, i64::from(coupon.0)),
    }
}

impl View<'_> {
    pub(super) fn find_reserved(&self, asset: Asset, now_ms: i64) -> Result<Vec<Kept>, StoreError> {
        let (kind, subject, instrument) = columns(asset);
        let mut statement = self.conn.prepare_cached(
            "SELECT device, request, amount FROM reservation
             WHERE kind = ?1 AND subject = ?2 AND instrument = ?3 AND until_ms > ?4
             ORDER BY device, request",
        )?;
        let rows = statement.query_map((kind, subject, instrument, now_ms), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
        let kept = |row: Result<(u32, [u8; 8], i64), rusqlite::Error>| {
            let (device, request, amount) = row?;
            let device = DeviceNo::new(device);
            Ok(Kept {
                receipt: Receipt {
                    device: device.map_err(|_| StoreError::Malformed("reservation.device"))?,
                    request: RequestMark(request),
                },
                amount,
            })
        };
        rows.map(kept).collect()
    }

    pub(super) fn count_reserving(
        &self,
        device: DeviceNo,
        now_ms: i64,
    ) -> Result<usize, StoreError> {
        let found: i64 = self
            .conn
            .prepare_cached(
                "SELECT count(DISTINCT request) FROM reservation
                 WHERE device = ?1 AND until_ms > ?2",
            )?
            .query_row((device.get(), now_ms), |row| row.get(0))?;
        Ok(usize::try_from(found).unwrap_or(usize::MAX))
    }

    pub(super) fn add_reserved(
        &self,
        receipt: Receipt,
        items: &[Item],
        until_ms: i64,
    ) -> Result<(), StoreError> {
        let mut statement = self.conn.prepare_cached(
            "INSERT INTO reservation (device, request, place, kind, subject, instrument, amount, until_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?;
        for (item, place) in items.iter().zip(0_i64..) {
            let (kind, subject, instrument) = columns(item.asset);
            let Receipt { device, request } = receipt;
            let amount = item.amount;
            statement.execute((
                device.get(),
                request.0,
                place,
                kind,
                subject,
                instrument,
                amount,
                until_ms,
            ))?;
        }
        Ok(())
    }

    pub(super) fn remove_reserved(&self, receipt: Receipt) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM reservation WHERE device = ?1 AND request = ?2")?
            .execute((receipt.device.get(), receipt.request.0))?;
        Ok(())
    }

    pub(super) fn remove_late_reserved(&self, now_ms: i64) -> Result<(), StoreError> {
        self.conn
            .prepare_cached("DELETE FROM reservation WHERE until_ms <= ?1")?
            .execute([now_ms])?;
        Ok(())
    }
}
