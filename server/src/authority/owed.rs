//! What a return by a phone that did not know of an attached customer takes from them, as an op of the authority's own
//! (X7). What that comes to is `domain::authority`'s word.

use std::collections::BTreeSet;

use kartka_domain::authority::owed;
use kartka_domain::op::{Fact as OpFact, Op};

use super::push::Order;
use super::turn::Turn;
use super::{Authority, marks, own};
use crate::store::StoreError;

/// Takes what the returns of an op that was just ordered leave owed.
pub(super) fn take(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    op: &Op,
) -> Result<(), StoreError> {
    let returns = |op: &Op| {
        let purchases = op.facts.iter().filter_map(|fact| match fact {
            OpFact::Return { purchase, .. } => Some(*purchase),
            _ => None,
        });
        purchases.collect::<BTreeSet<_>>()
    };
    if returns(op).is_empty() {
        return Ok(());
    }
    let followed = marks::followed(turn, op)?;
    for purchase in returns(followed.as_ref().unwrap_or(op)) {
        let claims = owed(&*turn, purchase)?;
        if claims.is_empty() {
            continue;
        }
        let facts: Vec<OpFact> = std::iter::once(OpFact::Owed(purchase))
            .chain(claims.into_iter().map(OpFact::Claim))
            .collect();
        own::write(authority, turn, order, &facts)?;
    }
    Ok(())
}
