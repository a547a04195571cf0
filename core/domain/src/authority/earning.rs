//! What a claimed earn may come to: what its rule version gives for the receipt and not a point more, nothing against a
//! limit that refuses, and once per fiscal receipt (L15, T7, X8).
//!
//! A phone's own pending claims are not judged here: its use case asked the same functions before it wrote them.

use std::collections::BTreeSet;

use super::work::Work;
use super::{Author, Book, Standing, Stop};
use crate::codes::Code;
use crate::earn::{earned, most_factor, works_for_all};
use crate::ids::{CustomerId, InstrumentId, ProgrammeVersion, PurchaseId};
use crate::ledger::{About, Effect, EntryKind, LotTerms, Raise, Resolved};
use crate::limits::{self, Earns, Occasion};
use crate::moment::{Date, Moment};
use crate::money::Points;
use crate::op::{Claim, Fact};
use crate::programme::{BonusCard, Instrument, Programme, Terms};
use crate::purchase::{Fiscal, Purchase, Quantity, ReturnKind};
use crate::quote::newer;

/// What the limits say of all earns of one receipt.
#[derive(Default)]
pub(super) struct Judged {
    /// What the owner sees.
    pub(super) flags: Vec<Code>,
    /// Why nothing is earned, if so.
    pub(super) refused: Option<Code>,
}

/// Asks the owner's limits about the earns of a receipt, and counts them where a limit needs it.
pub(super) fn judge<B: Book>(
    work: &mut Work<'_, B>,
    purchase: &Purchase,
    (customer, claims): (CustomerId, &[Claim]),
) -> Result<Judged, Stop<B::Error>> {
    let gives = |claim: &Claim| {
        let Effect { points, stamps, .. } = claim.effect;
        claim.kind == EntryKind::Earn && (points.is_positive() || stamps.0 > 0)
    };
    if work.refused.is_some() || !claims.iter().any(gives) {
        return Ok(Judged::default());
    }
    let business = work.book.business().map_err(Stop::Book)?;
    let limits = business.map(|business| business.earning);
    let mut judged = Judged::default();
    if !matches!(work.standing, Standing::Pending) {
        let operator = work.book.operator(work.op.operator).map_err(Stop::Book)?;
        let own = operator.and_then(|operator| operator.customer);
        let occasion = Occasion {
            before: work.positions_of(customer)?.combined()?.earns,
            own: own.is_some_and(|own| own == customer) || is_same(work, own, customer)?,
            read: purchase.read,
        };
        let broken = limits.map(|limits| limits.broken(occasion, purchase.at));
        let broken = broken.unwrap_or_default();
        judged.refused = limits::refused(&broken);
        judged.flags = broken.into_iter().map(|(code, _)| code).collect();
        judged.flags.extend(not_judged(work, purchase, claims)?);
        if let Some(fiscal) = &purchase.fiscal
            && (sold_before(work, fiscal, purchase.id)
                || has_earned(work.book, fiscal, Some(purchase.id)).map_err(Stop::Book)?)
        {
            judged.flags.push(Code::FiscalEarned);
            judged.refused = judged.refused.or(Some(Code::FiscalEarned));
        }
    }
    if judged.refused.is_none() && limits.is_some_and(|limits| limits.counts()) {
        let mut position = work.position(customer)?;
        position.earns = position.earns.plus(Earns::once(purchase.at))?;
        work.set_position(customer, position);
    }
    Ok(judged)
}

/// By which instruments something was earned that this version can't judge (L12).
fn not_judged<B: Book>(
    work: &Work<'_, B>,
    purchase: &Purchase,
    claims: &[Claim],
) -> Result<Vec<Code>, Stop<B::Error>> {
    let version = purchase.programme;
    let programme = work.book.programme(version).map_err(Stop::Book)?;
    let of = |claim: &Claim| programme.as_ref()?.instrument(claim.instrument);
    let earns = claims.iter().filter(|claim| claim.kind == EntryKind::Earn);
    let raised = claims.iter().filter_map(|claim| {
        let raise = claim.about.resolved().raise?;
        programme.as_ref()?.instrument(raise.campaign)
    });
    let newer = earns.filter_map(of).chain(raised);
    let newer = newer.filter(|of| !of.is_read_whole());
    Ok(newer.filter_map(newer::said).collect())
}

