//! `account`, `owed` and `calculate`: figures that explain themselves.

use std::fmt::Write as _;

use clap::Args;
use kartka_core::domain::explain::{Debt, Explained, Lot, Move, Source, Why};
use kartka_core::domain::ids::InstrumentId;
use kartka_core::domain::liability::LiabilityMonth;
use kartka_core::domain::moment::{Date, Month};
use kartka_core::domain::money::{Currency, Money, Points};
use kartka_core::domain::outstanding::CertificateMonth;
use kartka_core::domain::whatif::calculator::{Day, Typed, calculate as work_out};
use kartka_core::error::CoreError;
use kartka_core::shop::Shop;
use kartka_core::sync::Cancel;
use kartka_core::task::Watch;
use serde_json::{Value, json};

use super::people::Whose;
use super::show::{self, Answer};
use crate::failure::Failure;
use crate::money;

/// Whose account.
#[derive(Debug, Args)]
pub(crate) struct AccountArgs {
    #[command(flatten)]
    whose: Whose,
}

/// The calculator for a shop without history.
#[derive(Debug, Args)]
pub(crate) struct CalculateArgs {
    /// Visitors of an ordinary day.
    #[arg(long)]
    visitors: i64,
    /// What one of them spends.
    #[arg(long, value_name = "MONEY")]
    receipt: String,
    /// How many of 100 come back because of the discount, such as 50 or 12.5.
    #[arg(long, value_name = "PERCENT")]
    returning: String,
    /// The discount for them.
    #[arg(long, value_name = "PERCENT")]
    discount: String,
    /// What is left of 100 when the goods are paid.
    #[arg(long, value_name = "PERCENT")]
    margin: String,
    /// Paid once: cards, posters.
    #[arg(long, value_name = "MONEY", default_value = "0")]
    once: String,
    /// Paid every month.
    #[arg(long, value_name = "MONEY", default_value = "0")]
    monthly: String,
}

/// Every lot of a customer: where it came from, what took it, what is left and until when.
pub(crate) fn account(shop: &Shop, args: &AccountArgs) -> Result<Answer, Failure> {
    let customer = args.whose.named(shop)?;
    let view = shop.account(customer)?;
    let mut text = format!("account of {}", view.id.get());
    if !view.whole {
        text.push_str("  (this device holds the recent months; older lots are one line each)");
    }
    for told in &view.accounts {
        tell(&mut text, told);
    }
    for (instrument, last) in &view.idle {
        let _ = write!(
            text,
            "\ninstrument {}: all of it to {last} without another purchase",
            instrument.0
        );
    }
    let idle = |(instrument, last): &(InstrumentId, Date)| json!({ "instrument": instrument.0, "last_day": last.to_string() });
    let json = json!({
        "customer": show::id(view.id.0),
        "whole": view.whole,
        "idle": view.idle.iter().map(idle).collect::<Vec<_>>(),
        "accounts": view.accounts.iter().map(account_json).collect::<Vec<_>>(),
    });
    Ok(Answer { json, text })
}

fn tell(text: &mut String, told: &Explained) {
    // Writing to a text can't fail.
    let _ = write!(
        text,
        "\ninstrument {}  balance {}",
        told.instrument.0, told.balance.0
    );
    for lot in &told.lots {
        let _ = write!(
            text,
            "\n  {:>8} of {:>8}  {}  {}{}",
            lot.left.0,
            lot.amount.0,
            source(lot.origin),
            life(lot),
            moves(&lot.moves)
        );
        if let Some((promised, code)) = lot.instead_of {
            let _ = write!(text, "  ({} promised: {})", promised.0, code.name());
        }
    }
    for debt in &told.debts {
        let _ = write!(
            text,
            "\n  {:>8} of {:>8}  owed: {}{}",
            -debt.left.0,
            -debt.amount.0,
            source(debt.origin),
            moves(&debt.repaid)
        );
    }
}

fn source(origin: Option<Source>) -> String {
    origin.map_or("from before".to_owned(), |origin| {
        let purchase = origin
            .purchase
            .map_or(String::new(), |p| format!(" of purchase {}", p.get()));
        let settled = if origin.to_be_settled {
            ", to be settled".to_owned()
        } else {
            let why = origin.verdict.map(|code| format!(", {}", code.name()));
            why.unwrap_or_default()
        };
        format!("{:?} {}{purchase}{settled}", origin.kind, origin.date)
    })
}

