//! What an instrument would cost, at the border: the replay of the shop's own purchases as a task, and the calculator
//! for a shop that has only numbers to type (P1, P2).

use std::sync::Arc;

use kartka_core::domain::ids::CustomerId;
use kartka_core::domain::money::Money;
use kartka_core::domain::whatif::calculator::{self, Day, Typed};
use kartka_core::domain::whatif::{Assumptions, CampaignCost, Habit, Range, Replayed, Spread};
use kartka_core::query::whatif::{WhatIfReport, WhatIfRequest};
use kartka_core::shop::Shop;
use kartka_core::task::Watch;

use crate::error::{CoreError, Failure, Subject};
use crate::reports::Reports;
use crate::task::{Task, TaskListener};

/// What is asked. Shares in hundredths of a percent, money in minor units.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WhatIfForm {
    /// A saved draft; without one the programme as it is.
    #[uniffi(default = None)]
    pub draft: Option<i64>,
    /// Of the visits at which something may be spent, at so many everything is.
    #[uniffi(default = 10000)]
    pub spends: i64,
    /// Only so many days back from the last sale; none for all that is held.
    #[uniffi(default = None)]
    pub days: Option<u32>,
    /// Margin before any discount.
    pub margin: Outlook,
    /// Share of the known customers who take part.
    pub response: Outlook,
    /// Visits that the instrument causes, of those that happened.
    pub extra: Outlook,
    /// What one card costs.
    pub card: Outlook,
    /// What one message costs.
    pub message: Outlook,
    /// Messages to each who takes part.
    #[uniffi(default = 0)]
    pub messages: i64,
    /// Paid once.
    #[uniffi(default = 0)]
    pub once: i64,
}

/// What is believed, or comes of it: low ≤ likely ≤ high.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Outlook {
    /// At least, or at worst.
    pub low: i64,
    /// Most likely.
    pub likely: i64,
    /// At most, or at best.
    pub high: i64,
}

/// What the draft would have come to. Money in minor units, shares in hundredths of a percent.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct WhatIfView {
    /// First business date of the history; none without a purchase.
    pub first_day: Option<String>,
    /// Last business date.
    pub last_day: Option<String>,
    /// ISO 4217 code.
    pub currency: String,
    /// Purchases replayed.
    pub purchases: i64,
    /// Those without a customer: no instrument reaches them.
    pub nameless: i64,
    /// Known customers.
    pub customers: i64,
    /// Receipts that got a discount, points spent or a reward.
    pub touched: i64,
    /// What all purchases came to.
    pub sales: i64,
    /// What those of known customers came to.
    pub base: i64,
    /// Discounts given.
    pub discounts: i64,
    /// Points spent, in money.
    pub spent: i64,
    /// What rewards are worth.
    pub rewards: i64,
    /// Value of the points given.
    pub issued: i64,
    /// Value of the points that ended unused.
    pub expired: i64,
    /// Value of the points that are left.
    pub outstanding: i64,
    /// The highest that was at the end of a month.
    pub peak: i64,
    /// Points that end unused among those whose end is known.
    pub breakage: i64,
    /// What is owed in points at the end.
    pub liability: i64,
    /// What it costs if nobody changes.
    pub cost: i64,
    /// Customers who got anything.
    pub gainers: i64,
    /// What each tenth of the customers got, those who got most first.
    pub deciles: Vec<i64>,
    /// Who got most.
    pub top: Vec<Gainer>,
    /// What each campaign of the programme adds.
    pub campaigns: Vec<CampaignAdds>,
    /// Customers who bought again without it.
    pub anyway: i64,
    /// Those of them who get something.
    pub anyway_gainers: i64,
    /// What they get.
    pub anyway_given: i64,
    /// Profit against having no such instrument.
    pub profit: Outlook,
    /// Cards, messages and what is paid once.
    pub outlay: i64,
    /// Extra visits at which it pays for itself; none where it never does.
    pub break_even: Option<i64>,
    /// Share of the rewarded visits that must be new ones; none where even all would not do.
    pub new_visits: Option<i64>,
}

/// Who gained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Gainer {
    /// The customer.
    pub customer: i64,
    /// What they got, in minor units.
    pub value: i64,
}

/// What a campaign comes to (E3).
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CampaignAdds {
    /// Its number in the programme.
    pub instrument: u32,
    /// Points that it adds.
    pub points: i64,
    /// What they are worth, in minor units.
    pub value: i64,
    /// The most points that it may add.
    pub budget: i64,
    /// The business date on which that is reached, `2026-11-22`; none where it lasts.
    pub ended: Option<String>,
}

/// A replay that runs.
#[derive(uniffi::Object)]
pub struct WhatIfRun(Task<WhatIfView>);

#[uniffi::export(async_runtime = "tokio")]
impl WhatIfRun {
    /// Waits for the end. May be asked again, also by several callers.
    ///
    /// # Errors
    /// `RuleRejected` without the right to reports; `NotFound` for a draft that is gone; `Validation` for a draft with
    /// problems or assumptions that are no ranges; `Cancelled`; `NotPaired`; the situation of the disk.
    pub async fn outcome(&self) -> Result<WhatIfView, CoreError> {
        self.0.outcome().await
    }

    /// Ends it; the outcome is then `Cancelled`.
    pub fn cancel(&self) {
        self.0.cancel();
    }
}

#[uniffi::export]
impl Reports {
    /// Begins to replay the shop's own purchases with a draft (P1). Changes nothing.
    #[must_use]
    pub fn what_if(
        &self,
        form: WhatIfForm,
        listener: Option<Arc<dyn TaskListener>>,
    ) -> Arc<WhatIfRun> {
        let task = Task::start(&self.border, listener, move |shop, watch| {
            replay(shop, &form, watch)
        });
        Arc::new(WhatIfRun(task))
    }
}

