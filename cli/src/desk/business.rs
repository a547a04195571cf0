//! `found`, `pair`, `sync` and `report`.

use clap::{Args, ValueEnum};
use kartka_core::domain::founding::ShopKind;
use kartka_core::domain::moment::Date;
use kartka_core::domain::money::Currency;
use kartka_core::domain::report::{Figures, Today};
use kartka_core::error::CoreError;
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use kartka_core::sync::transport::Http;
use kartka_core::sync::{Cancel, SyncReport};
use kartka_core::usecase::found::FoundRequest;
use serde_json::{Map, Value, json};

use super::show::{self, Answer};
use crate::failure::Failure;

/// Founds a business.
#[derive(Debug, Args)]
pub(crate) struct FoundArgs {
    /// The shop's name, as customers know it.
    #[arg(long)]
    name: String,
    /// Two letters: decides currency, time zone and the prefix of phone numbers.
    #[arg(long)]
    country: String,
    /// What it sells: decides the ready programme.
    #[arg(long, value_enum, default_value_t = Kind::Shop)]
    kind: Kind,
    /// The owner's name.
    #[arg(long)]
    owner: String,
}

/// What a business sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Coffee, food: a stamp card beside the bonus card.
    Coffee,
    /// Everything else: a bonus card.
    Shop,
}

impl From<Kind> for ShopKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Coffee => Self::Coffee,
            Kind::Shop => Self::Shop,
        }
    }
}

/// Joins a business.
#[derive(Debug, Args)]
pub(crate) struct PairArgs {
    /// The text of the pairing code; it begins with KARTKA1:
    code: String,
    /// This device's name on the owner's screen.
    #[arg(long, default_value = "Desk")]
    name: String,
}

/// A day's report.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// YYYY-MM-DD; without it, today.
    #[arg(long)]
    date: Option<Date>,
}

/// Founds and shows the business.
pub(crate) fn found(shop: &Shop, request: RequestId, args: &FoundArgs) -> Result<Answer, Failure> {
    let form = FoundRequest {
        name: args.name.clone(),
        country: args.country.to_ascii_uppercase(),
        kind: args.kind.into(),
        owner: args.owner.clone(),
    };
    shop.found(request, &form)?;
    business(shop)
}

/// Pairs, pulls everything for the first time and shows the business.
pub(crate) fn pair(shop: &Shop, request: RequestId, args: &PairArgs) -> Result<Answer, Failure> {
    shop.pair(request, &args.code, &args.name, &http()?)?;
    business(shop)
}

/// Exchanges with the server until nothing is left to send or to fetch.
pub(crate) fn sync(shop: &Shop) -> Result<Answer, Failure> {
    let report = shop.sync(&http()?, &Cancel::default())?;
    let status = show::status(&shop.sync_status()?);
    let digests = shop.digests()?;
    // A scope that holds nothing has none.
    let held = digests.iter().filter(|(.., digest)| *digest != [0; 16]);
    let digests = held.map(|(scope, _, digest)| {
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        (scope.code().to_string(), Value::String(hex))
    });
    let answer = exchanged(&report, digests.collect(), status);
    // A desk has no idle moments of its own: what was learnt is acted upon now, its keys are sealed to a new sheet.
    shop.idle()?;
    Ok(answer)
}

/// Says that this device's clock, which jumped, is right.
pub(crate) fn trust_clock(shop: &Shop) -> Result<Answer, Failure> {
    shop.trust_clock()?;
    business(shop)
}

/// The way to a server.
pub(super) fn http() -> Result<Http, Failure> {
    Ok(Http::new(None).map_err(CoreError::from)?)
}

fn exchanged(report: &SyncReport, digests: Map<String, Value>, status: Answer) -> Answer {
    let json = json!({
        "ops_sent": report.ops_pushed,
        "rows_received": report.rows_pulled,
        "bytes_up": report.bytes_up,
        "bytes_down": report.bytes_down,
        "mismatches": report.mismatches,
        "digests": digests,
        "status": status.json,
    });
    let text = format!(
        "sent {} ops, received {} rows  {}",
        report.ops_pushed, report.rows_pulled, status.text
    );
    Answer { json, text }
}

/// A day against the same day of the week before, and what is owed in points.
pub(crate) fn report(shop: &Shop, args: &ReportArgs) -> Result<Answer, Failure> {
    let currency = shop.business()?.currency;
    let report = shop.today(args.date)?;
    let points: i64 = report.outstanding.values().map(|points| points.0).sum();
    let json = json!({
        "currency": currency.code(),
        "day": day(&report.day, currency)?,
        "week_before": day(&report.week_before, currency)?,
        "revenue_change": report.change.revenue,
        "points_outstanding": points,
        "liability": show::amount(report.liability, currency),
        "certificates": show::amount(report.certificates, currency),
        "outbox": report.outbox,
    });
    let total = &report.day.total;
    let text = format!(
        "{}  revenue {} (a week before {})  receipts {}  visits {}  new {}  \
         points outstanding {points}, worth {}  certificates still good for {}  {} to send",
        report.day.date,
        show::priced(revenue(total)?, currency),
        show::priced(revenue(&report.week_before.total)?, currency),
        total.receipts,
        report.day.visits,
        report.day.registered,
        show::priced(report.liability, currency),
        show::priced(report.certificates, currency),
        report.outbox
    );
    Ok(Answer { json, text })
}

fn revenue(figures: &Figures) -> Result<kartka_core::domain::money::Money, Failure> {
    Ok(figures.revenue().map_err(CoreError::from)?)
}

/// The change and shares are in hundredths of a percent.
fn day(day: &Today, currency: Currency) -> Result<Value, Failure> {
    let total = &day.total;
    let points: Vec<Value> = day
        .points
        .iter()
        .map(|(instrument, moved)| {
            json!({
                "instrument": instrument.0,
                "earned": moved.earned.0,
                "taken_back": moved.taken_back.0,
                "spent": moved.spent.0,
                "given_back": moved.given_back.0,
                "expired": moved.expired.0,
            })
        })
        .collect();
    Ok(json!({
        "date": day.date.to_string(),
        "receipts": total.receipts,
        "sales": show::amount(total.sales, currency),
        "returns": show::amount(total.returns, currency),
        "revenue": show::amount(revenue(total)?, currency),
        "certificates_sold": show::amount(total.certificates, currency),
        "money": show::amount(total.money().map_err(CoreError::from)?, currency),
        "average": total.average().map_err(CoreError::from)?.map(|average| show::amount(average, currency)),
        "visits": day.visits,
        "registered": day.registered,
        "repeat_share": day.repeat_share().map_err(CoreError::from)?,
        "points": points,
    }))
}

fn business(shop: &Shop) -> Result<Answer, Failure> {
    let business = shop.business()?;
    let status = show::status(&shop.sync_status()?);
    let json = json!({
        "business": business.name,
        "country": business.country,
        "currency": business.currency.code(),
        "status": status.json,
    });
    let text = format!(
        "{}  {}  {}",
        business.name,
        business.currency.code(),
        status.text
    );
    Ok(Answer { json, text })
}
