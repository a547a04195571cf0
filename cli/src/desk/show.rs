//! What a command answers: one JSON value for scripts, a few lines for people.
//!
//! Ids are strings, because a script's numbers may be floats; money is decimal text in the business's currency.

use std::fmt::Write as _;

use kartka_core::domain::customer::Will;
use kartka_core::domain::held::PointsHeld;
use kartka_core::domain::ids::Id;
use kartka_core::domain::money::{Currency, Money};
use kartka_core::domain::purchase::ReturnKind;
use kartka_core::query::customer::CustomerSheet;
use kartka_core::query::history::{Order, PurchaseView};
use kartka_core::query::status::SyncStatus;
use serde_json::{Value, json};

use crate::money;

/// An answer in both forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// For scripts.
    pub(crate) json: Value,
    /// For people; without the last line end.
    pub(crate) text: String,
}

impl Answer {
    /// Several answers as a JSON list.
    pub(crate) fn list(all: Vec<Self>, nothing: &str) -> Self {
        let text = if all.is_empty() {
            nothing.to_owned()
        } else {
            let texts: Vec<&str> = all.iter().map(|one| one.text.as_str()).collect();
            texts.join("\n")
        };
        Self {
            json: all.into_iter().map(|one| one.json).collect(),
            text,
        }
    }
}

/// An id for JSON.
pub(crate) fn id(id: Id) -> Value {
    Value::String(id.get().to_string())
}

/// Money for JSON.
pub(crate) fn amount(amount: Money, currency: Currency) -> Value {
    Value::String(money::show(amount, currency.exponent()))
}

/// Money for people.
pub(crate) fn priced(amount: Money, currency: Currency) -> String {
    format!(
        "{} {}",
        money::show(amount, currency.exponent()),
        currency.code()
    )
}

/// A customer; `codes` are the K1 codes of their cards.
pub(crate) fn customer(sheet: &CustomerSheet, codes: &[String], currency: Currency) -> Answer {
    let cards: Vec<String> = sheet.cards.iter().map(|card| card.digits()).collect();
    let phones: Vec<String> = sheet
        .phones
        .iter()
        .map(|p| format!("+{}", p.digits()))
        .collect();
    let points: Vec<Value> = sheet
        .points
        .iter()
        .map(|view| points(view, currency))
        .collect();
    let stamps: Vec<Value> = sheet
        .stamps
        .iter()
        .map(|s| json!({ "instrument": s.instrument.0, "stamps": s.stamps.0, "size": s.size.0 }))
        .collect();
    let json = json!({
        "customer": id(sheet.id.0),
        "name": sheet.name,
        "phones": phones,
        "cards": cards,
        "codes": codes,
        "points": points,
        "stamps": stamps,
        "visits": sheet.visits,
        "spent": amount(sheet.spent, currency),
        "last_visit": sheet.last_visit.map(|day| day.to_string()),
        "marketing": sheet.marketing == Will::Given,
        "flags": sheet.flags.iter().map(|code| code.name()).collect::<Vec<_>>(),
    });
    let mut text = format!(
        "{}  {}  visits {}  spent {}",
        sheet.id.get(),
        sheet.name.as_deref().unwrap_or("(no name)"),
        sheet.visits,
        priced(sheet.spent, currency)
    );
    for part in [phones.join(" "), cards.join(" ")] {
        if !part.is_empty() {
            text.push_str("  ");
            text.push_str(&part);
        }
    }
    for view in &sheet.points {
        // Writing to a text can't fail.
        let _ = write!(
            text,
            "  points {} (spendable {}, worth {})",
            view.balance.0,
            view.spendable.0,
            priced(view.worth, currency)
        );
    }
    for view in &sheet.stamps {
        let _ = write!(text, "  stamps {} of {}", view.stamps.0, view.size.0);
    }
    Answer { json, text }
}

fn points(view: &PointsHeld, currency: Currency) -> Value {
    json!({
        "instrument": view.instrument.0,
        "balance": view.balance.0,
        "spendable": view.spendable.0,
        "pending": view.pending.0,
        "worth": amount(view.worth, currency),
        "expiring": view.expiring.map(|(last, points)| json!({ "last_day": last.to_string(), "points": points.0 })),
    })
}

/// A receipt with what came of it.
pub(crate) fn purchase(view: &PurchaseView, currency: Currency) -> Answer {
    let sold = &view.purchase;
    let lines: Vec<Value> = sold
        .lines
        .iter()
        .zip(&view.returned)
        .map(|(line, returned)| {
            json!({
                "amount": amount(line.gross, currency),
                "quantity": money::show(Money(line.quantity.0), 3),
                "returned": money::show(Money(returned.0), 3),
            })
        })
        .collect();
    let paid = sold.parts.money().unwrap_or_default();
    let voided = view
        .returns
        .iter()
        .any(|r| matches!(r.kind, ReturnKind::Void(_)));
    let json = json!({
        "purchase": id(sold.id.0),
        "customer": sold.earner().map(|customer| id(customer.0)),
        "date": sold.at.date.to_string(),
        "receipt": sold.receipt.as_ref().map(|number| number.as_str()),
        "lines": lines,
        "total": amount(view.total(), currency),
        "paid_with_money": amount(paid, currency),
        "paid_with_points": amount(sold.parts.points, currency),
        "currency": currency.code(),
        "points": view.points().0,
        "returns": view.returns.len(),
        "voided": voided,
        "confirmed": view.order == Order::Confirmed,
    });
    let text = format!(
        "purchase {}  {}  total {}  paid {}  points {:+}{}",
        sold.id.get(),
        sold.at.date,
        priced(view.total(), currency),
        priced(paid, currency),
        view.points().0,
        if voided { "  void" } else { "" }
    );
    Answer { json, text }
}

/// Outbox, head and age.
pub(crate) fn status(status: &SyncStatus) -> Answer {
    let json = json!({
        "device": status.device.get(),
        "server": status.server,
        "outbox": status.outbox,
        "seq": status.seq.0.to_string(),
        "age_ms": status.age_ms,
        "stopped": status.stopped,
        "clock_off_ms": status.clock_off_ms,
        "clock_showed_before": status.clock_jump.map(|jump| jump.before.to_string()),
        "kept_and_sent_again": status.renumbered.map(|moved| moved.ops),
    });
    let text = format!(
        "device {}  {}  {} to send  order {}",
        status.device.get(),
        status.server.as_deref().unwrap_or("(its own authority)"),
        status.outbox,
        status.seq.0
    );
    let text = match status.clock_off_ms {
        Some(off) => format!(
            "{text}  this clock is {} s {}: the server sets the times of sales",
            off.unsigned_abs() / 1_000,
            if off > 0 { "fast" } else { "slow" }
        ),
        None => text,
    };
    let text = match status.clock_jump {
        Some(jump) => format!(
            "{text}  this clock shows {} and showed {} before: set it, or say that it is right (trust-clock)",
            jump.now, jump.before
        ),
        None => text,
    };
    let text = match status.renumbered {
        Some(moved) => format!(
            "{text}  this data was an older copy: {} ops were kept and sent again under a new number",
            moved.ops
        ),
        None => text,
    };
    Answer { json, text }
}
