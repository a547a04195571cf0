//! The till at the border: a receipt in, a quote out, a commit by request id; returns, voids and what was sold.

mod reserve;
mod views;
mod vouchers;

use std::sync::Arc;

use kartka_core::domain::ids::{InstrumentId, PurchaseId};
use kartka_core::domain::money::{Money, Points};
use kartka_core::domain::purchase::{
    GoodsId, Line as DomainLine, Quantity, ReturnedLine as DomainReturned, TaxRate,
    VoidReason as DomainVoid,
};
use kartka_core::domain::quote::{RewardTaken, Tender as DomainTender};
use kartka_core::usecase::till::{QuoteId, TillRequest as CoreRequest};

use crate::border::{Border, request_id};
use crate::customers::customer_id;
use crate::error::{CoreError, Failure};
use crate::limits::{CardRead, FiscalReceipt, FiscalSlip, fiscal};
use crate::platform::ChangeTopic;

pub use views::{
    ClaimView, EntryKind, EntryView, HistoryKey, HistoryPage, Order, Parts, PurchaseView,
    PurchasedLine, QuoteView, QuotedLine, Redeemable, RefundView, ReturnView,
};

pub use vouchers::{
    LaidDown, NewCertificate, VoucherGift, VoucherReason, VoucherState, VoucherView,
};

/// What a sale or a return changes.
pub(crate) const SOLD: &[ChangeTopic] = &[
    ChangeTopic::Sales,
    ChangeTopic::Customers,
    ChangeTopic::Sync,
];

/// Quoting, selling, taking back.
#[derive(uniffi::Object)]
pub struct Till {
    pub(crate) border: Arc<Border>,
}

/// What the till asks.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TillRequest {
    /// The customer, or none.
    #[uniffi(default = None)]
    pub customer: Option<i64>,
    /// What is sold: 1–500 lines.
    pub lines: Vec<Line>,
    /// Points the cashier spends; zero for none.
    #[uniffi(default = 0)]
    pub spend: i64,
    /// Rewards of stamp cards that are taken now.
    #[uniffi(default = [])]
    pub rewards: Vec<RewardChoice>,
    /// Codes of coupons that the customer names.
    #[uniffi(default = [])]
    pub codes: Vec<String>,
    /// Clubs that the staff invites the customer to.
    #[uniffi(default = [])]
    pub invited: Vec<u32>,
    /// How the money part is paid.
    pub tender: Tender,
    /// The till's receipt number, or empty.
    #[uniffi(default = "")]
    pub receipt: String,
    /// Gift certificates that are sold, each as a line after the others.
    #[uniffi(default = [])]
    pub certificates: Vec<NewCertificate>,
    /// Vouchers that the customer lays on the counter.
    #[uniffi(default = [])]
    pub vouchers: Vec<LaidDown>,
    /// How the customer's card was read, where the shell knows (T7).
    #[uniffi(default = None)]
    pub read: Option<CardRead>,
    /// The fiscal receipt, if one was scanned (X8).
    #[uniffi(default = None)]
    pub fiscal: Option<FiscalReceipt>,
    /// The request id under which the server was asked to keep what this receipt uses: the one its quote will be
    /// committed under.
    #[uniffi(default = None)]
    pub reserved: Option<Vec<u8>>,
}

/// A reward of a stamp card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct RewardChoice {
    /// The card.
    pub instrument: u32,
    /// Which of its rewards, from 0, as the programme lists them.
    #[uniffi(default = 0)]
    pub reward: u8,
}

/// One line of a receipt; a typed amount is one line.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Line {
    /// What the line costs before discounts, in minor units.
    pub gross: i64,
    /// How much of it, in thousandths.
    #[uniffi(default = 1000)]
    pub quantity: i64,
    /// Goods of the owner's list, or none for a typed amount.
    #[uniffi(default = None)]
    pub goods: Option<i64>,
    /// Tax inside `gross`, in hundredths of a percent, or none.
    #[uniffi(default = None)]
    pub tax: Option<u16>,
}

/// With what the money part of a receipt is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Tender {
    /// Notes and coins.
    Cash,
    /// A bank card.
    Card,
    /// Anything else.
    Other,
}

/// Why a purchase is undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum VoidReason {
    /// "Undo" on the Done screen.
    Undo,
    /// The cashier mistyped.
    Mistake,
    /// The customer changed their mind at the till.
    Customer,
}

/// How much of which line comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct ReturnedLine {
    /// Line number, from 0.
    pub line: u16,
    /// How much of it, in thousandths.
    pub quantity: i64,
}

