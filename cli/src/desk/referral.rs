//! `friends`: who brought a customer, whom they brought, and what came of it.

use clap::Args;
use kartka_core::domain::brought::Brought;
use kartka_core::domain::ids::CustomerId;
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use serde_json::{Value, json};

use super::people::holder;
use super::show::{self, Answer};
use crate::failure::Failure;

/// Records who brought a customer, or shows their friends.
#[derive(Debug, Args)]
pub(crate) struct FriendsArgs {
    /// The customer's card: its code or its number.
    card: String,
    /// They were brought by the holder of this card: its code or its number.
    #[arg(long, value_name = "CODE")]
    brought_by: Option<String>,
}

/// Records and shows.
pub(crate) fn friends(
    shop: &Shop,
    request: RequestId,
    args: &FriendsArgs,
) -> Result<Answer, Failure> {
    let customer = holder(shop, &args.card)?;
    if let Some(card) = &args.brought_by {
        shop.refer(request, customer, holder(shop, card)?)?;
    }
    let friends = shop.friends(customer)?;
    let by = friends
        .brought_by
        .as_ref()
        .map(|one| shown(shop, one.referrer, one));
    let brought = friends.brought.iter();
    let brought: Result<Vec<Answer>, Failure> =
        brought.map(|one| shown(shop, one.friend, one)).collect();
    let (by, brought) = (by.transpose()?, brought?);
    let mut text = Vec::new();
    if let Some(by) = &by {
        text.push(format!("brought by {}", by.text));
    }
    text.extend(brought.iter().map(|one| format!("brought {}", one.text)));
    if text.is_empty() {
        text.push("nobody brought them, and they brought nobody".to_owned());
    }
    let brought: Vec<Value> = brought.into_iter().map(|one| one.json).collect();
    Ok(Answer {
        json: json!({ "brought_by": by.map(|by| by.json), "brought": brought }),
        text: text.join("\n"),
    })
}

/// One referral, by the other one's name.
fn shown(shop: &Shop, other: CustomerId, one: &Brought) -> Result<Answer, Failure> {
    let name = shop.customer(other)?.name;
    let counted = one.counted.as_ref();
    let points = counted.and_then(|counted| counted.reward);
    let why = one.refused.or(counted.and_then(|counted| counted.unpaid));
    let state = match (one.refused, counted) {
        (Some(_), _) => "refused",
        (None, Some(_)) => "counts",
        (None, None) => "waits",
    };
    let mut text = format!(
        "{} on {}: {state}",
        name.as_deref().unwrap_or("somebody"),
        one.date
    );
    if let Some(thanks) = points {
        let (points, from) = (thanks.effect.points.0, thanks.lot.available_on);
        text.push_str(&format!(", {points} points from {from}"));
    }
    if let Some(why) = why {
        text.push_str(&format!(", {}", why.name()));
    }
    Ok(Answer {
        json: json!({
            "id": show::id(one.id.0),
            "customer": show::id(other.0),
            "date": one.date.to_string(),
            "state": state,
            "points": points.map(|thanks| thanks.effect.points.0),
            "available_on": points.map(|thanks| thanks.lot.available_on.to_string()),
            "why": why.map(|code| code.name()),
        }),
        text,
    })
}
