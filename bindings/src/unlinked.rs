//! Goods that come back with a receipt that is not here, at the border (X1): money at once, points "to be settled".

use kartka_core::domain::ids::{OutletId, ReturnId};
use kartka_core::domain::money::Money;
use kartka_core::domain::op::Settlement as DomainSettlement;
use kartka_core::domain::row::{Unlinked, UnlinkedState as DomainState};
use kartka_core::usecase::unlinked::ReceiptBack;

use crate::border::request_id;
use crate::codes::Code;
use crate::customers::customer_id;
use crate::error::{CoreError, Failure};
use crate::reports::business_date;
use crate::till::{ClaimView, SOLD, Till, purchase_id};

/// What is read off a receipt that came back with goods.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct UnlinkedReturnRequest {
    /// Its number, as printed.
    pub receipt: String,
    /// Where it was bought; none for this outlet.
    #[uniffi(default = None)]
    pub outlet: Option<u32>,
    /// Its date, as `2026-11-22`.
    pub date: String,
    /// Money that goes back, in minor units.
    pub amount: i64,
    /// Whose points are taken back, if a card is at hand.
    #[uniffi(default = None)]
    pub customer: Option<i64>,
}

/// A return whose purchase was not at hand.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct UnlinkedReturnView {
    /// Its id.
    pub id: i64,
    /// The receipt's number.
    pub receipt: String,
    /// Where it was bought.
    pub outlet: u32,
    /// The date on the receipt.
    pub receipt_date: String,
    /// Money that went back, in minor units.
    pub amount: i64,
    /// Whose points were taken back, if anybody's.
    pub customer: Option<i64>,
    /// The day on which it came back.
    pub date: String,
    /// When, epoch ms.
    pub at_ms: i64,
    /// What became of it.
    pub state: UnlinkedState,
    /// The purchase it belongs to, once it is linked.
    pub purchase: Option<i64>,
    /// Why nothing of it counts, where it was refused.
    pub refused: Option<Code>,
}

/// What became of a return without its purchase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum UnlinkedState {
    /// To be settled: its claim counts meanwhile.
    ToBeSettled,
    /// It belongs to a purchase.
    Linked,
    /// It stands as it was recorded.
    Accepted,
    /// Nothing of it counts.
    Refused,
}

/// What a person decides about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Settlement {
    /// It belongs to this purchase.
    Link {
        /// The purchase.
        purchase: i64,
    },
    /// It stands as it was recorded.
    Accept,
    /// Nothing of it counts.
    Refuse,
}

#[uniffi::export(async_runtime = "tokio")]
impl Till {
    /// The purchases with a receipt number and a date that this phone holds: their goods come back by an ordinary
    /// return.
    ///
    /// # Errors
    /// `Validation` for a number or a date that none can be; the situation of the disk.
    pub async fn receipts(&self, receipt: String, date: String) -> Result<Vec<i64>, CoreError> {
        let found = self.border.read(move |shop| {
            let found = shop.receipts(&receipt, business_date(&date)?)?;
            Ok(found.into_iter().map(|purchase| purchase.get()).collect())
        });
        found.await
    }

    /// What such a return would take back until it is settled.
    ///
    /// # Errors
    /// As [`return_unlinked`](Self::return_unlinked).
    pub async fn unlinked_quote(
        &self,
        ask: UnlinkedReturnRequest,
    ) -> Result<Vec<ClaimView>, CoreError> {
        let claims = self.border.read(move |shop| {
            let claims = shop.unlinked_quote(&receipt_back(&ask)?)?;
            Ok(claims.iter().map(ClaimView::from).collect())
        });
        claims.await
    }

    /// Gives money back for goods whose purchase is not here. Answers with the return.
    ///
    /// # Errors
    /// `RuleRejected` when the receipt is here, or with the missing right; `Validation` for a number, a date or an
    /// amount that none can be; `NotFound` for a customer who is not here.
    pub async fn return_unlinked(
        &self,
        request: Vec<u8>,
        ask: UnlinkedReturnRequest,
    ) -> Result<i64, CoreError> {
        let back = self.border.write(SOLD, move |shop| {
            let back = shop.return_unlinked(request_id(&request)?, &receipt_back(&ask)?)?;
            Ok(back.get())
        });
        back.await
    }

    /// Returns whose purchase was not at hand, those that are still to be settled first.
    ///
    /// # Errors
    /// `RuleRejected` with the missing right; the situation of the disk.
    pub async fn unlinked_returns(&self) -> Result<Vec<UnlinkedReturnView>, CoreError> {
        let all = self.border.read(|shop| {
            let all = shop.unlinked_returns()?;
            Ok(all.into_iter().map(UnlinkedReturnView::from).collect())
        });
        all.await
    }

    /// Decides what becomes of such a return; one that was settled meanwhile stays as it is.
    ///
    /// # Errors
    /// `NotFound`; `RuleRejected` with the missing right.
    pub async fn settle_return(
        &self,
        request: Vec<u8>,
        of: i64,
        how: Settlement,
    ) -> Result<(), CoreError> {
        let settle = self.border.write(SOLD, move |shop| {
            let id = ReturnId::new(of).map_err(|_| kartka_core::error::CoreError::NotFound)?;
            let how = match how {
                Settlement::Link { purchase } => DomainSettlement::Link(purchase_id(purchase)?),
                Settlement::Accept => DomainSettlement::Accept,
                Settlement::Refuse => DomainSettlement::Refuse,
            };
            Ok(shop.settle_return(request_id(&request)?, id, how)?)
        });
        settle.await
    }
}

fn receipt_back(ask: &UnlinkedReturnRequest) -> Result<ReceiptBack, Failure> {
    Ok(ReceiptBack {
        receipt: ask.receipt.clone(),
        outlet: ask.outlet.map(OutletId),
        date: business_date(&ask.date)?,
        amount: Money(ask.amount),
        customer: ask.customer.map(customer_id).transpose()?,
    })
}

impl From<Unlinked> for UnlinkedReturnView {
    fn from(row: Unlinked) -> Self {
        let (state, purchase, refused) = match row.state {
            DomainState::Waits => (UnlinkedState::ToBeSettled, None, None),
            DomainState::Linked(purchase) => (UnlinkedState::Linked, Some(purchase.get()), None),
            DomainState::Accepted => (UnlinkedState::Accepted, None, None),
            DomainState::Refused(code) => (UnlinkedState::Refused, None, Some(code.into())),
        };
        Self {
            id: row.id.get(),
            receipt: row.back.receipt.as_str().to_owned(),
            outlet: row.back.outlet.0,
            receipt_date: row.back.date.to_string(),
            amount: row.back.amount.0,
            customer: row.back.customer.map(|customer| customer.get()),
            date: row.at.date.to_string(),
            at_ms: row.at.instant_ms,
            state,
            purchase,
            refused,
        }
    }
}
