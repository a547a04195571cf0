//! What a return by a phone that did not know of an attached customer takes from them, as an op of the authority's own
//! (X7). What that comes to is `domain::authority`'s word.

use std::collections::BTreeSet;

use kartka_domain::authority::owed;
use kartka_domain::ids::PurchaseId;
use kartka_domain::op::Fact as OpFact;

use super::push::Order;
use super::turn::Turn;
use super::{Authority, own};
use crate::store::StoreError;

/// Takes what is still owed for each of these purchases.
pub(super) fn take(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    purchases: &[PurchaseId],
) -> Result<(), StoreError> {
    for purchase in purchases.iter().copied().collect::<BTreeSet<_>>() {
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