fn life(lot: &Lot) -> String {
    let last = lot
        .expires_on
        .map_or("for ever".to_owned(), |last| format!("to {last}"));
    match lot.available_on.filter(|_| lot.pending) {
        Some(first) => format!("from {first} {last}"),
        None => last,
    }
}

fn moves(moves: &[Move]) -> String {
    let mut text = String::new();
    for step in moves {
        let why = match (step.why, step.by) {
            (Why::DebtRepaid, _) => "debt".to_owned(),
            (_, None) => "settled".to_owned(),
            (_, Some(by)) => format!("{:?} {}", by.kind, by.date),
        };
        let _ = write!(text, "  {:+} {why}", step.points.0);
    }
    text
}

fn account_json(told: &Explained) -> Value {
    json!({
        "instrument": told.instrument.0,
        "balance": told.balance.0,
        "lots": told.lots.iter().map(lot_json).collect::<Vec<_>>(),
        "debts": told.debts.iter().map(debt_json).collect::<Vec<_>>(),
    })
}

fn lot_json(lot: &Lot) -> Value {
    json!({
        "member": show::id(lot.member.0),
        "origin": lot.origin.map(source_json),
        "amount": lot.amount.0,
        "promised": lot.instead_of.map(|(points, code)| json!({ "points": points.0, "code": code.name() })),
        "available_on": lot.available_on.map(|day| day.to_string()),
        "expires_on": lot.expires_on.map(|day| day.to_string()),
        "pending": lot.pending,
        "moves": lot.moves.iter().map(move_json).collect::<Vec<_>>(),
        "left": lot.left.0,
    })
}

fn debt_json(debt: &Debt) -> Value {
    json!({
        "origin": debt.origin.map(source_json),
        "amount": debt.amount.0,
        "repaid": debt.repaid.iter().map(move_json).collect::<Vec<_>>(),
        "left": debt.left.0,
    })
}

fn move_json(step: &Move) -> Value {
    json!({
        "why": format!("{:?}", step.why),
        "by": step.by.map(source_json),
        "points": step.points.0,
    })
}

fn source_json(source: Source) -> Value {
    json!({
        "entry": show::id(source.entry.0),
        "kind": format!("{:?}", source.kind),
        "purchase": source.purchase.map(|purchase| show::id(purchase.0)),
        "date": source.date.to_string(),
        "verdict": source.verdict.map(|code| code.name()),
        "to_be_settled": source.to_be_settled,
    })
}

/// What the business owes in points, month by month.
pub(crate) fn owed(shop: &Shop) -> Result<Answer, Failure> {
    let report = shop.points_owed(&mut Watch::new(&Cancel::default(), &mut |_| {}))?;
    let currency = report.currency;
    let mut text = String::from(if report.whole {
        "points owed, month by month"
    } else {
        "points owed, month by month (this device holds the recent months only: not the whole of it)"
    });
    let mut instruments = serde_json::Map::new();
    for (instrument, months) in &report.instruments {
        let _ = write!(
            text,
            "\ninstrument {}\n  {:<8}{:>12}{:>12}{:>12}{:>12}{:>12}{:>12}{:>10}{:>10}  owed",
            instrument.0,
            "month",
            "given",
            "back",
            "spent",
            "returned",
            "expired",
            "in hand",
            "debts",
            "unused"
        );
        for row in months {
            let moves = row.moves;
            let columns = [
                moves.given,
                moves.taken_back,
                moves.spent,
                moves.given_back,
                moves.expired,
                row.in_hand,
            ];
            let _ = write!(text, "\n  {:<8}", month(row.month));
            for points in columns {
                let _ = write!(text, "{:>12}", points.0);
            }
            let _ = write!(
                text,
                "{:>10}{:>8} %  {}",
                row.debts.0,
                money::show(Money(row.breakage), 2),
                show::priced(row.liability, currency)
            );
        }
        let rows = months.iter().map(|row| month_json(row, currency)).collect();
        instruments.insert(instrument.0.to_string(), Value::Array(rows));
    }
    if !report.certificates.is_empty() {
        let _ = write!(
            text,
            "\ncertificates\n  {:<8}{:>14}{:>14}{:>14}{:>14}  still good for",
            "month", "issued", "used", "returned", "ended"
        );
    }
    for row in &report.certificates {
        let _ = write!(text, "\n  {:<8}", month(row.month));
        for value in [row.issued, row.used, row.given_back, row.ended] {
            let _ = write!(text, "{:>14}", money::show(value, currency.exponent()));
        }
        let _ = write!(text, "  {}", show::priced(row.outstanding, currency));
    }
    let certificates = report.certificates.iter();
    let certificates = certificates.map(|row| certificate_json(row, currency));
    let json = json!({
        "currency": currency.code(),
        "whole": report.whole,
        "instruments": instruments,
        "certificates": certificates.collect::<Vec<_>>(),
    });
    Ok(Answer { json, text })
}

