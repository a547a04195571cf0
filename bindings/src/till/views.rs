//! What the till answers: quotes, receipts, refunds and pages of history, as records.

use kartka_core::domain::ledger::{Entry, EntryKind as DomainKind};
use kartka_core::domain::op::Claim;
use kartka_core::domain::programme::Kept;
use kartka_core::domain::purchase::{
    Line as DomainLine, Parts as DomainParts, Quantity, Return, ReturnKind,
    ReturnedLine as DomainReturned, VoidReason as DomainVoid, tax_of,
};
use kartka_core::domain::quote::Quote;
use kartka_core::domain::refund::Refund;
use kartka_core::query::history::{
    HistoryKey as CoreKey, Order as CoreOrder, PurchaseView as CorePurchase,
};
use kartka_core::usecase::till::QuoteId;

use super::{ReturnedLine, VoidReason};
use crate::codes::{Code, codes};
use crate::error::Failure;

/// What a receipt comes to: commit it as it is, or ask again.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct QuoteView {
    /// Names the quote for [`Till::commit`](crate::Till::commit) in this run of the program.
    pub id: i64,
    /// The customer, if any.
    pub customer: Option<i64>,
    /// Σ gross, in minor units.
    pub total: i64,
    /// What is left to pay with money, in minor units.
    pub due: i64,
    /// The tax in what the goods cost, in minor units: points as a discount lower it, points as payment do not (D5).
    #[uniffi(default = 0)]
    pub tax: i64,
    /// The lines with what was taken off.
    pub lines: Vec<QuotedLine>,
    /// What the ledger will be asked to do.
    pub claims: Vec<ClaimView>,
    /// What may be spent, or why nothing.
    pub redeemable: Redeemable,
    /// What applied and what did not (D6).
    pub said: Vec<Code>,
}

/// A line and what it is paid.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct QuotedLine {
    /// Before anything is taken off, in minor units.
    pub gross: i64,
    /// What points and discounts take off, in minor units.
    pub taken_off: i64,
}

/// One change of a balance, asked for.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ClaimView {
    /// Which instrument.
    pub instrument: u32,
    /// Why.
    pub kind: EntryKind,
    /// Signed.
    pub points: i64,
    /// Signed.
    pub stamps: i64,
    /// What that is worth, in minor units, signed.
    pub value: i64,
}

/// Why a balance changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum EntryKind {
    /// Points or stamps for a purchase.
    Earn,
    /// Points spent on a purchase.
    Redeem,
    /// A full stamp card exchanged for its reward.
    Reward,
    /// Earned points or stamps taken back after a return.
    Reverse,
    /// Spent points given back after a return.
    Restore,
    /// Points whose last day has passed.
    Expire,
    /// Expired points given back because an earlier-dated debit took them first.
    Revive,
    /// A coupon or greeting was used.
    Use,
    /// It was given back after a full return.
    Unuse,
    /// A club was joined, a membership prolonged, a card given.
    Join,
    /// That was undone by a full return.
    Leave,
    /// A level was reached or lost.
    Level,
    /// The balance was corrected by hand.
    Adjust,
    /// Points for bringing a friend, or for having been brought.
    Thank,
    /// They were taken back: the friend's goods came back.
    Unthank,
    /// A kind that a newer version knows; its amounts count all the same.
    Newer,
}

/// What may be spent on a receipt.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum Redeemable {
    /// This much.
    Between {
        /// Fewest points.
        least: i64,
        /// Most points.
        most: i64,
        /// In multiples of this.
        step: i64,
        /// Points that make the cash part round, if some do.
        round_cash: Option<i64>,
        /// What keeps it from being more.
        limit: Code,
    },
    /// Nothing.
    Nothing {
        /// Why.
        reason: Code,
    },
}

/// A receipt as this device knows it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PurchaseView {
    /// The purchase.
    pub id: i64,
    /// Whose, if anybody's.
    pub customer: Option<i64>,
    /// When, epoch ms.
    pub at_ms: i64,
    /// Business date.
    pub date: String,
    /// The till's receipt number.
    pub receipt: Option<String>,
    /// Its lines.
    pub lines: Vec<PurchasedLine>,
    /// Σ gross, in minor units.
    pub total: i64,
    /// What the goods cost after discounts, in minor units; points as a discount are among these (D5).
    #[uniffi(default = 0)]
    pub price: i64,
    /// The tax in it, in minor units.
    #[uniffi(default = 0)]
    pub tax: i64,
    /// How it was paid.
    pub parts: Parts,
    /// Σ points of all its entries: earned, spent, taken and given back.
    pub points: i64,
    /// Its returns and voids.
    pub returns: Vec<ReturnView>,
    /// Its ledger entries.
    pub entries: Vec<EntryView>,
    /// Whether the authority has spoken.
    pub order: Order,
    /// Why the authority does not count it, if so (L15).
    pub refused: Option<Code>,
    /// What the owner should see of it although it counts (S7, T7, X8).
    pub flags: Vec<Code>,
}

