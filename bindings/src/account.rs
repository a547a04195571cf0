//! A balance that explains itself, and what the shop owes in points month by month, at the border (T6, P3).

use std::sync::Arc;

use kartka_core::domain::explain::{Debt, Explained, Lot, Move, Source, Why};
use kartka_core::domain::liability::LiabilityMonth;
use kartka_core::domain::moment::Month;
use kartka_core::domain::outstanding::CertificateMonth;
use kartka_core::query::account::AccountView as CoreAccount;
use kartka_core::query::owed::OwedReport;

use crate::codes::Code;
use crate::customers::{Customers, customer_id};
use crate::error::CoreError;
use crate::reports::Reports;
use crate::task::{Task, TaskListener};
use crate::till::EntryKind;

/// A customer's accounts.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct AccountView {
    /// Internal id, of the group's first member.
    pub id: i64,
    /// One per instrument whose points they ever had.
    pub accounts: Vec<ExplainedView>,
    /// Whether this phone holds the whole ledger; else what is older is one line per last day.
    pub whole: bool,
}

/// The account with one instrument: what is left of the lots less what is owed is the balance.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ExplainedView {
    /// Which instrument.
    pub instrument: u32,
    /// Points that came in together, in the order in which they are spent, used-up ones included.
    pub lots: Vec<LotView>,
    /// Points spent or taken back that no lot had, oldest first.
    pub debts: Vec<DebtView>,
    /// What the position in force says.
    pub balance: i64,
    /// Until when the points live that have no day of their own, where inactivity ends them (L6).
    pub idle_until: Option<String>,
}

/// An entry, as the reason of something.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SourceView {
    /// The entry.
    pub entry: i64,
    /// Why it was written.
    pub kind: EntryKind,
    /// The purchase it belongs to.
    pub purchase: Option<i64>,
    /// Business date.
    pub date: String,
    /// Why its number is what it is, where the authority said so (L15).
    pub verdict: Option<Code>,
    /// Whether its number is still open: a return whose purchase is not known yet (X1).
    pub to_be_settled: bool,
    /// The referral that it is a thanks for (G3): one of `Customers::friends`.
    pub brought: Option<i64>,
}

/// Points that came in together.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct LotView {
    /// What gave them; none for what was there before the ledger at hand.
    pub origin: Option<SourceView>,
    /// How many came in.
    pub amount: i64,
    /// What had been promised instead.
    pub promised: Option<i64>,
    /// Why it is not so (L15).
    pub verdict: Option<Code>,
    /// First day they may be spent.
    pub available_on: Option<String>,
    /// Last day; none = never.
    pub expires_on: Option<String>,
    /// What happened to them, oldest first.
    pub moves: Vec<MoveView>,
    /// What is left.
    pub left: i64,
    /// Whether their first day is still to come (L8).
    pub pending: bool,
    /// How many of them a campaign added (E3).
    #[uniffi(default = None)]
    pub raised: Option<i64>,
    /// Which one.
    #[uniffi(default = None)]
    pub raised_by: Option<u32>,
}

/// Points that no lot had.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DebtView {
    /// The debit; none for what was owed before the ledger at hand.
    pub origin: Option<SourceView>,
    /// How many no lot had.
    pub amount: i64,
    /// What has repaid it, oldest first.
    pub repaid: Vec<MoveView>,
    /// What is still owed.
    pub left: i64,
}

/// One change of a lot or a debt.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MoveView {
    /// What for.
    pub why: MoveKind,
    /// By which entry, if by one.
    pub by: Option<SourceView>,
    /// Signed.
    pub points: i64,
}

/// What a lot was changed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum MoveKind {
    /// A debit took from it.
    Taken,
    /// A return gave back what had been taken.
    GivenBack,
    /// It repaid what was owed.
    DebtRepaid,
    /// The position in force says so, and no entry at hand does.
    Settled,
}

/// What the business owes in points.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct OwedView {
    /// ISO 4217 code.
    pub currency: String,
    /// By instrument and month, every month from the first with an entry to the current one.
    pub months: Vec<OwedMonth>,
    /// Gift certificates, every month from the first with a move to the current one.
    #[uniffi(default = [])]
    pub certificates: Vec<CertificateMonthView>,
    /// Whether this phone holds the whole ledger.
    pub whole: bool,
}

/// One month of gift certificates, in minor units.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CertificateMonthView {
    /// As `2026-11`.
    pub month: String,
    /// Sold, given, or handed out as change.
    pub issued: i64,
    /// Used.
    pub used: i64,
    /// Given back after returns.
    pub given_back: i64,
    /// Expired or taken back, less what came back by hand or late.
    pub ended: i64,
    /// What they were good for at the month's end.
    pub outstanding: i64,
}

/// One month of one instrument. Points, but `liability` in minor units.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct OwedMonth {
    /// Which instrument.
    pub instrument: u32,
    /// As `2026-11`.
    pub month: String,
    /// Given.
    pub given: i64,
    /// Given ones taken back after returns.
    pub taken_back: i64,
    /// Spent.
    pub spent: i64,
    /// Spent ones given back after returns.
    pub given_back: i64,
    /// Ended unused, less what was revived.
    pub expired: i64,
    /// The ledger's sum at the month's end.
    pub outstanding: i64,
    /// What customers owe (L10).
    pub debts: i64,
    /// In customers' hands.
    pub in_hand: i64,
    /// How much of that is expected to end unused, in hundredths of a percent.
    pub breakage: i64,
    /// Expected to be spent.
    pub expected: i64,
    /// What these are worth, in minor units.
    pub liability: i64,
}

