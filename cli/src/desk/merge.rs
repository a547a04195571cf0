//! `merge`: two customers are one person, and undoing it (I2).

use clap::Args;
use kartka_core::domain::ids::{CustomerId, EntryId};
use kartka_core::domain::row::{Merge, MergeReason};
use kartka_core::shop::Shop;
use kartka_core::store::RequestId;
use serde_json::json;

use super::show::Answer;
use crate::failure::Failure;

/// Joins two customers, or undoes it.
#[derive(Debug, Args)]
pub(crate) struct MergeArgs {
    /// A customer's id; alone it lists the merges that make them one person with others.
    customer: i64,
    /// The other one, who is the same person.
    #[arg(conflicts_with = "undo")]
    other: Option<i64>,
    /// Switches this merge off again: both have what is theirs, less what the other used meanwhile.
    #[arg(long, value_name = "MERGE")]
    undo: Option<i64>,
}

/// Joins, undoes or lists.
pub(crate) fn merge(shop: &Shop, request: RequestId, args: &MergeArgs) -> Result<Answer, Failure> {
    let customer = CustomerId::new(args.customer).map_err(Failure::input)?;
    match (args.other, args.undo) {
        (Some(other), _) => {
            let other = CustomerId::new(other).map_err(Failure::input)?;
            shop.merge(request, customer, other)?;
        }
        (None, Some(edge)) => {
            let edge = EntryId::new(edge).map_err(Failure::input)?;
            shop.unmerge(request, customer, edge)?;
        }
        (None, None) => {}
    }
    let all = shop.merges(customer)?.iter().map(edge).collect();
    Ok(Answer::list(all, "one person under one id"))
}

fn edge(edge: &Merge) -> Answer {
    let reason = match edge.reason {
        MergeReason::SameCard => "same_card",
        MergeReason::ByHand => "by_hand",
    };
    let (id, a, b) = (edge.id.get(), edge.a.get(), edge.b.get());
    Answer {
        text: format!("{id}  {a} and {b}  {reason}"),
        json: json!({
            "merge": id.to_string(),
            "a": a.to_string(),
            "b": b.to_string(),
            "reason": reason,
        }),
    }
}
