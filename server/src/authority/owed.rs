//! What an op of a phone leaves for the authority to claim, as ops of its own: returns without their purchase that can be
//! linked now (X1), what returns take beyond the claims of their authors (X1, X7), and what is given for friends who were
//! brought (G3). What that comes to is
//! `domain::authority`'s word.

use std::collections::BTreeSet;

use kartka_domain::authority::{links, owed, referral};
use kartka_domain::ids::PurchaseId;
use kartka_domain::op::{Fact as OpFact, Op, Settlement};

use super::push::Order;
use super::turn::Turn;
use super::{Authority, marks, own};
use crate::store::StoreError;

/// Settles what an op that was just ordered brought, and takes what its returns leave owed.
pub(super) fn take(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    op: &Op,
) -> Result<(), StoreError> {
    let refers = |fact: &OpFact| matches!(fact, OpFact::Refer { .. });
    let brings = turn.db.any_brought()? || op.facts.iter().any(refers);
    if !op.facts.iter().any(|fact| may_lead_on(fact, brings)) {
        return Ok(());
    }
    let followed = marks::followed(turn, op)?;
    let op = followed.as_ref().unwrap_or(op);
    let mut moved = referral::referrals(&*turn, op.id, &op.facts)?;
    let mut touched: BTreeSet<PurchaseId> = op.facts.iter().filter_map(of_purchase).collect();
    for fact in links(&*turn, op)? {
        touched.extend(of_purchase(&fact));
        moved.extend(referral::referrals(
            &*turn,
            op.id,
            std::slice::from_ref(&fact),
        )?);
        own::write(authority, turn, order, &[fact])?;
    }
    for purchase in touched {
        let claims = owed(&*turn, purchase)?;
        if claims.is_empty() {
            continue;
        }
        let facts: Vec<OpFact> = std::iter::once(OpFact::Owed(purchase))
            .chain(claims)
            .collect();
        own::write(authority, turn, order, &facts)?;
    }
    for id in moved {
        let facts = referral::settle(&*turn, id)?;
        if !facts.is_empty() {
            own::write(authority, turn, order, &facts)?;
        }
    }
    Ok(())
}

/// Whether anything can follow from a fact; most sales name no receipt, or one that nobody waits for. `brings` says whether
/// anybody was brought here: then every purchase may be a friend's.
fn may_lead_on(fact: &OpFact, brings: bool) -> bool {
    match fact {
        OpFact::Sale(sale) => sale.receipt.is_some() || (brings && sale.customer.is_some()),
        OpFact::ReturnUnlinked(_) => true,
        OpFact::Refer { .. } | OpFact::Attach { .. } | OpFact::Bind { .. } => brings,
        fact => of_purchase(fact).is_some(),
    }
}

/// The purchase that a return or an answer is about.
fn of_purchase(fact: &OpFact) -> Option<PurchaseId> {
    match fact {
        OpFact::Return { purchase, .. } => Some(*purchase),
        OpFact::SettleReturn {
            how: Settlement::Link(purchase),
            ..
        } => Some(*purchase),
        _ => None,
    }
}