/// The report of points owed, being made.
#[derive(uniffi::Object)]
pub struct OwedRun(Task<OwedView>);

#[uniffi::export(async_runtime = "tokio")]
impl OwedRun {
    /// Waits for the end. May be asked again, also by several callers.
    ///
    /// # Errors
    /// `RuleRejected` without the right to reports; `Cancelled`; `NotPaired`; the situation of the disk.
    pub async fn outcome(&self) -> Result<OwedView, CoreError> {
        self.0.outcome().await
    }

    /// Ends it; the outcome is then `Cancelled`.
    pub fn cancel(&self) {
        self.0.cancel();
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl Customers {
    /// Every lot of a customer: where it came from, what took it, what is left and until when (T6).
    ///
    /// # Errors
    /// `NotFound`; `NotPaired`; the situation of the disk.
    pub async fn account(&self, customer: i64) -> Result<AccountView, CoreError> {
        let account = self
            .border
            .read(move |shop| Ok(shop.account(customer_id(customer)?)?.into()));
        account.await
    }
}

#[uniffi::export]
impl Reports {
    /// Begins to sum what is owed in points, month by month (P3).
    #[must_use]
    pub fn points_owed(&self, listener: Option<Arc<dyn TaskListener>>) -> Arc<OwedRun> {
        let task = Task::start(&self.border, listener, |shop, watch| {
            Ok(shop.points_owed(watch)?.into())
        });
        Arc::new(OwedRun(task))
    }
}

impl From<CoreAccount> for AccountView {
    fn from(view: CoreAccount) -> Self {
        let idle = view.idle;
        let explained = |told: Explained| {
            let last = idle.iter().find(|(id, _)| *id == told.instrument);
            ExplainedView {
                instrument: told.instrument.0,
                lots: told.lots.into_iter().map(LotView::from).collect(),
                debts: told.debts.into_iter().map(DebtView::from).collect(),
                balance: told.balance.0,
                idle_until: last.map(|(_, date)| date.to_string()),
            }
        };
        Self {
            id: view.id.get(),
            accounts: view.accounts.into_iter().map(explained).collect(),
            whole: view.whole,
        }
    }
}

impl From<Lot> for LotView {
    fn from(lot: Lot) -> Self {
        Self {
            origin: lot.origin.map(SourceView::from),
            amount: lot.amount.0,
            promised: lot.instead_of.map(|(points, _)| points.0),
            verdict: lot.instead_of.map(|(_, code)| code.into()),
            available_on: lot.available_on.map(|date| date.to_string()),
            expires_on: lot.expires_on.map(|date| date.to_string()),
            moves: lot.moves.iter().map(MoveView::from).collect(),
            left: lot.left.0,
            pending: lot.pending,
            raised: lot.raised.map(|(_, points)| points.0),
            raised_by: lot.raised.map(|(campaign, _)| campaign.0),
        }
    }
}

impl From<Debt> for DebtView {
    fn from(debt: Debt) -> Self {
        Self {
            origin: debt.origin.map(SourceView::from),
            amount: debt.amount.0,
            repaid: debt.repaid.iter().map(MoveView::from).collect(),
            left: debt.left.0,
        }
    }
}

impl From<Source> for SourceView {
    fn from(source: Source) -> Self {
        Self {
            entry: source.entry.get(),
            kind: source.kind.into(),
            purchase: source.purchase.map(|purchase| purchase.get()),
            date: source.date.to_string(),
            verdict: source.verdict.map(Code::from),
            to_be_settled: source.to_be_settled,
            brought: source.brought.map(|id| id.get()),
        }
    }
}

impl From<&Move> for MoveView {
    fn from(change: &Move) -> Self {
        Self {
            why: match change.why {
                Why::Taken => MoveKind::Taken,
                Why::GivenBack => MoveKind::GivenBack,
                Why::DebtRepaid => MoveKind::DebtRepaid,
                Why::Settled => MoveKind::Settled,
            },
            by: change.by.map(SourceView::from),
            points: change.points.0,
        }
    }
}

impl From<OwedReport> for OwedView {
    fn from(report: OwedReport) -> Self {
        let months = report.instruments.iter().flat_map(|(instrument, months)| {
            months
                .iter()
                .map(|month| OwedMonth::of(instrument.0, month))
        });
        Self {
            currency: report.currency.code().to_owned(),
            months: months.collect(),
            certificates: report
                .certificates
                .iter()
                .map(CertificateMonthView::from)
                .collect(),
            whole: report.whole,
        }
    }
}

/// `2026-11`
fn month_text(Month(month): Month) -> String {
    format!(
        "{:04}-{:02}",
        month.div_euclid(12),
        month.rem_euclid(12) + 1
    )
}

impl From<&CertificateMonth> for CertificateMonthView {
    fn from(owed: &CertificateMonth) -> Self {
        Self {
            month: month_text(owed.month),
            issued: owed.issued.0,
            used: owed.used.0,
            given_back: owed.given_back.0,
            ended: owed.ended.0,
            outstanding: owed.outstanding.0,
        }
    }
}

impl OwedMonth {
    fn of(instrument: u32, owed: &LiabilityMonth) -> Self {
        Self {
            instrument,
            month: month_text(owed.month),
            given: owed.moves.given.0,
            taken_back: owed.moves.taken_back.0,
            spent: owed.moves.spent.0,
            given_back: owed.moves.given_back.0,
            expired: owed.moves.expired.0,
            outstanding: owed.outstanding.0,
            debts: owed.debts.0,
            in_hand: owed.in_hand.0,
            breakage: owed.breakage,
            expected: owed.expected.0,
            liability: owed.liability.0,
        }
    }
}
