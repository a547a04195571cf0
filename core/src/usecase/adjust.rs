//! Corrections of a balance by hand (T4): who may, how much, and why.

use kartka_domain::adjust::{AdjustReason, Amount, claim};
use kartka_domain::ids::{CustomerId, EntryId, InstrumentId};
use kartka_domain::op::Fact;
use kartka_domain::rights::Action;

use crate::error::CoreError;
use crate::shop::Shop;
use crate::store::RequestId;

impl Shop {
    /// Gives or takes points or stamps, with a reason. What is taken beyond the balance becomes a debt (L10).
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] with the missing right, the limit of the role, or
    /// [`Code::NothingToAdjust`](kartka_domain::codes::Code::NothingToAdjust); [`CoreError::NotFound`] for a customer
    /// that is not here; [`CoreError::Store`].
    pub fn adjust(
        &self,
        request: RequestId,
        (customer, instrument): (CustomerId, InstrumentId),
        amount: Amount,
        reason: AdjustReason,
    ) -> Result<EntryId, CoreError> {
        let op = self.once(request, |tx, setting, at| {
            setting.may(Action::Adjust(amount))?;
            self.trusted(tx, setting)?;
            if tx.living(customer)?.is_none() {
                return Err(CoreError::NotFound);
            }
            let whose = (customer, instrument);
            let claim = claim(&setting.programme, whose, (amount, reason), at.date)?;
            Ok(vec![Fact::Claim(claim)].into())
        })?;
        Ok(EntryId(op.0))
    }
}
