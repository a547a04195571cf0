//! Goods that come back with a receipt which this device does not hold (X1): money goes back at once, points are taken by
//! today's programme and shown as "to be settled" until the authority knows the purchase, or the owner decides.

use kartka_domain::authority::Book as _;
use kartka_domain::codes::Code;
use kartka_domain::ids::{CustomerId, OutletId, PurchaseId, ReturnId};
use kartka_domain::moment::Date;
use kartka_domain::money::Money;
use kartka_domain::op::{Claim, Fact, ReturnUnlinked, Settlement};
use kartka_domain::purchase::ReceiptNumber;
use kartka_domain::refund::unlinked::claims;
use kartka_domain::rights::Permission;
use kartka_domain::row::{Unlinked, UnlinkedState};

use crate::error::{CoreError, Field};
use crate::shop::{Setting, Shop, setting};
use crate::store::{Reader, RequestId};

/// What is read off a receipt that came back with goods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptBack {
    /// Its number, as printed.
    pub receipt: String,
    /// Where it was bought; none for this outlet.
    pub outlet: Option<OutletId>,
    /// Its date.
    pub date: Date,
    /// Money that goes back, in minor units.
    pub amount: Money,
    /// Whose points are taken back, if a card is at hand.
    pub customer: Option<CustomerId>,
}

impl Shop {
    /// The purchases with a receipt number that this device holds: their goods come back by an ordinary return.
    ///
    /// # Errors
    /// [`CoreError::Validation`] for a number that none can be; [`CoreError::NotPaired`]; [`CoreError::Store`].
    pub fn receipts(&self, receipt: &str, date: Date) -> Result<Vec<PurchaseId>, CoreError> {
        let receipt = number(receipt)?;
        self.store.read(|r| Ok(r.sold(date, &receipt)?))
    }

    /// What the return of a receipt that is not here would take back meanwhile.
    ///
    /// # Errors
    /// As [`return_unlinked`](Self::return_unlinked).
    pub fn unlinked_quote(&self, ask: &ReceiptBack) -> Result<Vec<Claim>, CoreError> {
        self.store.read(|r| {
            let setting = setting(r)?;
            let (_, claims) = evaluate(r, &setting, ask)?;
            Ok(claims)
        })
    }

    /// Gives money back for goods whose purchase is not here; its points are settled by the authority.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] with [`Code::ReceiptIsHere`] or the missing right; [`CoreError::Validation`] for a
    /// receipt number or an amount that none can be; [`CoreError::NotFound`] for a customer who is not here;
    /// [`CoreError::Store`].
    pub fn return_unlinked(
        &self,
        request: RequestId,
        ask: &ReceiptBack,
    ) -> Result<ReturnId, CoreError> {
        let op = self.once(request, |tx, setting, _| {
            let (back, claims) = evaluate(tx, setting, ask)?;
            let first = std::iter::once(Fact::ReturnUnlinked(back));
            let facts = first.chain(claims.into_iter().map(Fact::Claim));
            Ok(facts.collect::<Vec<_>>().into())
        })?;
        Ok(ReturnId(op.0))
    }

    /// The returns whose purchase was not at hand, those that are still to be settled first, then the newest.
    ///
    /// # Errors
    /// [`CoreError::RuleRejected`] with the missing right; [`CoreError::NotPaired`]; [`CoreError::Store`].
    pub fn unlinked_returns(&self) -> Result<Vec<Unlinked>, CoreError> {
        self.store.read(|r| {
            setting(r)?.needs(Permission::Sell)?;
            let mut all = r.unlinked_returns()?;
            all.sort_by_key(|row| {
                let settled = row.state != UnlinkedState::Waits;
                (settled, std::cmp::Reverse((row.at.date, row.id)))
            });
            Ok(all)
        })
    }

    /// Decides what becomes of such a return that waits; one that was settled meanwhile stays as it is.
    ///
    /// # Errors
    /// [`CoreError::NotFound`] for a return that is not here; [`CoreError::RuleRejected`] with the missing right;
    /// [`CoreError::Store`].
    pub fn settle_return(
        &self,
        request: RequestId,
        of: ReturnId,
        how: Settlement,
    ) -> Result<(), CoreError> {
        self.once(request, |tx, setting, _| {
            setting.needs(Permission::Inbox)?;
            if tx.unlinked(of)?.is_none() {
                return Err(CoreError::NotFound);
            }
            Ok(vec![Fact::SettleReturn { of, how }].into())
        })?;
        Ok(())
    }
}

fn evaluate(
    reader: &Reader<'_>,
    setting: &Setting,
    ask: &ReceiptBack,
) -> Result<(ReturnUnlinked, Vec<Claim>), CoreError> {
    setting.needs(Permission::Return)?;
    let back = ReturnUnlinked {
        receipt: number(&ask.receipt)?,
        outlet: ask.outlet.unwrap_or(setting.outlet.id),
        date: ask.date,
        amount: ask.amount,
        customer: ask.customer,
    };
    if !back.is_sound() {
        let field = Field::Amount;
        return Err(CoreError::Validation { field });
    }
    if let Some(customer) = back.customer
        && reader.living(customer)?.is_none()
    {
        return Err(CoreError::NotFound);
    }
    for id in reader.sold(back.date, &back.receipt)? {
        let held = reader.purchase(id)?;
        if held.is_some_and(|purchase| purchase.outlet == back.outlet) {
            return Err(Code::ReceiptIsHere.into());
        }
    }
    let claims = claims(&setting.programme, &back)?;
    Ok((back, claims))
}

fn number(text: &str) -> Result<ReceiptNumber, CoreError> {
    let field = Field::ReceiptNumber;
    ReceiptNumber::new(text).map_err(|_| CoreError::Validation { field })
}
