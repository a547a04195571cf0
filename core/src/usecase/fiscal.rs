//! The code of a fiscal receipt at the counter: the sum comes from it and is not typed twice (T8, X8).

use kartka_domain::authority::has_earned;
use kartka_domain::codes::Code;
use kartka_domain::fiscal::{self, Slip};
use kartka_domain::rights::Permission;

use crate::error::{CoreError, Field};
use crate::shop::{Shop, setting};

impl Shop {
    /// Reads the text of a fiscal receipt's code; nothing is written.
    ///
    /// # Errors
    /// [`CoreError::Validation`] with [`Field::ReceiptNumber`] for any other text; [`CoreError::RuleRejected`] where that
    /// receipt has earned here already (X8), or with the missing right; [`CoreError::NotPaired`]; [`CoreError::Store`].
    pub fn fiscal_slip(&self, text: &str) -> Result<Slip, CoreError> {
        self.store.read(|r| {
            let setting = setting(r)?;
            setting.needs(Permission::Sell)?;
            let slip = fiscal::read(text, setting.business.currency.exponent());
            let slip = slip.ok_or(CoreError::Validation {
                field: Field::ReceiptNumber,
            })?;
            if has_earned(r, &slip.fiscal, None)? {
                return Err(Code::FiscalEarned.into());
            }
            Ok(slip)
        })
    }
}
