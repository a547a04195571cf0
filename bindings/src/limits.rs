//! The owner's limits on earning at the border: the setting, and the sales that it caught (T7, X8).

use kartka_core::domain::fiscal::Slip;
use kartka_core::domain::ids::OperatorId;
use kartka_core::domain::limits::{
    CardRead as DomainRead, EarnLimits as DomainLimits, Then as DomainThen,
};
use kartka_core::domain::purchase::{Fiscal, ReceiptNumber};
use kartka_core::usecase::limits::FlaggedSale as CoreFlagged;

use crate::border::request_id;
use crate::codes::{Code, codes};
use crate::customers::customer_id;
use crate::error::{CoreError, Failure, Subject, invalid};
use crate::platform::ChangeTopic;
use crate::reports::{Reports, business_date};
use crate::settings::Settings;

/// How the customer's card was read for a receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum CardRead {
    /// By the camera or a scanner.
    Scanned,
    /// Its number was typed.
    Typed,
    /// The customer was found by name or phone.
    Found,
}

/// A fiscal receipt; it earns once per business.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FiscalReceipt {
    /// The register that printed it: 1–32 of `A–Z 0–9 - / .`
    pub register: String,
    /// Its number there, likewise.
    pub number: String,
}

/// What the code of a fiscal receipt says.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FiscalSlip {
    /// Which receipt of which register.
    pub fiscal: FiscalReceipt,
    /// What it came to, in minor units.
    pub amount: i64,
    /// The day that is printed on it, `2026-11-22`.
    pub date: String,
}

/// What happens to an earn that breaks a limit; the sale always goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum LimitThen {
    /// It counts and the owner sees it.
    Flag,
    /// The receipt earns nothing.
    Refuse,
}

/// A number and what happens beyond it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct LimitNumber {
    /// 1–1,440.
    pub number: u16,
    /// What then.
    pub then: LimitThen,
}

/// The owner's limits on earning; none = no such limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct EarnLimits {
    /// Most receipts of one person that earn on a business day.
    #[uniffi(default = None)]
    pub per_day: Option<LimitNumber>,
    /// Least minutes between two earns of one person.
    #[uniffi(default = None)]
    pub gap_minutes: Option<LimitNumber>,
    /// When staff sells to the customer that they are themselves.
    #[uniffi(default = None)]
    pub own_card: Option<LimitThen>,
    /// When the card's number was typed.
    #[uniffi(default = None)]
    pub typed: Option<LimitThen>,
}

/// A sale that the owner should look at.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct FlaggedSale {
    /// The purchase.
    pub purchase: i64,
    /// The member of staff.
    pub operator: u32,
    /// When, epoch ms.
    pub at_ms: i64,
    /// What it came to after discounts, in minor units.
    pub price: i64,
    /// Whose points they are.
    pub customer: Option<i64>,
    /// What there is to see.
    pub flags: Vec<Code>,
    /// So many more sales of the same phone and day say only that its clock was wrong: this one stands for them.
    pub more: u32,
}