impl Till {
    pub(crate) fn at(border: &Arc<Border>) -> Self {
        let border = Arc::clone(border);
        Self { border }
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl Till {
    /// What this receipt comes to for this customer, and why (T1).
    ///
    /// # Errors
    /// `InsufficientPoints`; `RuleRejected` with the rule's word; `NotFound`; `Validation`; the situation of the disk.
    pub async fn quote(&self, ask: TillRequest) -> Result<QuoteView, CoreError> {
        let quote = self.border.read(move |shop| {
            let (id, quote) = shop.quote(&till_request(ask)?)?;
            QuoteView::of(id, quote)
        });
        quote.await
    }

    /// Writes the sale in one durable step; answers with the purchase. A repeat of `request` is answered with the
    /// purchase it made, whatever `quote` says.
    ///
    /// # Errors
    /// `Stale` when the quote is gone or no longer true: quote again. Else as [`quote`](Self::quote).
    pub async fn commit(&self, request: Vec<u8>, quote: i64) -> Result<i64, CoreError> {
        let commit = self.border.write(SOLD, move |shop| {
            // A negative number names no quote.
            let quote = QuoteId(u64::try_from(quote).unwrap_or(u64::MAX));
            Ok(shop.commit(request_id(&request)?, quote)?.get())
        });
        commit.await
    }

    /// Reads the text of a fiscal receipt's QR code, so that its sum is not typed twice (T8); nothing is written.
    ///
    /// # Errors
    /// `Validation` for any other text; `RuleRejected` where that receipt has earned here already, or with the missing
    /// right; `NotPaired`; the situation of the disk.
    pub async fn fiscal_slip(&self, text: String) -> Result<FiscalSlip, CoreError> {
        let slip = self
            .border
            .read(move |shop| Ok(shop.fiscal_slip(&text)?.into()));
        slip.await
    }

    /// Quote and commit in one call, for tills that show nothing in between.
    ///
    /// # Errors
    /// As [`quote`](Self::quote).
    pub async fn sell(&self, request: Vec<u8>, ask: TillRequest) -> Result<i64, CoreError> {
        let sell = self.border.write(SOLD, move |shop| {
            let ask = till_request(ask)?;
            Ok(shop.sell(request_id(&request)?, &ask)?.get())
        });
        sell.await
    }

    /// One receipt.
    ///
    /// # Errors
    /// `NotFound` when this device does not hold it; the situation of the disk.
    pub async fn purchase(&self, purchase: i64) -> Result<PurchaseView, CoreError> {
        let read = self
            .border
            .read(move |shop| Ok(shop.purchase(purchase_id(purchase)?)?.into()));
        read.await
    }

    /// What returning `lines` would come to; no lines means everything that is left.
    ///
    /// # Errors
    /// As [`give_back`](Self::give_back).
    pub async fn refund(
        &self,
        purchase: i64,
        lines: Vec<ReturnedLine>,
    ) -> Result<RefundView, CoreError> {
        let refund = self.border.read(move |shop| {
            let refund = shop.refund(purchase_id(purchase)?, &returned(&lines))?;
            Ok(refund.into())
        });
        refund.await
    }

    /// Takes goods back by lines; no lines means everything that is left (X1–X5). Answers with the return.
    ///
    /// # Errors
    /// `NotFound` for a purchase this device does not hold; `RuleRejected` when more would come back than was sold;
    /// the situation of the disk.
    pub async fn give_back(
        &self,
        request: Vec<u8>,
        purchase: i64,
        lines: Vec<ReturnedLine>,
    ) -> Result<i64, CoreError> {
        let give_back = self.border.write(SOLD, move |shop| {
            let (request, purchase) = (request_id(&request)?, purchase_id(purchase)?);
            Ok(shop.give_back(request, purchase, &returned(&lines))?.get())
        });
        give_back.await
    }

    /// Undoes a whole receipt within the allowed minutes (X6). Answers with the return.
    ///
    /// # Errors
    /// `RuleRejected` when it is too late, was returned or voided before, or is somebody else's; `NotFound`.
    pub async fn void_purchase(
        &self,
        request: Vec<u8>,
        purchase: i64,
        reason: VoidReason,
    ) -> Result<i64, CoreError> {
        let void = self.border.write(SOLD, move |shop| {
            let (request, purchase) = (request_id(&request)?, purchase_id(purchase)?);
            Ok(shop.void(request, purchase, reason.into())?.get())
        });
        void.await
    }
}

fn till_request(ask: TillRequest) -> Result<CoreRequest, Failure> {
    Ok(CoreRequest {
        customer: ask.customer.map(customer_id).transpose()?,
        lines: ask.lines.into_iter().map(DomainLine::from).collect(),
        spend: Points(ask.spend),
        rewards: ask.rewards.into_iter().map(RewardTaken::from).collect(),
        codes: ask.codes,
        invited: ask.invited.into_iter().map(InstrumentId).collect(),
        tender: match ask.tender {
            Tender::Cash => DomainTender::Cash,
            Tender::Card => DomainTender::Card,
            Tender::Other => DomainTender::Other,
        },
        receipt: ask.receipt,
        certificates: vouchers::sold(ask.certificates)?,
        vouchers: vouchers::laid_down(ask.vouchers)?,
        read: ask.read.map(CardRead::into),
        fiscal: ask.fiscal.as_ref().map(fiscal).transpose()?,
        reserved: ask.reserved.as_deref().map(request_id).transpose()?,
    })
}

impl From<RewardChoice> for RewardTaken {
    fn from(choice: RewardChoice) -> Self {
        Self {
            instrument: InstrumentId(choice.instrument),
            reward: choice.reward,
        }
    }
}

impl From<Line> for DomainLine {
    fn from(line: Line) -> Self {
        Self {
            goods: line.goods.map(GoodsId),
            group: None,
            quantity: Quantity(line.quantity),
            gross: Money(line.gross),
            tax: line.tax.map(TaxRate),
            certificate: None,
            shares: Vec::new(),
        }
    }
}

impl From<VoidReason> for DomainVoid {
    fn from(reason: VoidReason) -> Self {
        match reason {
            VoidReason::Undo => Self::Undo,
            VoidReason::Mistake => Self::Mistake,
            VoidReason::Customer => Self::Customer,
        }
    }
}

fn returned(lines: &[ReturnedLine]) -> Vec<DomainReturned> {
    let one = |part: &ReturnedLine| DomainReturned {
        line: part.line,
        quantity: Quantity(part.quantity),
    };
    lines.iter().map(one).collect()
}

/// A purchase as the shell names it; a number that is no id names none.
pub(crate) fn purchase_id(raw: i64) -> Result<PurchaseId, Failure> {
    PurchaseId::new(raw).map_err(|_| CoreError::NotFound.into())
}
