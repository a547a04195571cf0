//! Returns and voids: recomputed in the authority's order (X1, X2, X6).

use super::sale::claims_after;
use super::work::{Posting, Work};
use super::{Book, Echo, Stop};
use crate::codes::Code;
use crate::ids::{CustomerId, EntryId, PurchaseId, ReturnId};
use crate::ledger::{Effect, EntryKind, Use};
use crate::money::{Overflow, Points};
use crate::op::Claim;
use crate::programme::Kept;
use crate::purchase::{Purchase, Return, ReturnKind, ReturnedLine};
use crate::refund::{Refund, Sold, refund, refusal};
use crate::row::Row;

/// Applies a return and the claims after it; says how many facts that were.
pub(super) fn apply<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    (id, kind, lines): (PurchaseId, ReturnKind, &[ReturnedLine]),
) -> Result<usize, Stop<B::Error>> {
    let claims = claims_after(work.op.facts.get(place + 1..).unwrap_or_default());
    let (at, mut echo) = work.moment();
    let mut back = Return {
        id: ReturnId(work.id(place)?),
        purchase: id,
        kind,
        operator: work.op.operator,
        outlet: work.op.outlet,
        at,
        claimed: lines.to_vec(),
        verdict: None,
    };
    let outcome = match work.refused {
        Some(code) => Err(code),
        None => outcome(work, &back)?,
    };
    match &outcome {
        Err(code) => back.verdict = Some((Vec::new(), *code)),
        Ok((_, counted)) if counted.lines != back.claimed => {
            back.verdict = Some((
                counted.lines.clone(),
                above_sold(&back.claimed, &counted.lines),
            ));
        }
        Ok(_) => {}
    }
    if let Some((_, code)) = back.verdict {
        echo = Echo::Changed;
        if matches!(code, Code::ReturnAboveSold { .. }) {
            work.open_inbox(EntryId(back.id.0), code, (None, None), Points::ZERO);
        }
    }
    work.put(Row::Return(back), echo);
    post_claims(
        work,
        place + 1,
        &claims,
        id,
        outcome.as_ref().map(|(_, r)| r).map_err(|code| *code),
    )?;
    if let Ok((purchase, counted)) = &outcome
        && let Some(customer) = purchase.earner()
    {
        lower_counters(work, customer, counted)?;
    }
    Ok(1 + claims.len())
}

type Outcome = Result<(Purchase, Refund), Code>;

/// What the return comes to, or why it does not count.
fn outcome<B: Book>(work: &Work<'_, B>, back: &Return) -> Result<Outcome, Stop<B::Error>> {
    let Some(purchase) = work.book.purchase(back.purchase).map_err(Stop::Book)? else {
        return Ok(Err(Code::UnknownTarget));
    };
    let returns = work.book.returns(back.purchase).map_err(Stop::Book)?;
    let entries = work.book.entries(back.purchase).map_err(Stop::Book)?;
    let Some(programme) = work
        .book
        .programme(purchase.programme)
        .map_err(Stop::Book)?
    else {
        return Ok(Err(Code::UnknownTarget));
    };
    if let Some(code) = refusal(back.kind, &purchase, &returns) {
        return Ok(Err(code));
    }
    let sold = Sold {
        purchase: &purchase,
        entries: &entries,
        returns: &returns,
        programme: &programme,
    };
    let counted = refund(sold, &back.claimed)?;
    Ok(Ok((purchase, counted)))
}

/// The return's claims get the effect that the authority computes; a claim it does not know gets none.
fn post_claims<B: Book>(
    work: &mut Work<'_, B>,
    first: usize,
    claims: &[Claim],
    purchase: PurchaseId,
    outcome: Result<&Refund, Code>,
) -> Result<(), Stop<B::Error>> {
    let mut expected: Vec<(Claim, Vec<Use>)> =
        outcome.map(|r| r.claims.clone()).unwrap_or_default();
    for (i, claim) in claims.iter().enumerate() {
        let same = |(e, _): &(Claim, Vec<Use>)| {
            (e.customer, e.instrument, e.kind) == (claim.customer, claim.instrument, claim.kind)
        };
        let found = expected.iter().position(same).map(|at| expected.remove(at));
        let (verdict, uses) = match (found, outcome) {
            (Some((e, uses)), _) if e.effect == claim.effect => (None, uses),
            (Some((e, uses)), _) => (Some((e.effect, corrected(&e, claim))), uses),
            (None, Err(code)) => (Some((Effect::NONE, code)), Vec::new()),
            (None, Ok(_)) => (
                Some((Effect::NONE, corrected_to_nothing(claim))),
                Vec::new(),
            ),
        };
        work.post(
            first + i,
            Posting {
                claim,
                purchase: Some(purchase),
                verdict,
                uses,
            },
        )?;
    }
    Ok(())
}

fn corrected(expected: &Claim, claim: &Claim) -> Code {
    let amount = |c: &Claim| c.effect.points.0.saturating_add(c.effect.stamps.0);
    Code::ReturnAboveSold {
        claimed: amount(claim),
        counted: amount(expected),
    }
}

fn corrected_to_nothing(claim: &Claim) -> Code {
    match claim.kind {
        EntryKind::Reverse | EntryKind::Restore => Code::ReturnAboveSold {
            claimed: claim.effect.points.0.saturating_add(claim.effect.stamps.0),
            counted: 0,
        },
        _ => Code::MalformedFact,
    }
}

fn above_sold(claimed: &[ReturnedLine], counted: &[ReturnedLine]) -> Code {
    let sum = |lines: &[ReturnedLine]| {
        lines
            .iter()
            .fold(0_i64, |sum, part| sum.saturating_add(part.quantity.0))
    };
    Code::ReturnAboveSold {
        claimed: sum(claimed),
        counted: sum(counted),
    }
}

/// A return lowers what the customer has spent (Q3); a visit that left nothing was none.
fn lower_counters<B: Book>(
    work: &mut Work<'_, B>,
    customer: CustomerId,
    counted: &Refund,
) -> Result<(), Stop<B::Error>> {
    let mut position = work.position(customer)?;
    position.spent = position.spent.minus(counted.gross)?;
    if counted.kept == Kept::Nothing && !counted.lines.is_empty() {
        position.visits = position.visits.checked_sub(1).ok_or(Overflow)?;
    }
    work.set_position(customer, position);
    Ok(())
}