#[uniffi::export(async_runtime = "tokio")]
impl Settings {
    /// The limits on earning in force.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn earn_limits(&self) -> Result<EarnLimits, CoreError> {
        let read = self.border.read(|shop| Ok(shop.earn_limits()?.into()));
        read.await
    }

    /// Sets the limits on earning.
    ///
    /// # Errors
    /// `Validation` for a number outside 1–1,440; `RuleRejected` with the missing right.
    pub async fn set_earn_limits(
        &self,
        request: Vec<u8>,
        limits: EarnLimits,
    ) -> Result<(), CoreError> {
        let write = self.border.write(&[ChangeTopic::Sync], move |shop| {
            Ok(shop.set_earn_limits(request_id(&request)?, limits.into())?)
        });
        write.await
    }

    /// Sets for how many business days after that of a sale a customer may be attached to it: 0–30.
    ///
    /// # Errors
    /// `Validation` for more; `RuleRejected` with the missing right.
    pub async fn set_attach_days(&self, request: Vec<u8>, days: u16) -> Result<(), CoreError> {
        let write = self.border.write(&[ChangeTopic::Sync], move |shop| {
            Ok(shop.set_attach_days(request_id(&request)?, days)?)
        });
        write.await
    }

    /// Says which customer a member of staff is, or that nobody knows.
    ///
    /// # Errors
    /// `NotFound`; `RuleRejected` with the missing right.
    pub async fn link_operator(
        &self,
        request: Vec<u8>,
        operator: u32,
        customer: Option<i64>,
    ) -> Result<(), CoreError> {
        let write = self.border.write(&[ChangeTopic::Sync], move |shop| {
            let customer = customer.map(customer_id).transpose()?;
            let request = request_id(&request)?;
            Ok(shop.link_operator(request, OperatorId(operator), customer)?)
        });
        write.await
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl Reports {
    /// The sales of a business date (today without one) that bear a flag, by anybody or by one member of staff,
    /// newest first; a phone whose clock was wrong is told once.
    ///
    /// # Errors
    /// `Validation` for a text that is no date; `RuleRejected` without the right to reports; `NotPaired`.
    pub async fn flagged_sales(
        &self,
        date: Option<String>,
        operator: Option<u32>,
    ) -> Result<Vec<FlaggedSale>, CoreError> {
        let read = self.border.read(move |shop| {
            let date = date.as_deref().map(business_date).transpose()?;
            let sales = shop.flagged_sales(date, operator.map(OperatorId))?;
            Ok(sales.into_iter().map(FlaggedSale::from).collect())
        });
        read.await
    }
}

/// A fiscal receipt as the shell names it.
pub(crate) fn fiscal(receipt: &FiscalReceipt) -> Result<Fiscal, Failure> {
    let number = |text: &str| ReceiptNumber::new(text).map_err(|_| invalid(Subject::ReceiptNumber));
    Ok(Fiscal {
        register: number(&receipt.register)?,
        number: number(&receipt.number)?,
    })
}

impl From<Slip> for FiscalSlip {
    fn from(slip: Slip) -> Self {
        Self {
            fiscal: FiscalReceipt {
                register: slip.fiscal.register.as_str().to_owned(),
                number: slip.fiscal.number.as_str().to_owned(),
            },
            amount: slip.amount.0,
            date: slip.date.to_string(),
        }
    }
}

impl From<CardRead> for DomainRead {
    fn from(read: CardRead) -> Self {
        match read {
            CardRead::Scanned => Self::Scanned,
            CardRead::Typed => Self::Typed,
            CardRead::Found => Self::Found,
        }
    }
}

impl From<LimitThen> for DomainThen {
    fn from(then: LimitThen) -> Self {
        match then {
            LimitThen::Flag => Self::Flag,
            LimitThen::Refuse => Self::Refuse,
        }
    }
}

impl From<DomainThen> for LimitThen {
    fn from(then: DomainThen) -> Self {
        match then {
            DomainThen::Flag => Self::Flag,
            DomainThen::Refuse => Self::Refuse,
        }
    }
}

impl From<EarnLimits> for DomainLimits {
    fn from(limits: EarnLimits) -> Self {
        let pair = |limit: LimitNumber| (limit.number, limit.then.into());
        Self {
            per_day: limits.per_day.map(pair),
            gap: limits.gap_minutes.map(pair),
            own_card: limits.own_card.map(DomainThen::from),
            typed: limits.typed.map(DomainThen::from),
        }
    }
}

impl From<DomainLimits> for EarnLimits {
    fn from(limits: DomainLimits) -> Self {
        let pair = |(number, then): (u16, DomainThen)| LimitNumber {
            number,
            then: then.into(),
        };
        Self {
            per_day: limits.per_day.map(pair),
            gap_minutes: limits.gap.map(pair),
            own_card: limits.own_card.map(LimitThen::from),
            typed: limits.typed.map(LimitThen::from),
        }
    }
}

impl From<CoreFlagged> for FlaggedSale {
    fn from(sale: CoreFlagged) -> Self {
        Self {
            purchase: sale.purchase.get(),
            operator: sale.operator.0,
            at_ms: sale.at.instant_ms,
            price: sale.price.0,
            customer: sale.customer.map(|customer| customer.get()),
            flags: codes(sale.flags),
            more: sale.more,
        }
    }
}
