//! Sales, attaching a customer to one (X7), and the claims that travel with them.

use super::clock::promised;
use super::earning::{self, Judged, Verdict};
use super::work::{Posting, Work};
use super::{Book, Echo, Standing, Stop, adjust, campaigns, coupons, reserve, right, vouchers};
use crate::codes::Code;
use crate::earn::{earned, kept};
use crate::ids::{CustomerId, InstrumentId, PurchaseId};
use crate::ledger::{Effect, EntryKind};
use crate::limits::CardRead;
use crate::moment::Month;
use crate::money::{AMOUNT_MAX, Money, Overflow, Points};
use crate::op::{Claim, Fact, Sale};
use crate::position::MonthSum;
use crate::programme::{CARRY_MAX, Instrument, Kept, Programme};
use crate::purchase::{Purchase, Quantity, ReturnKind, returned_part, returned_so_far};
use crate::refund::refusal;
use crate::rights::{Action, Permission};
use crate::row::{Row, RowKind};

/// Applies a sale and the claims after it; says how many facts that were.
pub(super) fn apply_sale<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    sale: &Sale,
) -> Result<usize, Stop<B::Error>> {
    let (at, echo) = work.moment();
    let claims = claims_after(work.op.facts.get(place + 1..).unwrap_or_default());
    let mut purchase = Purchase {
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
        read: sale.read,
        fiscal: sale.fiscal.clone(),
        flags: Vec::from_iter(work.missing(Action::Plain(Permission::Sell))),
    };
    if work.refused.is_none() && purchase.check().is_err() {
        return Err(Stop::Malformed);
    }
    if purchase.refused.is_none()
        && let Some(customer) = purchase.customer
    {
        count_visit(work, customer, &purchase, &[])?;
    }
    let judged = match purchase.customer {
        Some(customer) => earning::judge(work, &purchase, (customer, &claims))?,
        None => Judged::default(),
    };
    purchase.flags.extend(work.clock_corrected());
    purchase.flags.extend(judged.flags);
    let earns = earning::verdicts(work, (&purchase, &[]), (judged.refused, &claims))?;
    purchase.flags.extend(earns.flags);
    purchase
        .flags
        .extend(reserve::points_unasked(work, &claims)?);
    let coupons = coupons::count(work, &purchase)?;
    purchase.flags.extend(coupons);
    let echo = if purchase.refused.is_some() || !purchase.flags.is_empty() {
        Echo::Changed
    } else {
        echo
    };
    let id = purchase.id;
    work.put(Row::Purchase(purchase), echo);
    right::redemption(work, place, (&claims, sale.confirmed))?;
    for (i, (claim, earn)) in claims.iter().zip(earns.each).enumerate() {
        let allowed = Some(claim.customer) == sale.customer
            && matches!(
                claim.kind,
                EntryKind::Earn
                    | EntryKind::Redeem
                    | EntryKind::Reward
                    | EntryKind::Use
                    | EntryKind::Join
                    | EntryKind::Level
            );
        let verdict = match forged(claim, allowed).or(earn) {
            None => super::standing::verdict(work, claim, place + 1 + i)?,
            wrong => wrong,
        };
        let is_earn = claim.kind == EntryKind::Earn;
        let claim = set_right(work, claim, verdict)?;
        if is_earn {
            post_earn(work, place + 1 + i, (&claim, verdict), (id, &[]))?;
        } else {
            post(work, place + 1 + i, &claim, (Some(id), verdict))?;
        }
    }
    if campaigns::are_among(&claims) {
        campaigns::count(work, id, &campaigns::Added::new())?;
    }
    let facts = 1 + claims.len();
    Ok(facts + vouchers::apply_sold(work, place + facts, id)?)
}

/// The claim with the life of its lot set right, if the phone's clock was wrong (sync §5) or its rules do not give it
/// that life.
fn set_right<B: Book>(
    work: &Work<'_, B>,
    claim: &Claim,
    verdict: Option<(Effect, Code)>,
) -> Result<Claim, Stop<B::Error>> {
    let (wall, date) = (work.op.time.wall.date, work.moment().0.date);
    let forged = matches!(verdict, Some((_, Code::EarnAboveRules { .. })));
    if !forged && (date == wall || claim.lot.is_none()) {
        return Ok(*claim);
    }
    let programme = work.book.programme(work.op.programme).map_err(Stop::Book)?;
    let instrument = programme
        .as_ref()
        .and_then(|p| p.instrument(claim.instrument));
    let terms = instrument.and_then(|of| earning::lot_of(of, date));
    let lot = match claim.lot.filter(|_| !forged) {
        Some(lot) => Some(promised(lot, terms, wall, date)),
        None => terms,
    };
    Ok(Claim { lot, ..*claim })
}

