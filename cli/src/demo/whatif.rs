//! The table after the main one: what the demo's programme and two drafts beside it come to over the same purchases (P1).
//!
//! The purchases are the file's own, replayed by the core's evaluator; the assumptions are stated with the table.

use std::fmt::Write as _;
use std::time::Duration;

use kartka_core::domain::ids::{CustomerId, DeviceNo, OutletId, ProgrammeVersion};
use kartka_core::domain::moment::{Date, Moment, day_number};
use kartka_core::domain::money::Money;
use kartka_core::domain::programme::Programme;
use kartka_core::domain::purchase::Line;
use kartka_core::domain::redeem::CashStep;
use kartka_core::domain::whatif::{
    Assumptions, CampaignCost, Forecast, Guest, Habit, Past, Range, Replay, Replayed, WhatIfError,
    forecast,
};
use kartka_core::domain::wizard::{Draft, Ground, Kind, Trade};
use kartka_core::error::CoreError;

use super::cdnow::Purchase;
use super::machine::Stopwatch;
use super::table::dollars;
use crate::failure::Failure;
use crate::money;

/// What the demo takes the owner to believe.
const ASSUMED: Assumptions = Assumptions {
    margin: Range {
        low: 2_500,
        likely: 3_000,
        high: 3_500,
    },
    response: Range {
        low: 4_000,
        likely: 6_000,
        high: 8_000,
    },
    extra: Range {
        low: 0,
        likely: 1_000,
        high: 2_500,
    },
    card: Range {
        low: 5,
        likely: 10,
        high: 20,
    },
    message: Range::exactly(0),
    messages: 0,
    once: Money(0),
};

/// One column.
struct Column {
    name: &'static str,
    replayed: Replayed,
    forecast: Forecast,
}

/// Replays the purchases with the programme and with two drafts, and shows them side by side.
///
/// # Errors
/// A sum that leaves 64 bits.
pub(crate) fn table(purchases: &[Purchase], programme: &Programme) -> Result<String, Failure> {
    let watch = Stopwatch::start();
    let history = history(purchases)?;
    let mut columns = vec![column("as it is", programme, &history)?];
    for (name, kind, rate) in [
        ("3 % back", Kind::Bonus, 300),
        ("5 % off", Kind::Discount, 500),
    ] {
        columns.push(column(name, &draft(kind, rate)?, &history)?);
    }
    Ok(render(&columns, history.len(), watch.elapsed())?)
}

/// The purchases by customer, each customer's oldest first.
fn history(purchases: &[Purchase]) -> Result<Vec<(CustomerId, Date, Money)>, Failure> {
    let mut all = Vec::with_capacity(purchases.len());
    for purchase in purchases {
        let id = DeviceNo::FOUNDER.id(i64::from(purchase.customer) + 1);
        let id = id.map_err(CoreError::from)?;
        all.push((CustomerId(id), purchase.date, purchase.amount));
    }
    all.sort_unstable();
    Ok(all)
}

fn draft(kind: Kind, rate: i64) -> Result<Programme, Failure> {
    let mut draft = Draft::new(kind, Trade::Grocery, "Draft");
    draft.answers.insert("rate".to_owned(), rate);
    let unsound = || {
        Failure::from(CoreError::Unexpected {
            what: "the demo's draft",
        })
    };
    let nothing = Programme::publish(ProgrammeVersion(1), Vec::new()).map_err(|_| unsound())?;
    let ground = Ground {
        exponent: 2,
        programme: &nothing,
        edits: None,
    };
    draft.publish(&ground).map_err(|_| unsound())
}

fn column(
    name: &'static str,
    programme: &Programme,
    history: &[(CustomerId, Date, Money)],
) -> Result<Column, Failure> {
    let failed = |error: WhatIfError| Failure::from(CoreError::from(error));
    let until = history.iter().map(|(_, date, _)| *date).max();
    let until = until.ok_or(CoreError::NotFound)?;
    let replay = Replay::new(programme, Habit::default(), CashStep(Money(100)), until);
    let bought = |replay: &mut Replay<'_>| {
        for (customer, date, amount) in history {
            let lines = [Line::amount(*amount)];
            replay.add(&Past {
                guest: Guest::default(),
                customer: Some(*customer),
                at: Moment {
                    instant_ms: day_number(*date) * 86_400_000 + 43_200_000,
                    date: *date,
                    minute: 720,
                },
                outlet: OutletId(1),
                lines: &lines,
            })?;
        }
        Ok(())
    };
    let replayed = replay.all(bought).map_err(failed)?;
    let forecast = forecast(&replayed, &ASSUMED).map_err(failed)?;
    Ok(Column {
        name,
        replayed,
        forecast,
    })
}

