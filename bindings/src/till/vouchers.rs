//! Gift certificates and coupons with numbers at the border: what a till sells, shows, uses; what the owner gives.

use kartka_core::domain::ids::{InstrumentId, VoucherId};
use kartka_core::domain::moment::Date;
use kartka_core::domain::money::Money;
use kartka_core::domain::voucher::{
    VoucherNumber, VoucherReason as DomainReason, VoucherState as DomainState,
};
use kartka_core::error::{CoreError as CoreFailure, Field};
use kartka_core::usecase::vouchers::{
    Gift, LaidDown as CoreLaid, NewCertificate as CoreNew, VoucherView as CoreView,
};

use super::{SOLD, Till, purchase_id};
use crate::border::request_id;
use crate::codes::Code;
use crate::customers::customer_id;
use crate::error::{CoreError, Failure};

/// A gift certificate that is sold with a receipt.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct NewCertificate {
    /// Of which instrument.
    pub instrument: u32,
    /// What it is worth and costs, in minor units.
    pub nominal: i64,
    /// The number on it as it was typed or read; empty for one of a customer's own.
    #[uniffi(default = "")]
    pub number: String,
    /// For whom; none = whoever will hold it.
    #[uniffi(default = None)]
    pub holder: Option<i64>,
}

/// A voucher that is laid on the counter.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LaidDown {
    /// Which.
    pub voucher: i64,
    /// At most so much of a certificate, in minor units; none = as much as fits.
    #[uniffi(default = None)]
    pub most: Option<i64>,
    /// The number of the certificate that is given as change; empty when none is.
    #[uniffi(default = "")]
    pub change: String,
}

/// Vouchers that are given away.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct VoucherGift {
    /// Of which instrument.
    pub instrument: u32,
    /// What each is worth, in minor units; 0 for a coupon.
    #[uniffi(default = 0)]
    pub nominal: i64,
    /// For whom; none = whoever will hold them.
    #[uniffi(default = None)]
    pub holder: Option<i64>,
    /// One number for each, at most 255; an empty one only for a customer's own.
    pub numbers: Vec<String>,
}

/// How a voucher stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum VoucherState {
    /// It may be used.
    Issued,
    /// Nothing is left of it.
    Used,
    /// Its last day is over.
    Expired,
    /// Taken back.
    Cancelled,
}

/// Why somebody changes a voucher by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum VoucherReason {
    /// Out of kindness.
    Goodwill,
    /// Something was mistyped.
    Mistake,
    /// The customer lost it.
    Lost,
    /// The shop was to blame.
    Complaint,
}

/// What a till shows of a voucher.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct VoucherView {
    /// Names it.
    pub id: i64,
    /// Of which instrument.
    pub instrument: u32,
    /// That instrument's name, as the owner calls it.
    pub name: String,
    /// Its number as people read it; empty for one that is found by its holder.
    pub number: String,
    /// Whose it is; none = the bearer's.
    pub holder: Option<i64>,
    /// What a certificate was issued for, in minor units; 0 for a coupon.
    pub nominal: i64,
    /// What is left of it, in minor units.
    pub balance: i64,
    /// Its last day; none = never.
    pub last_day: Option<String>,
    /// How it stands.
    pub state: VoucherState,
    /// Why it can't be used today, if so.
    pub refusal: Option<Code>,
}

#[uniffi::export(async_runtime = "tokio")]
impl Till {
    /// The voucher with a number that was typed or read.
    ///
    /// # Errors
    /// `NotFound`; the situation of the disk.
    pub async fn voucher(&self, number: String) -> Result<VoucherView, CoreError> {
        let read = self
            .border
            .read(move |shop| Ok(shop.voucher_by_number(&number)?.into()));
        read.await
    }

    /// The vouchers of a customer's own, those that may be used first.
    ///
    /// # Errors
    /// `NotFound`; the situation of the disk.
    pub async fn vouchers_of(&self, customer: i64) -> Result<Vec<VoucherView>, CoreError> {
        let read = self.border.read(move |shop| {
            let found = shop.vouchers_of(customer_id(customer)?)?;
            Ok(found.into_iter().map(VoucherView::from).collect())
        });
        read.await
    }

    /// What a sale sold, used or gave as change, as it stands now; nothing for a sale that this device does not hold.
    ///
    /// # Errors
    /// `NotFound` for what is no receipt; the situation of the disk.
    pub async fn vouchers_of_sale(&self, purchase: i64) -> Result<Vec<VoucherView>, CoreError> {
        let read = self.border.read(move |shop| {
            let found = shop.vouchers_of_sale(purchase_id(purchase)?)?;
            Ok(found.into_iter().map(VoucherView::from).collect())
        });
        read.await
    }