fn replay(shop: &Shop, form: &WhatIfForm, watch: &mut Watch<'_>) -> Result<WhatIfView, Failure> {
    let draft = match form.draft {
        Some(draft) => shop.programme_with(draft)?,
        None => shop.programme()?,
    };
    let ask = WhatIfRequest {
        draft,
        habit: Habit {
            spends: form.spends,
        },
        assumed: Assumptions {
            margin: form.margin.into(),
            response: form.response.into(),
            extra: form.extra.into(),
            card: form.card.into(),
            message: form.message.into(),
            messages: form.messages,
            once: Money(form.once),
        },
        days: form.days,
    };
    shown(shop.what_if(&ask, watch)?)
}

fn shown(report: WhatIfReport) -> Result<WhatIfView, Failure> {
    let overflow = |_| {
        Failure::from(CoreError::Validation {
            subject: Subject::Amount,
        })
    };
    let found: Replayed = report.replayed;
    let gainer = |(customer, value): &(CustomerId, Money)| Gainer {
        customer: customer.get(),
        value: value.0,
    };
    Ok(WhatIfView {
        first_day: report.days.map(|(first, _)| first.to_string()),
        last_day: report.days.map(|(_, last)| last.to_string()),
        currency: report.currency.code().to_owned(),
        breakage: found.breakage().map_err(overflow)?,
        liability: found.liability().map_err(overflow)?.0,
        cost: found.cost().map_err(overflow)?.0,
        purchases: found.purchases,
        nameless: found.nameless,
        customers: found.customers,
        touched: found.touched,
        sales: found.sales.0,
        base: found.base.0,
        discounts: found.discounts.0,
        spent: found.spent.0,
        rewards: found.rewards.0,
        issued: found.issued.0,
        expired: found.expired.0,
        outstanding: found.outstanding.0,
        peak: found.peak.0,
        gainers: found.gains.gainers,
        deciles: found.gains.deciles.iter().map(|sum| sum.0).collect(),
        top: found.gains.top.iter().map(gainer).collect(),
        campaigns: found.campaigns.iter().map(CampaignAdds::from).collect(),
        anyway: found.gains.anyway.customers,
        anyway_gainers: found.gains.anyway.gainers,
        anyway_given: found.gains.anyway.given.0,
        profit: report.forecast.profit.into(),
        outlay: report.forecast.outlay.0,
        break_even: report.forecast.break_even,
        new_visits: report.forecast.new_visits,
    })
}

impl From<&CampaignCost> for CampaignAdds {
    fn from(cost: &CampaignCost) -> Self {
        Self {
            instrument: cost.campaign.0,
            points: cost.points.0,
            value: cost.value.0,
            budget: cost.budget.0,
            ended: cost.ended.map(|day| day.to_string()),
        }
    }
}

impl From<Outlook> for Range {
    fn from(assumed: Outlook) -> Self {
        Self {
            low: assumed.low,
            likely: assumed.likely,
            high: assumed.high,
        }
    }
}

impl From<Spread> for Outlook {
    fn from(spread: Spread) -> Self {
        Self {
            low: spread.low.0,
            likely: spread.likely.0,
            high: spread.high.0,
        }
    }
}

/// What the owner of a shop without history types. Shares in hundredths of a percent, money in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct CalculatorForm {
    /// Visitors of an ordinary day.
    pub visitors: i64,
    /// What one of them spends.
    pub receipt: i64,
    /// Share of them that comes back because of the discount.
    pub returning: i64,
    /// The discount for who comes back.
    pub discount: i64,
    /// Margin before any discount.
    pub margin: i64,
    /// Paid once.
    pub once: i64,
    /// Paid for every month of 30 days.
    pub monthly: i64,
}

/// Income and profit of a day, in minor units: never one without the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct CalculatedDay {
    /// What the till takes.
    pub income: i64,
    /// What is left of it after the goods.
    pub profit: i64,
}

/// The calculator's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct Calculated {
    /// As it is.
    pub as_it_is: CalculatedDay,
    /// With those who come back at the discount.
    pub discounted: CalculatedDay,
    /// The same people, had they come back without a discount.
    pub anyway: CalculatedDay,
    /// Extra sales that the discount needs to pay for itself, in hundredths of a percent; none where it never does.
    pub break_even: Option<i64>,
    /// The day, from 1, on which the costs are back; none where they never are.
    pub paid_back: Option<i64>,
}

/// An ordinary day without and with a discount (P2). Needs no shop.
///
/// # Errors
/// `Validation` for a number that is no share or no amount.
#[uniffi::export]
pub fn calculate(form: CalculatorForm) -> Result<Calculated, CoreError> {
    let typed = Typed {
        visitors: form.visitors,
        receipt: Money(form.receipt),
        returning: form.returning,
        discount: form.discount,
        margin: form.margin,
        once: Money(form.once),
        monthly: Money(form.monthly),
    };
    let wrong = |_| CoreError::Validation {
        subject: Subject::Amount,
    };
    let answer = calculator::calculate(&typed).map_err(wrong)?;
    Ok(Calculated {
        as_it_is: answer.without.into(),
        discounted: answer.with.into(),
        anyway: answer.anyway.into(),
        break_even: answer.break_even,
        paid_back: answer.paid_back,
    })
}

impl From<Day> for CalculatedDay {
    fn from(day: Day) -> Self {
        Self {
            income: day.income.0,
            profit: day.profit.0,
        }
    }
}
