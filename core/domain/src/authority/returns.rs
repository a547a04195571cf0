//! Returns and voids: recomputed in the authority's order (X1, X2, X6).

use std::collections::BTreeSet;

use super::sale::claims_after;
use super::work::{Known, Posting, Work};
use super::{Book, Echo, Stop, coupons, is_the_authoritys, right, vouchers};
use crate::codes::Code;
use crate::ids::{CustomerId, EntryId, PurchaseId, ReturnId, VoucherId};
use crate::ledger::{Effect, EntryKind, Use};
use crate::moment::Month;
use crate::money::{Overflow, Points};
use crate::op::Claim;
use crate::position::MonthSum;
use crate::programme::{Instrument, Kept};
use crate::purchase::{Return, ReturnKind, ReturnedLine};
use crate::refund::{Refund, Sold, refund, refusal};
use crate::row::Row;
use crate::voucher::Voucher;

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
    let known = work.purchase(id)?;
    right::taking_back(work, &back, known.as_ref(), claims.len())?;
    let outcome = match work.refused {
        Some(code) => Err(code),
        None => outcome(work, &back, known.as_ref())?,
    };
    back.verdict = verdict(&back, outcome.as_ref());
    if let Some((_, code)) = back.verdict {
        echo = Echo::Changed;
        if matches!(code, Code::ReturnAboveSold { .. }) {
            let earner = known.as_ref().and_then(|k| k.purchase.earner());
            work.open_inbox(EntryId(back.id.0), code, (earner, None), Points::ZERO);
        }
    }
    work.put(Row::Return(back), echo);
    post_claims(work, place + 1, &claims, id, outcome.as_ref())?;
    let facts = 1 + claims.len();
    let moves = vouchers::apply_returned(work, place + facts, id, outcome.as_ref())?;
    if let (Ok(counted), Some(known)) = (&outcome, &known)
        && counted.kept == Kept::Nothing
        && !counted.lines.is_empty()
    {
        coupons::give_back(work, &known.purchase)?;
    }
    if let (Ok(counted), Some(known)) = (&outcome, &known)
        && let Some(customer) = known.purchase.earner()
    {
        lower_counters(work, customer, known, counted)?;
    }
    Ok(facts + moves)
}

/// What the returns of a purchase still take from a customer who was attached to it, whom the author of a return did not
/// know of: nothing where the authors claimed it all (X2, X7). A writer asks after every return that it ordered, within
/// the same transaction, and claims it behind a [`Fact::Owed`](crate::op::Fact::Owed).
///
/// # Errors
/// The book's own.
pub fn owed<B: Book>(book: &B, id: PurchaseId) -> Result<Vec<Claim>, B::Error> {
    let attached = book.purchase(id)?.filter(|p| p.attached.is_some());
    let Some(purchase) = attached else {
        return Ok(Vec::new());
    };
    let Some(programme) = book.programme(purchase.programme)? else {
        return Ok(Vec::new());
    };
    let (entries, returns, moved) = (book.entries(id)?, book.returns(id)?, book.moves(id)?);
    let ids: BTreeSet<VoucherId> = moved.iter().map(|m| m.voucher).collect();
    let vouchers = ids.into_iter().map(|id| book.voucher(id));
    let vouchers: Vec<Voucher> = vouchers
        .filter_map(Result::transpose)
        .collect::<Result<_, _>>()?;
    let sold = Sold {
        purchase: &purchase,
        entries: &entries,
        returns: &returns,
        programme: &programme,
        moved: &moved,
        vouchers: &vouchers,
    };
    // Sums that no fact could have made owe nothing.
    let claims = refund(sold, &[]).map_or(Vec::new(), |refund| refund.claims);
    let claims = claims.into_iter().map(|(claim, _)| claim);
    Ok(claims.filter(|c| c.effect != Effect::NONE).collect())
}