    /// A number that no voucher bears yet, for one that is written now.
    ///
    /// # Errors
    /// The situation of the disk.
    pub async fn fresh_voucher_number(&self) -> Result<String, CoreError> {
        let drawn = self.border.read(|shop| Ok(shop.fresh_voucher_number()?));
        drawn.await
    }

    /// Gives vouchers away; answers with the first, the others are numbered on.
    ///
    /// # Errors
    /// `RuleRejected` without the right, for what the instrument does not issue or a number that is taken; `NotFound`;
    /// `Validation`.
    pub async fn give_vouchers(
        &self,
        request: Vec<u8>,
        gift: VoucherGift,
    ) -> Result<i64, CoreError> {
        let give = self.border.write(SOLD, move |shop| {
            let gift = Gift {
                instrument: InstrumentId(gift.instrument),
                nominal: Money(gift.nominal),
                holder: gift.holder.map(customer_id).transpose()?,
                numbers: gift.numbers,
            };
            Ok(shop.give_vouchers(request_id(&request)?, &gift)?.get())
        });
        give.await
    }

    /// Gives a voucher another last day (`YYYY-MM-DD`, none = for ever); what had expired comes back.
    ///
    /// # Errors
    /// `RuleRejected` without the right, or when it was used up or cancelled; `NotFound`; `Validation`.
    pub async fn extend_voucher(
        &self,
        request: Vec<u8>,
        voucher: i64,
        until: Option<String>,
        why: VoucherReason,
    ) -> Result<(), CoreError> {
        let extend = self.border.write(SOLD, move |shop| {
            let day = |text: String| -> Result<Date, Failure> {
                let wrong = |_| CoreFailure::Validation { field: Field::Text };
                Ok(text.parse().map_err(wrong)?)
            };
            let until = until.map(day).transpose()?;
            let (request, voucher) = (request_id(&request)?, voucher_id(voucher)?);
            Ok(shop.extend_voucher(request, voucher, until, why.into())?)
        });
        extend.await
    }

    /// Takes a voucher back with what is left of it.
    ///
    /// # Errors
    /// As [`extend_voucher`](Self::extend_voucher).
    pub async fn cancel_voucher(
        &self,
        request: Vec<u8>,
        voucher: i64,
        why: VoucherReason,
    ) -> Result<(), CoreError> {
        let cancel = self.border.write(SOLD, move |shop| {
            let (request, voucher) = (request_id(&request)?, voucher_id(voucher)?);
            Ok(shop.cancel_voucher(request, voucher, why.into())?)
        });
        cancel.await
    }
}

pub(super) fn sold(all: Vec<NewCertificate>) -> Result<Vec<CoreNew>, Failure> {
    let one = |one: NewCertificate| {
        Ok(CoreNew {
            instrument: InstrumentId(one.instrument),
            nominal: Money(one.nominal),
            number: one.number,
            holder: one.holder.map(customer_id).transpose()?,
        })
    };
    all.into_iter().map(one).collect()
}

pub(super) fn laid_down(all: Vec<LaidDown>) -> Result<Vec<CoreLaid>, Failure> {
    let one = |one: LaidDown| {
        Ok(CoreLaid {
            voucher: voucher_id(one.voucher)?,
            most: one.most.map(Money),
            change: one.change,
        })
    };
    all.into_iter().map(one).collect()
}

/// A voucher as the shell names it; a number that is no id names none.
fn voucher_id(raw: i64) -> Result<VoucherId, Failure> {
    VoucherId::new(raw).map_err(|_| CoreFailure::NotFound.into())
}

impl From<VoucherReason> for DomainReason {
    fn from(why: VoucherReason) -> Self {
        match why {
            VoucherReason::Goodwill => Self::Goodwill,
            VoucherReason::Mistake => Self::Mistake,
            VoucherReason::Lost => Self::Lost,
            VoucherReason::Complaint => Self::Complaint,
        }
    }
}

impl From<CoreView> for VoucherView {
    fn from(view: CoreView) -> Self {
        let voucher = view.voucher;
        Self {
            id: voucher.id.get(),
            instrument: voucher.instrument.0,
            name: view.name,
            number: voucher
                .number
                .as_ref()
                .map(VoucherNumber::shown)
                .unwrap_or_default(),
            holder: voucher.holder.map(|customer| customer.get()),
            nominal: voucher.nominal.0,
            balance: voucher.balance.0,
            last_day: voucher.last_day.map(|day| day.to_string()),
            state: match voucher.state {
                DomainState::Issued => VoucherState::Issued,
                DomainState::Used => VoucherState::Used,
                DomainState::Expired => VoucherState::Expired,
                DomainState::Cancelled => VoucherState::Cancelled,
            },
            refusal: view.refusal.map(Code::from),
        }
    }
}