/// `2026-11`
fn month(month: Month) -> String {
    format!(
        "{:04}-{:02}",
        month.0.div_euclid(12),
        month.0.rem_euclid(12) + 1
    )
}

fn month_json(row: &LiabilityMonth, currency: Currency) -> Value {
    let points = |points: Points| points.0;
    json!({
        "month": month(row.month),
        "given": points(row.moves.given),
        "taken_back": points(row.moves.taken_back),
        "spent": points(row.moves.spent),
        "given_back": points(row.moves.given_back),
        "expired": points(row.moves.expired),
        "outstanding": points(row.outstanding),
        "debts": points(row.debts),
        "in_hand": points(row.in_hand),
        "breakage": row.breakage,
        "expected": points(row.expected),
        "liability": show::amount(row.liability, currency),
    })
}

fn certificate_json(row: &CertificateMonth, currency: Currency) -> Value {
    let amount = |value| show::amount(value, currency);
    json!({
        "month": month(row.month),
        "issued": amount(row.issued),
        "used": amount(row.used),
        "given_back": amount(row.given_back),
        "ended": amount(row.ended),
        "outstanding": amount(row.outstanding),
    })
}

/// The simple calculator: a day without and with the discount, income and profit (P2).
pub(crate) fn calculate(shop: &Shop, args: &CalculateArgs) -> Result<Answer, Failure> {
    let currency = shop.business()?.currency;
    let amount = |text: &str| money::parse(text, currency.exponent()).map_err(Failure::input);
    let share = |text: &str| {
        money::parse(text, 2)
            .map(|share| share.0)
            .map_err(Failure::input)
    };
    let typed = Typed {
        visitors: args.visitors,
        receipt: amount(&args.receipt)?,
        returning: share(&args.returning)?,
        discount: share(&args.discount)?,
        margin: share(&args.margin)?,
        once: amount(&args.once)?,
        monthly: amount(&args.monthly)?,
    };
    let answer = work_out(&typed).map_err(CoreError::from)?;
    let day = |day: Day| json!({ "income": show::amount(day.income, currency), "profit": show::amount(day.profit, currency) });
    let json = json!({
        "without": day(answer.without),
        "with": day(answer.with),
        "anyway": day(answer.anyway),
        "break_even": answer.break_even,
        "paid_back": answer.paid_back,
    });
    let line = |what: &str, day: Day| {
        format!(
            "{what:<34} income {:>16} a day  profit {:>16} a day\n",
            show::priced(day.income, currency),
            show::priced(day.profit, currency)
        )
    };
    let mut text = line("without", answer.without);
    text += &line("with the discount", answer.with);
    text += &line("had they come back without it", answer.anyway);
    let _ = match answer.break_even {
        Some(uplift) => write!(
            text,
            "pays for itself from {} % more sales",
            money::show(Money(uplift), 2)
        ),
        None => write!(
            text,
            "never pays for itself: the discount is the whole margin"
        ),
    };
    let _ = match answer.paid_back {
        Some(day) => write!(text, "; the costs are back on day {day}"),
        None => write!(text, "; the costs never come back"),
    };
    Ok(Answer { json, text })
}