fn is_same<B: Book>(
    work: &mut Work<'_, B>,
    own: Option<CustomerId>,
    customer: CustomerId,
) -> Result<bool, Stop<B::Error>> {
    match own {
        Some(own) => Ok(work.group(customer)?.contains(&own)),
        None => Ok(false),
    }
}

/// Whether a purchase with this fiscal receipt other than `own` counts for a customer already (X8); one that was
/// undone does not.
///
/// # Errors
/// The book's own.
pub fn has_earned<B: Book>(
    book: &B,
    fiscal: &Fiscal,
    own: Option<PurchaseId>,
) -> Result<bool, B::Error> {
    for id in book.fiscal(fiscal)? {
        let Some(purchase) = book.purchase(id)?.filter(|_| Some(id) != own) else {
            continue;
        };
        let undone = book
            .returns(id)?
            .iter()
            .any(|back| matches!(back.kind, ReturnKind::Void(_)) && !back.effective().is_empty());
        if purchase.refused.is_none() && purchase.earner().is_some() && !undone {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether this op has sold on the same fiscal receipt before.
fn sold_before<B: Book>(work: &Work<'_, B>, fiscal: &Fiscal, own: PurchaseId) -> bool {
    let earlier = |(place, fact): (usize, &Fact)| {
        let same = matches!(fact, Fact::Sale(sale) if sale.fiscal.as_ref() == Some(fiscal));
        same && work.op.entry_id(place).is_ok_and(|id| id < own.0)
    };
    work.op.facts.iter().enumerate().any(earlier)
}

/// The authority's word on a claim where it is not what it claims.
pub(super) type Verdict = Option<(Effect, Code)>;

/// What the earns of one receipt come to.
#[derive(Default)]
pub(super) struct Verdicts {
    /// Of each claim, earn or not.
    pub(super) each: Vec<Verdict>,
    /// What the owner sees: claims above the rules, and rules that this version can't read.
    pub(super) flags: Vec<Code>,
}

/// What the earns among `claims` come to where that is not what they claim; one per instrument counts.
pub(super) fn verdicts<B: Book>(
    work: &mut Work<'_, B>,
    (purchase, back): (&Purchase, &[Quantity]),
    (refused, claims): (Option<Code>, &[Claim]),
) -> Result<Verdicts, Stop<B::Error>> {
    let mut seen = BTreeSet::new();
    let mut earns = Verdicts::default();
    for claim in claims {
        let verdict = match (claim.kind, refused) {
            (EntryKind::Earn, Some(code)) => Some((Effect::NONE, code)),
            (EntryKind::Earn, None) if !seen.insert(claim.instrument) => {
                Some((Effect::NONE, Code::MalformedFact))
            }
            (EntryKind::Earn, None) => match bounded(work, (purchase, back), claim)? {
                Word::AsClaimed(newer) => {
                    let news = newer.into_iter().filter(|code| !earns.flags.contains(code));
                    earns.flags.extend(news.collect::<Vec<_>>());
                    None
                }
                Word::Less(effect, code) => {
                    earns.flags.push(code);
                    Some((effect, code))
                }
                Word::Unfounded(code) => Some((Effect::NONE, code)),
            },
            _ => None,
        };
        earns.each.push(verdict);
    }
    Ok(earns)
}

/// What the rules say of a claimed earn.
enum Word {
    /// It counts; with the rules that only a newer version can read, where it is more than the others give (L12).
    AsClaimed(Vec<Code>),
    /// It counts as so much.
    Less(Effect, Code),
    /// It counts nothing.
    Unfounded(Code),
}

/// Whether the authority orders what an enrolled device says.
pub(super) const fn is_by_device(standing: Standing) -> bool {
    matches!(
        standing,
        Standing::Ordered {
            author: Author::Device,
            ..
        }
    )
}

/// What an earn comes to where it is not what it claims: what the rule version gives for the goods that `back` left,
/// with the life that it gives to a lot.
fn bounded<B: Book>(
    work: &mut Work<'_, B>,
    (purchase, back): (&Purchase, &[Quantity]),
    claim: &Claim,
) -> Result<Word, Stop<B::Error>> {
    let as_claimed = || Word::AsClaimed(Vec::new());
    if !is_by_device(work.standing) || work.refused.is_some() {
        return Ok(as_claimed());
    }
    let version = purchase.programme;
    let Some(programme) = work.book.programme(version).map_err(Stop::Book)? else {
        return Ok(Word::Unfounded(Code::UnknownTarget));
    };
    let Some(of) = programme.instrument(claim.instrument) else {
        return Ok(Word::Unfounded(Code::MalformedFact));
    };
    if !is_known(&programme, of, claim) {
        // What this version can't compute was promised by one that can; the owner sees it by the flag.
        return Ok(as_claimed());
    }
    let resolved = possible(work, purchase, ((&programme, of), claim))?;
    let given = earned((&programme, of), &purchase.lines, back, resolved)?.effect;
    // By the day that the phone saw: a wrong clock takes nothing from anybody (sync §5).
    let seen = seen_at(work, purchase).map(|at| at.date);
    let is_open = |of: &Instrument| {
        let scope = &of.rules.scope;
        scope.is_here(purchase.outlet) && seen.iter().any(|day| scope.is_today(*day))
    };
    let given = if is_open(of) { given } else { Effect::NONE };
    let lots = seen.map(|day| lot_of(of, day));
    let more = claim.effect.points > given.points
        || claim.effect.stamps > given.stamps
        || claim.effect.status > given.status
        || claim.effect.value > given.value
        || claim.effect.carry > given.carry;
    if !more && lots.contains(&claim.lot) {
        return Ok(as_claimed());
    }
    // A rule that works there and then and that this version can't read may be what gave more: a campaign, for one that
    // knows none.
    let all = programme.instruments().iter();
    let newer: Vec<Code> = all
        .filter(|other| !other.is_read() && is_open(other))
        .filter_map(newer::said)
        .collect();
    if !newer.is_empty() && is_open(of) {
        return Ok(Word::AsClaimed(newer));
    }
    let amount = |effect: Effect| effect.points.0.saturating_add(effect.stamps.0);
    let code = Code::EarnAboveRules {
        claimed: amount(claim.effect),
        counted: amount(given),
    };
    Ok(Word::Less(given, code))
}

/// Whether this version can compute an earn: the card, and the campaign that raises it.
fn is_known(programme: &Programme, of: &Instrument, claim: &Claim) -> bool {
    let raise = claim.about.resolved().raise;
    let campaign = raise.and_then(|raise| programme.instrument(raise.campaign));
    of.is_read_whole() && campaign.is_none_or(Instrument::is_read_whole)
}

/// How an earn was made, by the authority's word: as far as it can be true, and with the points that its campaign adds to
/// what counts of it. As claimed where nobody judges it here.
pub(super) fn made<B: Book>(
    work: &mut Work<'_, B>,
    purchase: PurchaseId,
    back: &[Quantity],
    (claim, verdict): (&Claim, Verdict),
) -> Result<About, Stop<B::Error>> {
    if work.refused.is_some() || !is_by_device(work.standing) || claim.about == About::Nothing {
        return Ok(claim.about);
    }
    let Some(purchase) = work.purchase(purchase)?.map(|known| known.purchase) else {
        return Ok(claim.about);
    };
    let programme = work.book.programme(purchase.programme);
    let Some(programme) = programme.map_err(Stop::Book)? else {
        return Ok(claim.about);
    };
    let of = programme.instrument(claim.instrument);
    let Some(of) = of.filter(|of| is_known(&programme, of, claim)) else {
        return Ok(claim.about);
    };
    let resolved = possible(work, &purchase, ((&programme, of), claim))?;
    let Some(raise) = resolved.raise else {
        return Ok(resolved.about());
    };
    let plain = Resolved {
        raise: None,
        ..resolved
    };
    let plain = earned((&programme, of), &purchase.lines, back, plain)?.effect;
    let counts = verdict.map_or(claim.effect, |(effect, _)| effect);
    let points = counts.points.minus(plain.points)?.max(Points::ZERO);
    let raise = Some(Raise { points, ..raise });
    Ok(Resolved { raise, ..resolved }.about())
}

/// When the purchase was, as it counts and as its author's clock said; the author of an attaching sold nothing.
fn seen_at<B: Book>(work: &Work<'_, B>, purchase: &Purchase) -> [Moment; 2] {
    let sold = (0..work.op.facts.len()).any(|place| work.op.entry_id(place) == Ok(purchase.id.0));
    let wall = if sold { work.op.time.wall } else { purchase.at };
    [purchase.at, wall]
}

/// The lot that an instrument gives on a day.
pub(super) fn lot_of(of: &Instrument, day: Date) -> Option<LotTerms> {
    match &of.terms {
        Terms::Bonus(card) => Some(card.lot(day)),
        _ => None,
    }
}

/// What the phone says it resolved, as far as it can be true: no higher factor than any customer could have then, no
/// more carried along than lies there or a point was ever worth.
fn possible<B: Book>(
    work: &mut Work<'_, B>,
    purchase: &Purchase,
    ((programme, of), claim): ((&Programme, &Instrument), &Claim),
) -> Result<Resolved, Stop<B::Error>> {
    let Terms::Bonus(card) = &of.terms else {
        return Ok(Resolved::PLAIN);
    };
    let Resolved {
        factor,
        carried,
        raise,
    } = claim.about.resolved();
    let seen = seen_at(work, purchase);
    let mut most = 0;
    for at in seen {
        most = most.max(most_factor(card, at, purchase.outlet)?);
    }
    let person = work.positions_of(claim.customer)?.combined()?;
    let there = person.wallet(of.id).map_or(0, |wallet| wallet.carry);
    let there = there.max(point(card));
    let carried = if carried > there {
        carried.min(there.max(dearest(work, purchase.programme, (of.id, carried))?))
    } else {
        carried
    };
    Ok(Resolved {
        factor: factor.min(most),
        carried,
        raise: raise.filter(|raise| may_raise(programme, of, (*raise, purchase, &seen))),
    })
}

/// Whether a campaign could work for any customer then, as it counts or as the phone's clock said.
fn may_raise(
    programme: &Programme,
    card: &Instrument,
    (raise, purchase, seen): (Raise, &Purchase, &[Moment]),
) -> bool {
    let Some((of, campaign)) = programme.campaign(raise.campaign, card.id) else {
        return false;
    };
    let scope = &of.rules.scope;
    let could = |at: &Moment| {
        let may = |when| works_for_all(when, *at, purchase.outlet) != Some(false);
        scope.is_today(at.date) && campaign.when.iter().all(may)
    };
    scope.is_here(purchase.outlet) && seen.iter().any(could)
}

/// The most that a point of a card was worth in the versions up to one, in what is carried: a rest that lay there when
/// points were dearer is still honest after they became cheaper. As soon as `enough` is reached nobody looks further.
fn dearest<B: Book>(
    work: &Work<'_, B>,
    upto: ProgrammeVersion,
    (id, enough): (InstrumentId, i64),
) -> Result<i64, Stop<B::Error>> {
    let mut most = 0;
    for version in (1..upto.0).rev() {
        let earlier = work.book.programme(ProgrammeVersion(version));
        // Versions have no gaps.
        let Some(earlier) = earlier.map_err(Stop::Book)?.filter(|_| most < enough) else {
            break;
        };
        let card = earlier.instrument(id).and_then(Instrument::bonus);
        most = card.map_or(most, |card| most.max(point(card)));
    }
    Ok(most)
}

/// One point in what is carried (E2).
fn point(card: &BonusCard) -> i64 {
    card.point_value.0.saturating_mul(crate::earn::FINE_OF_ONE)
}