fn render(columns: &[Column], purchases: usize, took: Duration) -> Result<String, CoreError> {
    let mut text = String::new();
    // Writing to a text can't fail.
    let _ = write!(text, "\n{:<38}", "What if");
    for column in columns {
        let _ = write!(text, "{:>16}", column.name);
    }
    let rows: Vec<(&str, Vec<String>)> = vec![
        ("given to customers", all(columns, given)?),
        (
            "owed in points at the end",
            all(columns, |c| Ok(dollars(c.replayed.liability()?.0)))?,
        ),
        ("cost, part of what they spend", all(columns, part)?),
        (
            "points that end unused",
            all(columns, |c| Ok(percent(c.replayed.breakage()?)))?,
        ),
        (
            "receipts that cost less",
            all(columns, |c| Ok(c.replayed.touched.to_string()))?,
        ),
        (
            "customers who gain",
            all(columns, |c| Ok(c.replayed.gains.gainers.to_string()))?,
        ),
        (
            "what the top tenth of them gets",
            all(columns, |c| Ok(dollars(c.replayed.gains.deciles[0].0)))?,
        ),
        (
            "given to who came back anyway",
            all(columns, |c| Ok(dollars(c.replayed.gains.anyway.given.0)))?,
        ),
        ("extra visits to break even", all(columns, break_even)?),
        (
            "profit at worst",
            all(columns, |c| Ok(dollars(c.forecast.profit.low.0)))?,
        ),
        (
            "profit, most likely",
            all(columns, |c| Ok(dollars(c.forecast.profit.likely.0)))?,
        ),
        (
            "profit at best",
            all(columns, |c| Ok(dollars(c.forecast.profit.high.0)))?,
        ),
    ];
    for (name, values) in rows {
        let _ = write!(text, "\n  {name:<36}");
        for value in values {
            let _ = write!(text, "{value:>16}");
        }
    }
    for column in columns {
        for cost in &column.replayed.campaigns {
            let _ = write!(text, "\n  {}: {}", column.name, campaign(cost));
        }
    }
    let _ = write!(
        text,
        "\n  if margin is {}, {} take part and {} more visits come of it; everything is spent when it may be\n  \
         {} drafts over {purchases} purchases in {:.1} s",
        spread(ASSUMED.margin),
        spread(ASSUMED.response),
        spread(ASSUMED.extra),
        columns.len(),
        took.as_secs_f64()
    );
    Ok(text)
}

fn all(
    columns: &[Column],
    of: impl Fn(&Column) -> Result<String, CoreError>,
) -> Result<Vec<String>, CoreError> {
    columns.iter().map(of).collect()
}

fn given(column: &Column) -> Result<String, CoreError> {
    let replayed = &column.replayed;
    let given = [replayed.discounts, replayed.spent, replayed.rewards];
    Ok(dollars(Money::total(given)?.0))
}

/// What a campaign adds of its budget, and when that ends.
fn campaign(cost: &CampaignCost) -> String {
    let (id, points, budget) = (cost.campaign.0, cost.points.0, cost.budget.0);
    let value = dollars(cost.value.0);
    let ended = cost.ended.map(|day| format!(", all of it by {day}"));
    let ended = ended.unwrap_or_default();
    format!("campaign {id} adds {points} of its {budget} points ({value}){ended}")
}

fn part(column: &Column) -> Result<String, CoreError> {
    let (cost, base) = (column.replayed.cost()?, column.replayed.base);
    let share = i128::from(cost.0) * 10_000 / i128::from(base.0.max(1));
    Ok(percent(i64::try_from(share).unwrap_or(i64::MAX)))
}

fn break_even(column: &Column) -> Result<String, CoreError> {
    Ok(column
        .forecast
        .break_even
        .map_or("never".to_owned(), percent))
}

fn percent(hundredths: i64) -> String {
    format!("{} %", money::show(Money(hundredths), 2))
}

fn spread(range: Range) -> String {
    let whole = |hundredths: i64| hundredths / 100;
    format!(
        "{}–{}–{} %",
        whole(range.low),
        whole(range.likely),
        whole(range.high)
    )
}
