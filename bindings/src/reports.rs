//! The owner's figures at the border.

use std::collections::BTreeMap;
use std::sync::Arc;

use kartka_core::domain::ids::InstrumentId;
use kartka_core::domain::moment::Date;
use kartka_core::domain::money::Points;
use kartka_core::domain::report::{Moved, Today};
use kartka_core::query::recent::RecentSale as CoreSale;
use kartka_core::query::today::TodayReport;

use crate::border::Border;
use crate::error::{CoreError, Failure, Subject, invalid};
use crate::till::Parts;

/// The owner's figures.
#[derive(uniffi::Object)]
pub struct Reports {
    pub(crate) border: Arc<Border>,
}

/// What the Today screen shows.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct TodayView {
    /// The day.
    pub day: DayView,
    /// The same weekday a week before.
    pub week_before: DayView,
    /// Revenue against that day, in hundredths of a percent; none where there is nothing to compare with.
    pub revenue_change: Option<i64>,
    /// Receipts against that day, likewise.
    pub receipts_change: Option<i64>,
    /// Points outstanding, less debts.
    pub outstanding: Vec<OutstandingView>,
    /// What they are worth, in minor units.
    pub liability: i64,
    /// What gift certificates are still good for, in minor units.
    #[uniffi(default = 0)]
    pub certificates: i64,
    /// Operations of this device that the authority does not hold yet.
    pub outbox: i64,
    /// When the authority was last heard, epoch ms.
    pub synced_ms: i64,
}

/// One business day. Money in minor units.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct DayView {
    /// Which.
    pub date: String,
    /// Sales; a return is none.
    pub receipts: i64,
    /// Sales to a known customer.
    pub identified: i64,
    /// What the sales came to before returns.
    pub sales: i64,
    /// What was paid for them with money.
    pub taken: i64,
    /// Value of what came back.
    pub returns: i64,
    /// Money given back for it.
    pub given_back: i64,
    /// Distinct customer, outlet and day.
    pub visits: i64,
    /// Different customers who bought.
    pub buyers: i64,
    /// Those of them who had bought before.
    pub returning: i64,
    /// Their share in hundredths of a percent; none without a buyer.
    #[uniffi(default = None)]
    pub repeat_share: Option<i64>,
    /// What a receipt came to on average, a half up; none without a receipt.
    #[uniffi(default = None)]
    pub average: Option<i64>,
    /// Customers registered.
    pub registered: i64,
    /// Gift certificates sold, less those taken back; no sales: they count when they pay.
    #[uniffi(default = 0)]
    pub certificates: i64,
    /// Visits that the outlets counted without money; none where nobody counted.
    pub noted: Option<i64>,
    /// Points by instrument.
    pub points: Vec<MovedView>,
}

/// What this device sold and took back today, to be held against the till's own report. Money in minor units.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ShiftView {
    /// The business date.
    pub date: String,
    /// Sales; a return is none.
    pub receipts: i64,
    /// What the goods came to before returns.
    pub sales: i64,
    /// What was paid for them with money: cash, cards and what else a till counts.
    pub taken: i64,
    /// With what they were paid, certificates that were sold too.
    pub paid: Parts,
    /// Value of what came back.
    pub returns: i64,
    /// Money given back for it.
    pub given_back: i64,
}

/// Points that moved on a day, of one instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct MovedView {
    /// Which instrument.
    pub instrument: u32,
    /// Earned.
    pub earned: i64,
    /// Earned points taken back after returns.
    pub taken_back: i64,
    /// Spent.
    pub spent: i64,
    /// Spent points given back after returns.
    pub given_back: i64,
    /// Expired, less what was revived.
    pub expired: i64,
    /// Corrected by hand, given less taken.
    pub adjusted: i64,
}

/// Points outstanding of one instrument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct OutstandingView {
    /// Which instrument.
    pub instrument: u32,
    /// Points, less debts.
    pub points: i64,
}

/// A line of the list of last sales.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct RecentSale {
    /// The purchase.
    pub purchase: i64,
    /// When, epoch ms.
    pub at_ms: i64,
    /// What was paid with money, in minor units.
    pub paid: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// The name to show; none for a sale without a name.
    pub customer: Option<String>,
}