/// A line as sold.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PurchasedLine {
    /// Goods of the owner's list, or none for a typed amount.
    pub goods: Option<i64>,
    /// How much was sold, in thousandths.
    pub quantity: i64,
    /// How much of it came back, in thousandths.
    pub returned: i64,
    /// Before anything was taken off, in minor units.
    pub gross: i64,
    /// Tax inside `gross`, in hundredths of a percent, or none.
    pub tax: Option<u16>,
    /// The instrument whose gift certificate was sold, or none.
    #[uniffi(default = None)]
    pub certificate: Option<u32>,
}

/// With what a receipt was paid, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Parts {
    /// Cash.
    pub cash: i64,
    /// Bank card.
    pub card: i64,
    /// Anything else.
    pub other: i64,
    /// Gift certificates.
    pub certificate: i64,
    /// Points.
    pub points: i64,
}

/// A return of goods, or the whole receipt undone.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ReturnView {
    /// The return.
    pub id: i64,
    /// Why the receipt was undone; none for a return of goods.
    pub void_reason: Option<VoidReason>,
    /// When, epoch ms.
    pub at_ms: i64,
    /// Business date.
    pub date: String,
    /// What counts of it, per line.
    pub lines: Vec<ReturnedLine>,
}

/// One entry of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct EntryView {
    /// The entry.
    pub id: i64,
    /// Which instrument.
    pub instrument: u32,
    /// Why.
    pub kind: EntryKind,
    /// Business date.
    pub date: String,
    /// What counts, signed.
    pub points: i64,
    /// What counts, signed.
    pub stamps: i64,
    /// Why the authority decided otherwise than was promised, if it did.
    pub verdict: Option<Code>,
}

/// Whether the authority has spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Order {
    /// In the authority's order.
    Confirmed,
    /// This device's claim.
    Queued,
}

/// What a return comes to.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RefundView {
    /// What of it counts, per line.
    pub lines: Vec<ReturnedLine>,
    /// Money that goes back, in minor units.
    pub money: i64,
    /// What it is lowered by, because it pays for points that were spent already (L10), in minor units.
    pub deducted: i64,
    /// Gross value of what comes back, in minor units.
    pub gross: i64,
    /// Whether nothing stays with the customer.
    pub everything: bool,
    /// What the ledger is asked to do.
    pub claims: Vec<ClaimView>,
}

/// One page of a customer's purchases.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HistoryPage {
    /// Newest first.
    pub purchases: Vec<PurchaseView>,
    /// Where the next page begins; none after the last.
    pub next: Option<HistoryKey>,
}

/// Where the next page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct HistoryKey {
    /// Days since 1970 of the last purchase of this page.
    pub day: i64,
    /// The last purchase of this page.
    pub purchase: i64,
}

impl QuoteView {
    pub(crate) fn of(id: QuoteId, quote: Quote) -> Result<Self, Failure> {
        let overflow = |_| Failure::Fault("a quote's lines".to_owned());
        let line = |line: &DomainLine| -> Result<QuotedLine, Failure> {
            Ok(QuotedLine {
                gross: line.gross.0,
                taken_off: line.taken_off().map_err(overflow)?.0,
            })
        };
        Ok(Self {
            id: i64::try_from(id.0).unwrap_or(i64::MAX),
            customer: quote.customer.map(|customer| customer.get()),
            total: quote.total.0,
            due: quote.due.0,
            tax: tax_of(&quote.lines).map_err(overflow)?.0,
            lines: quote.lines.iter().map(line).collect::<Result<_, _>>()?,
            claims: quote.claims.iter().map(ClaimView::from).collect(),
            redeemable: match quote.redeemable {
                Ok(limits) => Redeemable::Between {
                    least: limits.least.0,
                    most: limits.most.0,
                    step: limits.step.0,
                    round_cash: limits.round_cash.map(|points| points.0),
                    limit: limits.limit.into(),
                },
                Err(reason) => Redeemable::Nothing {
                    reason: reason.into(),
                },
            },
            said: codes(quote.said),
        })
    }
}

impl From<&Claim> for ClaimView {
    fn from(claim: &Claim) -> Self {
        Self {
            instrument: claim.instrument.0,
            kind: claim.kind.into(),
            points: claim.effect.points.0,
            stamps: claim.effect.stamps.0,
            value: claim.effect.value.0,
        }
    }
}

