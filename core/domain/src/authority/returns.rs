//! Returns and voids: recomputed in the authority's order (X1, X2, X6).

use std::collections::BTreeSet;

use super::sale::claims_after;
use super::work::{Known, Posting, Work};
use super::{Book, Echo, Stop, campaigns, coupons, is_the_authoritys, right, vouchers};
use crate::codes::Code;
use crate::ids::{CustomerId, EntryId, PurchaseId, ReturnId, VoucherId};
use crate::ledger::{Effect, EntryKind, Use};
use crate::moment::{Date, Month};
use crate::money::{Overflow, Points};
use crate::op::{Claim, Fact};
use crate::position::MonthSum;
use crate::programme::{Instrument, Kept};
use crate::purchase::{Purchase, Return, ReturnKind, ReturnedLine};
use crate::refund::{Refund, Sold, deduct, refund, refusal};
use crate::row::{Row, RowKind};
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
    let added = campaigns::added(work, known.as_ref())?;
    right::taking_back(work, &back, known.as_ref(), claims.len())?;
    let mut outcome = match work.refused {
        Some(code) => Err(code),
        None => outcome(work, &back, known.as_ref())?,
    };
    if let (Ok(counted), Some(known)) = (&mut outcome, &known) {
        pay_with_money(work, counted, (&known.purchase, at.date), &claims)?;
    }
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
    campaigns::count(work, id, &added)?;
    Ok(facts + moves)
}

/// What the returns of a purchase still lead to beyond what their authors claimed: of a customer who was attached to it,
/// whom the author of a return did not know of (X2, X7), and of returns whose author did not hold it (X1). A writer asks
/// after every return that it ordered, within the same transaction, and claims it behind a
/// [`Fact::Owed`].
///
/// # Errors
/// The book's own.
pub fn owed<B: Book>(book: &B, id: PurchaseId) -> Result<Vec<Fact>, B::Error> {
    let Some(purchase) = book.purchase(id)? else {
        return Ok(Vec::new());
    };
    let returns = book.returns(id)?;
    let settled = returns
        .iter()
        .any(|back| matches!(back.kind, ReturnKind::Settled(_)));
    if purchase.attached.is_none() && !settled {
        return Ok(Vec::new());
    }
    let Some(programme) = book.programme(purchase.programme)? else {
        return Ok(Vec::new());
    };
    let (entries, moved) = (book.entries(id)?, book.moves(id)?);
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
    let Ok(Refund { claims, moves, .. }) = refund(sold, &[]) else {
        return Ok(Vec::new());
    };
    let undoes =
        |claim: &Claim| settled && matches!(claim.kind, EntryKind::Unuse | EntryKind::Leave);
    let claims = claims.into_iter().map(|(claim, _)| claim);
    let claims = claims.filter(|c| c.effect != Effect::NONE || undoes(c));
    let moves = moves.into_iter().filter(|_| settled);
    Ok(claims
        .map(Fact::Claim)
        .chain(moves.map(Fact::Move))
        .collect())
}

/// Applies what the authority claims so; says how many facts that were.
pub(super) fn apply_owed<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    id: PurchaseId,
) -> Result<usize, Stop<B::Error>> {
    let claims = claims_after(work.op.facts.get(place + 1..).unwrap_or_default());
    let known = work.purchase(id)?;
    let added = campaigns::added(work, known.as_ref())?;
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
    let facts = 1 + claims.len();
    let moves = vouchers::apply_returned(work, place + facts, id, outcome.as_ref())?;
    campaigns::count(work, id, &added)?;
    Ok(facts + moves)
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
    if matches!(back.kind, ReturnKind::Settled(_)) {
        // The authority's word alone, by another fact.
        return Ok(Err(Code::MalformedFact));
    }
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

/// What counts of the claims that points which were spent already are paid with the refund (L10), by the rules that the op
/// names.
fn pay_with_money<B: Book>(
    work: &Work<'_, B>,
    counted: &mut Refund,
    (purchase, date): (&Purchase, Date),
    claims: &[Claim],
) -> Result<(), Stop<B::Error>> {
    for claim in claims.iter().filter(|c| c.kind == EntryKind::Cleared) {
        let same = |(one, _): &(Claim, Vec<Use>)| {
            (one.kind, one.instrument) == (claim.kind, claim.instrument)
        };
        let programme = work.book.programme(work.op.programme).map_err(Stop::Book)?;
        let Some(programme) = programme.filter(|_| !counted.claims.iter().any(same)) else {
            continue;
        };
        let counts = deduct::counts(claim, counted, (purchase, &programme), date)?;
        counted
            .claims
            .extend(counts.map(|claim| (claim, Vec::new())));
    }
    Ok(())
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
        let set_right = match &found {
            Some((e, _)) if matches!(e.kind, EntryKind::Cleared | EntryKind::Restore) => Claim {
                lot: e.lot,
                ..*claim
            },
            _ => *claim,
        };
        let is_its_own = set_right == *claim;
        let claim = &set_right;
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
        if !is_its_own {
            let id = work.id(first + i)?;
            work.tell(RowKind::Entry, id.get());
        }
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
pub(super) fn lower_counters<B: Book>(
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
