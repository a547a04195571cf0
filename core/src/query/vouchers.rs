//! Vouchers as a till shows them: one of them, and those that a sale was about.

use kartka_domain::ids::{PurchaseId, VoucherId};

use crate::error::CoreError;
use crate::shop::Shop;
use crate::usecase::vouchers::VoucherView;

impl Shop {
    /// One voucher, for those that have no number.
    ///
    /// # Errors
    /// [`CoreError::NotFound`]; [`CoreError::Store`].
    pub fn voucher(&self, id: VoucherId) -> Result<VoucherView, CoreError> {
        self.store.read(|r| {
            let voucher = r.voucher(id)?.ok_or(CoreError::NotFound)?;
            self.view(r, voucher)
        })
    }

    /// The vouchers that a sale sold, used or gave as change, as they are now, by id.
    ///
    /// # Errors
    /// [`CoreError::NotPaired`]; [`CoreError::Store`].
    pub fn vouchers_of_sale(&self, purchase: PurchaseId) -> Result<Vec<VoucherView>, CoreError> {
        self.store.read(|r| {
            let moved = r.moves_of(purchase)?;
            let vouchers = r.vouchers_in(&moved)?;
            vouchers.into_iter().map(|one| self.view(r, one)).collect()
        })
    }
}
