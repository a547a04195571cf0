//! What is put right after a sale, at the border: a customer attached to it (X7), a balance corrected by hand (T4).

use kartka_core::domain::adjust::{AdjustReason as DomainReason, Amount};
use kartka_core::domain::ids::InstrumentId;
use kartka_core::domain::limits::CardRead as DomainRead;
use kartka_core::domain::money::{Points, Stamps};
use kartka_core::usecase::attach::Attaching;
use kartka_core::usecase::till::QuoteId;

use crate::border::request_id;
use crate::customers::customer_id;
use crate::error::{CoreError, Failure};
use crate::limits::CardRead;
use crate::till::{QuoteView, SOLD, Till, purchase_id};

/// Who is attached to which sale.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AttachRequest {
    /// The sale, which has no customer.
    pub purchase: i64,
    /// The customer.
    pub customer: i64,
    /// How their card was read, where the shell knows.
    #[uniffi(default = None)]
    pub read: Option<CardRead>,
}

/// Why a balance is corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum AdjustReason {
    /// A mistake at the counter is put right.
    Mistake,
    /// The customer complained.
    Complaint,
    /// Brought along from another programme.
    Moved,
    /// A gift of the house.
    Gift,
    /// Something else.
    Other,
}

#[uniffi::export(async_runtime = "tokio")]
impl Till {
    /// What the customer would earn by being attached: points and stamps, never discounts. This quote is looked at
    /// only; [`attach`](Self::attach) asks again.
    ///
    /// # Errors
    /// As [`attach`](Self::attach).
    pub async fn attach_quote(&self, ask: AttachRequest) -> Result<QuoteView, CoreError> {
        let quote = self.border.read(move |shop| {
            // It names no open quote.
            QuoteView::of(QuoteId(0), shop.attach_quote(attaching(&ask)?)?)
        });
        quote.await
    }

    /// Attaches a customer to a sale without one, once, within the owner's time (X7).
    ///
    /// # Errors
    /// `RuleRejected` when it has a customer, is undone or it is too late; `NotFound`; the situation of the disk.
    pub async fn attach(&self, request: Vec<u8>, ask: AttachRequest) -> Result<(), CoreError> {
        let attach = self.border.write(SOLD, move |shop| {
            Ok(shop.attach(request_id(&request)?, attaching(&ask)?)?)
        });
        attach.await
    }

    /// Notes how many visits were counted here today, without money; the last word of the day counts (X7).
    ///
    /// # Errors
    /// `Validation` above 100,000; `RuleRejected` with the missing right.
    pub async fn note_visits(&self, request: Vec<u8>, count: u32) -> Result<(), CoreError> {
        let note = self.border.write(SOLD, move |shop| {
            Ok(shop.note_visits(request_id(&request)?, count)?)
        });
        note.await
    }

    /// Gives points, or takes them where the number is below zero (T4). Answers with the entry.
    ///
    /// # Errors
    /// `RuleRejected` with the missing right, the limit, or when there is nothing to correct; `NotFound`.
    pub async fn adjust_points(
        &self,
        request: Vec<u8>,
        customer: i64,
        instrument: u32,
        points: i64,
        reason: AdjustReason,
    ) -> Result<i64, CoreError> {
        let amount = Amount::Points(Points(points));
        self.adjust((request, customer, instrument), (amount, reason))
            .await
    }

    /// Gives stamps, or takes them where the number is below zero (T4). Answers with the entry.
    ///
    /// # Errors
    /// As [`adjust_points`](Self::adjust_points).
    pub async fn adjust_stamps(
        &self,
        request: Vec<u8>,
        customer: i64,
        instrument: u32,
        stamps: i64,
        reason: AdjustReason,
    ) -> Result<i64, CoreError> {
        let amount = Amount::Stamps(Stamps(stamps));
        self.adjust((request, customer, instrument), (amount, reason))
            .await
    }
}

impl Till {
    async fn adjust(
        &self,
        (request, customer, instrument): (Vec<u8>, i64, u32),
        (amount, reason): (Amount, AdjustReason),
    ) -> Result<i64, CoreError> {
        let adjust = self.border.write(SOLD, move |shop| {
            let whose = (customer_id(customer)?, InstrumentId(instrument));
            let entry = shop.adjust(request_id(&request)?, whose, amount, reason.into())?;
            Ok(entry.get())
        });
        adjust.await
    }
}

fn attaching(ask: &AttachRequest) -> Result<Attaching, Failure> {
    Ok(Attaching {
        purchase: purchase_id(ask.purchase)?,
        customer: customer_id(ask.customer)?,
        read: ask.read.map(DomainRead::from),
    })
}

impl From<AdjustReason> for DomainReason {
    fn from(reason: AdjustReason) -> Self {
        match reason {
            AdjustReason::Mistake => Self::Mistake,
            AdjustReason::Complaint => Self::Complaint,
            AdjustReason::Moved => Self::Moved,
            AdjustReason::Gift => Self::Gift,
            AdjustReason::Other => Self::Other,
        }
    }
}