/// Applies an attaching and its claims (X7): once per purchase, none for one that had a customer or
/// was voided; only the goods still kept earn.
pub(super) fn apply_attach<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    id: PurchaseId,
    (customer, read): (CustomerId, Option<CardRead>),
) -> Result<usize, Stop<B::Error>> {
    let claims = claims_after(work.op.facts.get(place + 1..).unwrap_or_default());
    let known = work.purchase(id)?;
    let before = work.refused;
    work.refused = before.or(match &known {
        None => Some(Code::UnknownTarget),
        Some(known) if known.purchase.earner().is_some() => Some(Code::AlreadyAttached),
        Some(known) => {
            let gone = refusal(ReturnKind::Goods, &known.purchase, &known.returns);
            match gone {
                Some(code) => Some(code),
                None => too_late(work, &known.purchase)?,
            }
        }
    });
    let (mut most, mut kept_back) = (Vec::new(), Vec::new());
    let added = campaigns::added(work, known.as_ref())?;
    let mut earns = vec![None; claims.len()];
    if let (None, Some(mut known)) = (work.refused, known) {
        let back = returned_so_far(&known.purchase, &known.returns)?;
        known.purchase.attached = Some(customer);
        known.purchase.read = known.purchase.read.or(read);
        let judged = earning::judge(work, &known.purchase, (customer, &claims))?;
        known.purchase.flags.extend(judged.flags);
        let judged = earning::verdicts(work, (&known.purchase, &back), (judged.refused, &claims))?;
        known.purchase.flags.extend(judged.flags);
        earns = judged.each;
        if kept(&known.purchase.lines, &back) == Kept::Something {
            count_visit(work, customer, &known.purchase, &back)?;
        }
        if back.iter().any(|quantity| quantity.0 > 0) {
            most = earned_by_kept(work, &known.purchase, &back, &claims)?;
        }
        work.put(Row::Purchase(known.purchase), Echo::Changed);
        kept_back = back;
    }
    for (i, (claim, earn)) in claims.iter().zip(earns).enumerate() {
        let allowed = claim.customer == customer && claim.kind == EntryKind::Earn;
        let limit = most
            .iter()
            .find(|(instrument, _)| *instrument == claim.instrument);
        let verdict = forged(claim, allowed)
            .or_else(|| above(claim.effect, limit.map(|l| l.1)).filter(|it| is_less(it, earn)))
            .or(earn);
        post_earn(work, place + 1 + i, (claim, verdict), (id, &kept_back))?;
    }
    if campaigns::are_among(&claims) {
        campaigns::count(work, id, &added)?;
    }
    work.refused = before;
    Ok(1 + claims.len())
}

/// Why a customer may no longer be attached, if so; a phone's own claim was asked for by its use case.
fn too_late<B: Book>(
    work: &Work<'_, B>,
    purchase: &Purchase,
) -> Result<Option<Code>, Stop<B::Error>> {
    if matches!(work.standing, Standing::Pending) {
        return Ok(None);
    }
    let business = work.book.business().map_err(Stop::Book)?;
    let today = work.moment().0.date;
    Ok(business.and_then(|b| b.may_attach(purchase.at.date, today).err()))
}

/// What the goods that are still kept earn by each claim's instrument, under the purchase's own terms. Nothing is said where
/// some of these are newer than this version: what came back is then settled by its part of the price (L12).
fn earned_by_kept<B: Book>(
    work: &Work<'_, B>,
    purchase: &Purchase,
    back: &[Quantity],
    claims: &[Claim],
) -> Result<Vec<(InstrumentId, Effect)>, Stop<B::Error>> {
    let programme = work
        .book
        .programme(purchase.programme)
        .map_err(Stop::Book)?;
    let readable = |p: &&Programme| p.instruments().iter().all(Instrument::is_read);
    let Some(programme) = programme.as_ref().filter(readable) else {
        return Ok(Vec::new());
    };
    let mut most = Vec::new();
    for claim in claims {
        if let Some(of) = programme.instrument(claim.instrument) {
            let resolved = claim.about.resolved();
            let earning = earned((programme, of), &purchase.lines, back, resolved)?;
            most.push((of.id, earning.effect));
        }
    }
    Ok(most)
}

/// The verdict on an earn that is above what the kept goods give.
fn above(claim: Effect, limit: Option<Effect>) -> Option<(Effect, Code)> {
    let limit = limit?;
    let code = Code::ReturnAboveSold {
        claimed: claim.points.0.saturating_add(claim.stamps.0),
        counted: limit.points.0.saturating_add(limit.stamps.0),
    };
    (claim.points > limit.points || claim.stamps > limit.stamps).then_some((limit, code))
}

/// Whether a verdict gives no more than another, where there is one.
fn is_less((given, _): &(Effect, Code), than: Verdict) -> bool {
    than.is_none_or(|(most, _)| given.points <= most.points && given.stamps <= most.stamps)
}