impl Reports {
    pub(crate) fn at(border: &Arc<Border>) -> Self {
        let border = Arc::clone(border);
        Self { border }
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl Reports {
    /// The report of a business date (`2026-11-22`); without one, of today.
    ///
    /// # Errors
    /// `Validation` for a text that is no date; `NotPaired`; the situation of the disk.
    pub async fn today(&self, date: Option<String>) -> Result<TodayView, CoreError> {
        let today = self.border.read(move |shop| {
            let date = date.as_deref().map(business_date).transpose()?;
            TodayView::of(shop.today(date)?)
        });
        today.await
    }

    /// The shift of this device: its own receipts of today, part by part. Needs no right to reports.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn shift(&self) -> Result<ShiftView, CoreError> {
        let shift = self.border.read(|shop| {
            let shift = shop.shift()?;
            Ok(ShiftView {
                date: shift.date.to_string(),
                receipts: shift.sums.receipts,
                sales: shift.sums.sales.0,
                taken: shift.sums.taken.0,
                paid: shift.sums.paid.into(),
                returns: shift.sums.returns.0,
                given_back: shift.sums.given_back.0,
            })
        });
        shift.await
    }

    /// The last sales made on this device today, newest first: what the Scan screen has room for.
    ///
    /// # Errors
    /// `NotPaired`; the situation of the disk.
    pub async fn recent_sales(&self) -> Result<Vec<RecentSale>, CoreError> {
        let recent = self.border.read(|shop| {
            let sales = shop.recent_sales()?;
            Ok(sales.into_iter().map(RecentSale::from).collect())
        });
        recent.await
    }
}

pub(crate) fn business_date(text: &str) -> Result<Date, Failure> {
    text.parse().map_err(|_| invalid(Subject::Text))
}

impl TodayView {
    fn of(report: TodayReport) -> Result<Self, Failure> {
        Ok(Self {
            revenue_change: report.change.revenue,
            receipts_change: report.change.receipts,
            outstanding: outstanding(&report.outstanding),
            liability: report.liability.0,
            certificates: report.certificates.0,
            outbox: i64::try_from(report.outbox).unwrap_or(i64::MAX),
            synced_ms: report.synced_ms,
            day: DayView::of(report.day)?,
            week_before: DayView::of(report.week_before)?,
        })
    }
}

fn outstanding(points: &BTreeMap<InstrumentId, Points>) -> Vec<OutstandingView> {
    let one = |(instrument, points): (&InstrumentId, &Points)| OutstandingView {
        instrument: instrument.0,
        points: points.0,
    };
    points.iter().map(one).collect()
}

impl DayView {
    fn of(day: Today) -> Result<Self, Failure> {
        let overflow = |_| Failure::Fault("a day's figures".to_owned());
        Ok(Self {
            date: day.date.to_string(),
            receipts: day.total.receipts,
            identified: day.total.identified,
            sales: day.total.sales.0,
            taken: day.total.taken.0,
            returns: day.total.returns.0,
            given_back: day.total.given_back.0,
            certificates: day.total.certificates.0,
            visits: day.visits,
            buyers: day.buyers,
            returning: day.returning,
            repeat_share: day.repeat_share().map_err(overflow)?,
            average: day.total.average().map_err(overflow)?.map(|money| money.0),
            registered: day.registered,
            noted: day.noted,
            points: day.points.iter().map(moved).collect(),
        })
    }
}

fn moved((instrument, moved): (&InstrumentId, &Moved)) -> MovedView {
    MovedView {
        instrument: instrument.0,
        earned: moved.earned.0,
        taken_back: moved.taken_back.0,
        spent: moved.spent.0,
        given_back: moved.given_back.0,
        expired: moved.expired.0,
        adjusted: moved.adjusted.0,
    }
}

impl From<CoreSale> for RecentSale {
    fn from(sale: CoreSale) -> Self {
        Self {
            purchase: sale.purchase.get(),
            at_ms: sale.at.instant_ms,
            paid: sale.paid.0,
            currency: sale.currency.code().to_owned(),
            customer: sale.customer,
        }
    }
}
