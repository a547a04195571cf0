//! The border to Kotlin, Swift and Python.
//!
//! Exports only: objects, records, errors and observers, each converted from what `kartka-core` offers. It decides
//! nothing and keeps nothing of its own. Its names are a promise to three languages (architecture §3, §5): ids, money
//! and points cross as 64-bit integers, dates as ISO texts, instants as epoch milliseconds, words as codes. No text for
//! people crosses. Calls that reach the disk or the network are asynchronous and run as their own task on our runtime,
//! so a caller that gives up loses the answer and never the work.

uniffi::setup_scaffolding!("kartka");

mod account;
mod after;
mod before;
mod border;
mod cards;
mod codes;
mod customers;
mod error;
mod fault;
mod handover;
mod limits;
mod office;
mod platform;
mod programme;
mod recovery;
mod referral;
#[cfg(feature = "border-tests")]
mod rehearsal;
mod reports;
mod root;
mod scan;
mod settings;
mod sync;
mod task;
mod team;
mod till;
mod unlinked;
mod wallet;
mod whatif;
mod wizard;

pub use account::{
    AccountView, DebtView, ExplainedView, LotView, MoveKind, MoveView, OwedMonth, OwedRun,
    OwedView, SourceView,
};
pub use after::{AdjustReason, AttachRequest};
pub use before::{founding_countries, open_if_here, qr_squares, search_codes};
pub use cards::{Card, Cards, Recognised};
pub use codes::{Code, CodeArgument};
pub use customers::{
    Birthday, CardChoice, CustomerSheet, Customers, MemberView, MergeView, PointsView, Profile,
    Registration, StampsView, Will,
};
pub use error::{CoreError, Subject};
pub use handover::{Handover, HandoverEnd, HandoverStage, HandoverState};
pub use limits::{
    CardRead, EarnLimits, FiscalReceipt, FiscalSlip, FlaggedSale, LimitNumber, LimitThen,
};
pub use office::{DeviceStanding, DeviceView, ErasureView, InboxItem, LostPhoneView, Office};
pub use platform::{
    ChangeListener, ChangeTopic, KeyStore, KeyStoreFault, ListenerFault, LogEntry, LogLevel,
    LogSink,
};
pub use programme::{
    DiscountStep, EarningBase, EarningTerms, InstrumentKind, InstrumentTerms, InstrumentView,
    OfflineSpending, PointLife, PointRounding, Programme, ProgrammeView, SpendingTerms, StampBasis,
    StampReward,
};
pub use recovery::{
    AsideBrought, CopyAge, CopyMade, OutboxBrought, OutboxMade, Recovery, RecoverySheet,
};
#[cfg(feature = "border-tests")]
pub use rehearsal::{Rehearsal, RehearsedFrame};
pub use reports::{DayView, MovedView, OutstandingView, RecentSale, Reports, TodayView};
pub use root::{Founding, KartkaCore, ShopKind};
pub use scan::{Carrier, Reading, ScanEvent, ScanSession, Scanned};
pub use settings::{BusinessView, DataCare, Settings};
pub use sync::{
    Exchange, SyncDot, SyncProgress, SyncProgressListener, SyncReport, SyncRun, SyncStanding,
};
pub use task::TaskListener;
pub use team::{ColleagueView, RoleView, Team};
pub use till::{
    ClaimView, EntryKind, EntryView, HistoryKey, HistoryPage, LaidDown, Line, NewCertificate,
    Order, Parts, PurchaseView, PurchasedLine, QuoteView, QuotedLine, Redeemable, RefundView,
    ReturnView, ReturnedLine, RewardChoice, Tender, Till, TillRequest, VoidReason, VoucherGift,
    VoucherReason, VoucherState, VoucherView,
};
pub use unlinked::{Settlement, UnlinkedReturnRequest, UnlinkedReturnView, UnlinkedState};
pub use wallet::{
    CardFreshness, CardSaid, CardWish, HeldLevel, HeldPoints, HeldPurchase, HeldStamps,
    HeldVoucher, HolderProfile, LinkedCard, Refreshed, Wallet, WalletCard, read_card_link,
};
pub use whatif::{
    Calculated, CalculatedDay, CalculatorForm, Gainer, Outlook, WhatIfForm, WhatIfRun, WhatIfView,
    calculate,
};
pub use wizard::{
    Trade, WizardAnswer, WizardCheck, WizardDraft, WizardField, WizardInput, WizardKind,
    WizardModel, WizardPreview, WizardProblem, WizardReceipt, WizardStep, WizardText,
};

/// The version of the core behind this border, as in `Cargo.toml`: for the settings screen and for reports of faults.
#[uniffi::export]
#[must_use]
pub fn core_version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