/// Writes an earn with how it was made set right: what returns and budgets are computed by is no phone's word alone.
fn post_earn<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    (claim, verdict): (&Claim, Verdict),
    (purchase, back): (PurchaseId, &[Quantity]),
) -> Result<(), Stop<B::Error>> {
    let about = earning::made(work, purchase, back, (claim, verdict))?;
    let claim_made = Claim { about, ..*claim };
    post(work, place, &claim_made, (Some(purchase), verdict))?;
    if about != claim.about {
        let id = work.id(place)?;
        work.tell(RowKind::Entry, id.get());
    }
    Ok(())
}

/// A claim that follows no sale is a correction by hand, or the authority's own (expiry and its counter-entry, L5);
/// any other from a device is kept without effect.
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
    );
    let verdict = if claim.kind == EntryKind::Adjust {
        adjust::verdict(work, place, claim)?
    } else if own && has_right_sign(claim) {
        match claim.kind {
            EntryKind::Expire => more_than_is_left(work, claim)?,
            EntryKind::Revive | EntryKind::Cleared | EntryKind::Level => None,
            _ => Some((Effect::NONE, Code::MalformedFact)),
        }
    } else {
        Some((Effect::NONE, Code::MalformedFact))
    };
    post(work, place, claim, (None, verdict))
}

/// An expiry takes what is left in its bucket and never makes a debt (L5).
fn more_than_is_left<B: Book>(
    work: &Work<'_, B>,
    claim: &Claim,
) -> Result<Option<(Effect, Code)>, Stop<B::Error>> {
    let mut position = work.position(claim.customer)?;
    let wallet = position.wallets.entry(claim.instrument).or_default();
    wallet.ripen(work.moment().0.date)?;
    let last = claim.lot.and_then(|lot| lot.expires_on);
    let bucket = wallet.buckets.iter().find(|b| b.expires_on == last);
    let left = bucket.map_or(Points::ZERO, |b| b.points).negated()?;
    let less = Effect::points(left, Money::ZERO);
    Ok((claim.effect.points < left).then_some((less, Code::MalformedFact)))
}

fn post<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    claim: &Claim,
    (purchase, verdict): (Option<PurchaseId>, Option<(Effect, Code)>),
) -> Result<(), Stop<B::Error>> {
    work.post(
        place,
        Posting {
            claim,
            purchase,
            verdict,
            uses: Vec::new(),
        },
    )
}

/// A claim of another's balance, of a kind that does not belong here or with a wrong sign has no effect.
fn forged(claim: &Claim, allowed: bool) -> Option<(Effect, Code)> {
    let honest = allowed && has_right_sign(claim);
    (!honest).then_some((Effect::NONE, Code::MalformedFact))
}

/// Earning gives, redeeming takes, and nothing is too large to be true: anything else is forged.
pub(super) fn has_right_sign(claim: &Claim) -> bool {
    let Effect {
        points,
        stamps,
        value,
        status,
        carry,
    } = claim.effect;
    let amounts = [points.0, stamps.0, value.0, status.0];
    if carry.unsigned_abs() > CARRY_MAX {
        return false;
    }
    let small = amounts.iter().all(|a| a.unsigned_abs() <= AMOUNT_MAX);
    let gives = amounts.iter().all(|a| *a >= 0);
    let takes = amounts.iter().all(|a| *a <= 0);
    small
        && match claim.kind {
            EntryKind::Earn
            | EntryKind::Restore
            | EntryKind::Revive
            | EntryKind::Cleared
            | EntryKind::Thank => gives,
            EntryKind::Redeem
            | EntryKind::Reward
            | EntryKind::Reverse
            | EntryKind::Expire
            | EntryKind::Unthank => takes,
            EntryKind::Use
            | EntryKind::Unuse
            | EntryKind::Join
            | EntryKind::Leave
            | EntryKind::Level => claim.effect == Effect::NONE,
            // It follows no sale.
            EntryKind::Adjust | EntryKind::Newer(_) => false,
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

/// A purchase of which something was kept is a visit, and what was kept was spent.
fn count_visit<B: Book>(
    work: &mut Work<'_, B>,
    customer: CustomerId,
    purchase: &Purchase,
    back: &[Quantity],
) -> Result<(), Stop<B::Error>> {
    let mut position = work.position(customer)?;
    position.visits = position.visits.checked_add(1).ok_or(Overflow)?;
    position.last_visit = position.last_visit.max(Some(purchase.at.date));
    let mut spent = Money::ZERO;
    for (place, line) in purchase.lines.iter().enumerate() {
        let back = back.get(place).copied().unwrap_or(Quantity(0));
        let price = line.spent()?;
        let returned = returned_part(price.0, back, line.quantity)?;
        spent = spent.plus(price)?.minus(Money(returned))?;
    }
    position.spent = position.spent.plus(spent)?;
    let date = Some(purchase.at.date);
    position.first_visit = position.first_visit.min(date).or(date);
    let part = MonthSum {
        spent,
        visits: 1,
        ..MonthSum::default()
    };
    position.add_to_month(Month::of(purchase.at.date), part)?;
    work.set_position(customer, position);
    Ok(())
}
