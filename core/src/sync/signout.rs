//! Leaving the shop with this device: nothing that only this device knows may go with it (sync §11, safety 15).

use kartka_domain::codes::Code;

use super::revoked::{Next, follow};
use crate::error::CoreError;
use crate::shop::Shop;
use crate::store::Standing;

impl Shop {
    /// Deletes everything of this shop here, the keys too; afterwards the device can be paired anew. The authority still
    /// lists it: the owner revokes it there.
    ///
    /// # Errors
    /// [`Code::SalesNotSent`] while something is neither at the server nor in a file made by
    /// [`export_outbox`](Self::export_outbox); [`Code::OnlyCopyHere`] on a phone that is its shop's only authority;
    /// [`CoreError::NotPaired`]; [`CoreError::Store`], [`CoreError::Keys`].
    pub fn sign_out(&self) -> Result<(), CoreError> {
        self.store.write(|tx| {
            let device = tx.device()?.ok_or(CoreError::NotPaired)?;
            if device.standing == Standing::Authority {
                return Err(Code::OnlyCopyHere.into());
            }
            let ops = i64::try_from(tx.unsent()?).unwrap_or(i64::MAX);
            if ops > 0 {
                return Err(Code::SalesNotSent { ops }.into());
            }
            Ok::<_, CoreError>(tx.delete_everything(&[])?)
        })?;
        follow(self, Next::DropKeys)
    }
}
