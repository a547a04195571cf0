//! Sales, attaching a customer to one (X7), and the claims that travel with them.

use super::work::{Posting, Work};
use super::{Book, Echo, Standing, Stop};
use crate::codes::Code;
use crate::ids::{CustomerId, PurchaseId};
use crate::ledger::{Effect, EntryKind};
use crate::op::{Claim, Fact, Sale};
use crate::purchase::{Purchase, returned_so_far};
use crate::row::Row;

/// Applies a sale and the claims after it; says how many facts that were.
pub(super) fn apply_sale<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    sale: &Sale,
) -> Result<usize, Stop<B::Error>> {
    let (at, echo) = work.moment();
    let purchase = Purchase {
        id: PurchaseId(work.id(place)?),
        customer: sale.customer,
        outlet: work.op.outlet,
        operator: work.op.operator,
        at,
        programme: work.op.programme,
        receipt: sale.receipt.clone(),
        lines: sale.lines.clone(),
        parts: sale.parts,
        attached: None,
        refused: work.refused,
    };
    if work.refused.is_none() && purchase.check().is_err() {
        return Err(Stop::Malformed);
    }
    if purchase.refused.is_none()
        && let Some(customer) = purchase.customer
    {
        count_visit(work, customer, &purchase)?;
    }
    let echo = if purchase.refused.is_some() {
        Echo::Changed
    } else {
        echo
    };
    let id = purchase.id;
    work.put(Row::Purchase(purchase), echo);
    let claims = claims_after(work.op.facts.get(place + 1..).unwrap_or_default());
    for (i, claim) in claims.iter().enumerate() {
        let allowed = Some(claim.customer) == sale.customer
            && matches!(
                claim.kind,
                EntryKind::Earn | EntryKind::Redeem | EntryKind::Reward
            );
        post_claim(work, place + 1 + i, claim, (id, allowed))?;
    }
    Ok(1 + claims.len())
}

/// Applies an attaching and its claims (X7): once per purchase, none for one that had a customer or
/// was voided.
pub(super) fn apply_attach<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    id: PurchaseId,
    customer: CustomerId,
) -> Result<usize, Stop<B::Error>> {
    let claims = claims_after(work.op.facts.get(place + 1..).unwrap_or_default());
    let found = work.book.purchase(id).map_err(Stop::Book)?;
    let returns = work.book.returns(id).map_err(Stop::Book)?;
    let refused = match &found {
        None => Some(Code::UnknownTarget),
        Some(purchase) if purchase.earner().is_some() => Some(Code::AlreadyAttached),
        Some(purchase) => {
            crate::refund::refusal(crate::purchase::ReturnKind::Goods, purchase, &returns)
        }
    };
    let before = work.refused;
    work.refused = before.or(refused);
    if let (None, Some(mut purchase)) = (work.refused, found) {
        let back = returned_so_far(&purchase, &returns)?;
        let returned = purchase.lines.iter().zip(&back).map(|(line, back)| {
            crate::purchase::returned_part(line.gross.0, *back, line.quantity)
                .map(crate::money::Money)
        });
        let returned = crate::money::Money::total(returned.collect::<Result<Vec<_>, _>>()?)?;
        purchase.attached = Some(customer);
        count_visit(work, customer, &purchase)?;
        let mut position = work.position(customer)?;
        position.spent = position.spent.minus(returned)?;
        work.set_position(customer, position);
        work.put(Row::Purchase(purchase), Echo::Changed);
    }
    for (i, claim) in claims.iter().enumerate() {
        let allowed = claim.customer == customer && claim.kind == EntryKind::Earn;
        post_claim(work, place + 1 + i, claim, (id, allowed))?;
    }
    work.refused = before;
    Ok(1 + claims.len())
}

/// A claim that follows no sale is the authority's own (expiry and its counter-entry, L5); from a device
/// it is kept without effect.
pub(super) fn apply_own_claim<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    claim: &Claim,
) -> Result<(), Stop<B::Error>> {
    let own = matches!(
        work.standing,
        Standing::Ordered {
            author: super::Author::Authority,
            ..
        }
    ) && matches!(claim.kind, EntryKind::Expire | EntryKind::Revive);
    let verdict = (!own).then_some((Effect::NONE, Code::MalformedFact));
    work.post(
        place,
        Posting {
            claim,
            purchase: None,
            verdict,
            uses: Vec::new(),
        },
    )
}

fn post_claim<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    claim: &Claim,
    (purchase, allowed): (PurchaseId, bool),
) -> Result<(), Stop<B::Error>> {
    let verdict =
        (!allowed || !has_right_sign(claim)).then_some((Effect::NONE, Code::MalformedFact));
    work.post(
        place,
        Posting {
            claim,
            purchase: Some(purchase),
            verdict,
            uses: Vec::new(),
        },
    )
}

/// Earning gives, redeeming takes: another sign is a forged claim.
fn has_right_sign(claim: &Claim) -> bool {
    let Effect { points, stamps, .. } = claim.effect;
    match claim.kind {
        EntryKind::Earn => points.0 >= 0 && stamps.0 >= 0,
        EntryKind::Redeem | EntryKind::Reward => points.0 <= 0 && stamps.0 <= 0,
        _ => false,
    }
}

/// The claims that belong to the fact before them.
pub(super) fn claims_after(facts: &[Fact]) -> Vec<Claim> {
    let claim = |fact: &Fact| match fact {
        Fact::Claim(claim) => Some(*claim),
        _ => None,
    };
    facts.iter().map_while(claim).collect()
}

fn count_visit<B: Book>(
    work: &mut Work<'_, B>,
    customer: CustomerId,
    purchase: &Purchase,
) -> Result<(), Stop<B::Error>> {
    let mut position = work.position(customer)?;
    position.visits = position
        .visits
        .checked_add(1)
        .ok_or(crate::money::Overflow)?;
    position.spent = position.spent.plus(purchase.total()?)?;
    position.last_visit = position.last_visit.max(Some(purchase.at.date));
    work.set_position(customer, position);
    Ok(())
}