/// Applies what the authority takes from an attached customer; says how many facts that were.
pub(super) fn apply_owed<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    id: PurchaseId,
) -> Result<usize, Stop<B::Error>> {
    let claims = claims_after(work.op.facts.get(place + 1..).unwrap_or_default());
    let known = work.purchase(id)?;
    let outcome = match (known, is_the_authoritys(work.standing)) {
        (Some(known), true) => match work
            .book
            .programme(known.purchase.programme)
            .map_err(Stop::Book)?
        {
            Some(programme) => Ok(refund(
                Sold {
                    purchase: &known.purchase,
                    entries: &known.entries,
                    returns: &known.returns,
                    programme: &programme,
                    moved: &known.moved,
                    vouchers: &known.vouchers,
                },
                &[],
            )?),
            None => Err(Code::UnknownTarget),
        },
        (None, true) => Err(Code::UnknownTarget),
        (_, false) => Err(Code::MalformedFact),
    };
    post_claims(work, place + 1, &claims, id, outcome.as_ref())?;
    Ok(1 + claims.len())
}

/// What the return comes to, or why it does not count.
fn outcome<B: Book>(
    work: &Work<'_, B>,
    back: &Return,
    known: Option<&Known>,
) -> Result<Result<Refund, Code>, Stop<B::Error>> {
    let Some(known) = known else {
        return Ok(Err(Code::UnknownTarget));
    };
    let purchase = &known.purchase;
    let Some(programme) = work
        .book
        .programme(purchase.programme)
        .map_err(Stop::Book)?
    else {
        return Ok(Err(Code::UnknownTarget));
    };
    if let Some(code) = refusal(back.kind, purchase, &known.returns) {
        return Ok(Err(code));
    }
    let sold = Sold {
        purchase,
        entries: &known.entries,
        returns: &known.returns,
        programme: &programme,
        moved: &known.moved,
        vouchers: &known.vouchers,
    };
    let mut counted = refund(sold, &back.claimed)?;
    for (claim, uses) in &mut counted.claims {
        if let Some(card) = programme
            .instrument(claim.instrument)
            .and_then(Instrument::bonus)
        {
            for used in uses {
                used.expires_on = card.returned_until(used.expires_on, back.at.date);
            }
        }
    }
    // A void is a full return (X6).
    let void = matches!(back.kind, ReturnKind::Void(_));
    if void && counted.kept == Kept::Something {
        return Ok(Err(Code::MalformedFact));
    }
    Ok(Ok(counted))
}

/// What counts of a return, where that is not what it claims (X1).
fn verdict(back: &Return, outcome: Result<&Refund, &Code>) -> Option<(Vec<ReturnedLine>, Code)> {
    match outcome {
        Err(code) => Some((Vec::new(), *code)),
        Ok(counted) if is_all_of(&back.claimed, &counted.lines) => None,
        Ok(counted) => Some((
            counted.lines.clone(),
            above_sold(&back.claimed, &counted.lines),
        )),
    }
}

/// Whether `counted` (one item per line) is everything that was claimed, in whatever order.
fn is_all_of(claimed: &[ReturnedLine], counted: &[ReturnedLine]) -> bool {
    let sum = |line: u16, parts: &[ReturnedLine]| {
        let of_line = parts.iter().filter(|part| part.line == line);
        of_line.fold(0_i64, |sum, part| sum.saturating_add(part.quantity.0))
    };
    claimed
        .iter()
        .all(|part| part.quantity.0 > 0 && sum(part.line, claimed) == sum(part.line, counted))
}

/// The return's claims get the effect that the authority computes; a claim it does not know gets none.
fn post_claims<B: Book>(
    work: &mut Work<'_, B>,
    first: usize,
    claims: &[Claim],
    purchase: PurchaseId,
    outcome: Result<&Refund, &Code>,
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
            (None, Err(code)) => (Some((Effect::NONE, *code)), Vec::new()),
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
    known: &Known,
    counted: &Refund,
) -> Result<(), Stop<B::Error>> {
    let mut position = work.position(customer)?;
    position.spent = position.spent.minus(counted.price)?;
    let gone = counted.kept == Kept::Nothing && !counted.lines.is_empty();
    if gone {
        position.earns = position.earns.less(known.purchase.at);
    }
    let visits = i64::from(gone);
    position.visits = position.visits.checked_sub(visits).ok_or(Overflow)?;
    let part = MonthSum {
        spent: counted.price.negated()?,
        visits: -visits,
        ..MonthSum::default()
    };
    position.add_to_month(Month::of(known.purchase.at.date), part)?;
    work.set_position(customer, position);
    Ok(())
}