impl From<DomainKind> for EntryKind {
    fn from(kind: DomainKind) -> Self {
        match kind {
            DomainKind::Earn => Self::Earn,
            DomainKind::Redeem => Self::Redeem,
            DomainKind::Reward => Self::Reward,
            DomainKind::Reverse => Self::Reverse,
            DomainKind::Restore => Self::Restore,
            DomainKind::Expire => Self::Expire,
            DomainKind::Revive => Self::Revive,
            DomainKind::Use => Self::Use,
            DomainKind::Unuse => Self::Unuse,
            DomainKind::Join => Self::Join,
            DomainKind::Leave => Self::Leave,
            DomainKind::Level => Self::Level,
            DomainKind::Adjust => Self::Adjust,
            DomainKind::Thank => Self::Thank,
            DomainKind::Unthank => Self::Unthank,
            // The authority's alone: no till claims it, and no screen has a word of its own for it.
            DomainKind::Cleared | DomainKind::Newer(_) => Self::Newer,
        }
    }
}

impl From<CorePurchase> for PurchaseView {
    fn from(view: CorePurchase) -> Self {
        let (total, points) = (view.total().0, view.points().0);
        // Sums that were checked when the purchase was written.
        let price = view.purchase.price().unwrap_or_default().0;
        let tax = tax_of(&view.purchase.lines).unwrap_or_default().0;
        let CorePurchase {
            purchase,
            returns,
            entries,
            returned,
            order,
        } = view;
        let customer = purchase.earner().map(|customer| customer.get());
        let back = returned
            .iter()
            .copied()
            .chain(std::iter::repeat(Quantity(0)));
        let lines = purchase.lines.iter().zip(back);
        Self {
            id: purchase.id.get(),
            customer,
            at_ms: purchase.at.instant_ms,
            date: purchase.at.date.to_string(),
            receipt: purchase.receipt.map(|number| number.as_str().to_owned()),
            lines: lines.map(|(line, back)| sold(line, back)).collect(),
            total,
            price,
            tax,
            parts: purchase.parts.into(),
            points,
            returns: returns.iter().map(ReturnView::from).collect(),
            entries: entries.iter().map(EntryView::from).collect(),
            order: match order {
                CoreOrder::Confirmed => Order::Confirmed,
                CoreOrder::Queued => Order::Queued,
            },
            refused: purchase.refused.map(Code::from),
            flags: codes(purchase.flags),
        }
    }
}

fn sold(line: &DomainLine, back: Quantity) -> PurchasedLine {
    PurchasedLine {
        goods: line.goods.map(|goods| goods.0),
        quantity: line.quantity.0,
        returned: back.0,
        gross: line.gross.0,
        tax: line.tax.map(|rate| rate.0),
        certificate: line.certificate.map(|of| of.0),
    }
}

impl From<DomainParts> for Parts {
    fn from(parts: DomainParts) -> Self {
        Self {
            cash: parts.cash.0,
            card: parts.card.0,
            other: parts.other.0,
            certificate: parts.certificate.0,
            points: parts.points.0,
        }
    }
}

impl From<&Return> for ReturnView {
    fn from(back: &Return) -> Self {
        Self {
            id: back.id.get(),
            void_reason: match back.kind {
                ReturnKind::Goods | ReturnKind::Settled(_) => None,
                ReturnKind::Void(DomainVoid::Undo) => Some(VoidReason::Undo),
                ReturnKind::Void(DomainVoid::Mistake) => Some(VoidReason::Mistake),
                ReturnKind::Void(DomainVoid::Customer) => Some(VoidReason::Customer),
            },
            at_ms: back.at.instant_ms,
            date: back.at.date.to_string(),
            lines: returned_lines(back.effective()),
        }
    }
}

impl From<&Entry> for EntryView {
    fn from(entry: &Entry) -> Self {
        let effect = entry.effect();
        Self {
            id: entry.id.get(),
            instrument: entry.instrument.0,
            kind: entry.kind.into(),
            date: entry.date.to_string(),
            points: effect.points.0,
            stamps: effect.stamps.0,
            verdict: entry.verdict.map(|(_, code)| code.into()),
        }
    }
}

impl From<Refund> for RefundView {
    fn from(refund: Refund) -> Self {
        Self {
            lines: returned_lines(&refund.lines),
            money: refund.money.0,
            deducted: refund.deducted.0,
            gross: refund.price.0,
            everything: refund.kept == Kept::Nothing,
            claims: refund
                .claims
                .iter()
                .map(|(claim, _)| ClaimView::from(claim))
                .collect(),
        }
    }
}

fn returned_lines(lines: &[DomainReturned]) -> Vec<ReturnedLine> {
    let one = |part: &DomainReturned| ReturnedLine {
        line: part.line,
        quantity: part.quantity.0,
    };
    lines.iter().map(one).collect()
}

impl From<CoreKey> for HistoryKey {
    fn from(key: CoreKey) -> Self {
        let (day, purchase) = key.parts();
        Self { day, purchase }
    }
}
