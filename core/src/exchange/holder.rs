//! What a customer's phone holds, as a text that its person can read, keep and give away (GDPR, article 20).
//!
//! Amounts are decimal text in the shop's currency, dates ISO. No secret of a card is in it.

use kartka_domain::customer::Will;
use kartka_domain::money::{Currency, Money};
use kartka_protocol::holder::{CardStanding, Snapshot};
use serde_json::{Value, json};

use crate::wallet::HeldCard;

/// All cards as one JSON text.
pub(crate) fn readable(cards: &[HeldCard], now_ms: i64) -> String {
    let cards: Vec<Value> = cards.iter().map(card).collect();
    let all = json!({ "format": "kartka-cards 1", "at_ms": now_ms, "cards": cards });
    format!("{all:#}\n")
}

fn card(held: &HeldCard) -> Value {
    json!({
        "shop": held.shop,
        "code": held.code,
        "news_and_offers": held.marketing == Will::Given,
        "wishes_waiting": held.waiting.len(),
        "said_by_the_shop": held.said.as_ref().map(said),
    })
}

fn said(said: &Snapshot) -> Value {
    let money = |amount: Money| amount_text(amount, said.shop.currency);
    let points = |points: i64| decimal(points, said.shop.point_scale);
    json!({
        "at_ms": said.at_ms,
        "currency": said.shop.currency.code(),
        "active": said.standing == CardStanding::Active,
        "given_name": said.given,
        "points": said.points.iter().map(|line| json!({
            "name": line.name,
            "balance": points(line.balance.0),
            "spendable": points(line.spendable.0),
            "not_yet": points(line.pending.0),
            "worth": money(line.worth),
            "next_end": line.expiring.map(|(last, ending)| json!({
                "last_day": last.to_string(),
                "points": points(ending.0),
            })),
        })).collect::<Vec<_>>(),
        "stamps": said.stamps.iter().map(|line| json!({
            "name": line.name, "stamps": line.stamps.0, "of": line.size.0,
        })).collect::<Vec<_>>(),
        "levels": said.levels.iter().map(|line| json!({
            "name": line.name, "level": line.level,
        })).collect::<Vec<_>>(),
        "vouchers": said.vouchers.iter().map(|line| json!({
            "name": line.name,
            "number": line.number,
            "balance": money(line.balance),
            "last_day": line.last_day.map(|day| day.to_string()),
        })).collect::<Vec<_>>(),
        "purchases": said.purchases.iter().map(|line| json!({
            "date": line.date.to_string(),
            "total": money(line.total),
            "points": points(line.points.0),
        })).collect::<Vec<_>>(),
    })
}

fn amount_text(amount: Money, currency: Currency) -> String {
    decimal(amount.0, currency.exponent())
}

/// An integer with so many digits after the point.
fn decimal(value: i64, digits: u8) -> String {
    let digits = usize::from(digits);
    let sign = if value < 0 { "-" } else { "" };
    let figures = format!("{:0width$}", value.unsigned_abs(), width = digits + 1);
    let (whole, rest) = figures.split_at(figures.len() - digits);
    match rest {
        "" => format!("{sign}{whole}"),
        _ => format!("{sign}{whole}.{rest}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_with_the_digits_they_have() {
        for (value, digits, text) in [
            (0, 0, "0"),
            (7, 0, "7"),
            (7, 2, "0.07"),
            (-1_250, 2, "-12.50"),
            (i64::MIN, 2, "-92233720368547758.08"),
        ] {
            assert_eq!(decimal(value, digits), text);
        }
    }
}
