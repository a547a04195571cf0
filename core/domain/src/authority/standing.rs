//! What a customer becomes, as the authority sees it: a coupon used once too often, a level that was not reached,
//! and the daily evaluation of levels (U3, Q2).

use super::work::Work;
use super::{Book, Stop};
use crate::codes::Code;
use crate::ids::{CustomerId, EntryId};
use crate::ledger::{About, Effect, EntryKind};
use crate::moment::Date;
use crate::money::{Overflow, Points};
use crate::op::{Claim, Fact};
use crate::position::{Asked, Group, Position};
use crate::programme::{Demotion, Programme, Terms};

/// The verdict on a claim that says what somebody becomes: none where it stands. A coupon that was used up
/// meanwhile keeps its fact without counting, and the owner sees it (U3).
pub(super) fn verdict<B: Book>(
    work: &mut Work<'_, B>,
    claim: &Claim,
    place: usize,
) -> Result<Option<(Effect, Code)>, Stop<B::Error>> {
    if !matches!(claim.kind, EntryKind::Use | EntryKind::Level) || work.refused.is_some() {
        return Ok(None);
    }
    let programme = work.book.programme(work.op.programme).map_err(Stop::Book)?;
    let terms = programme
        .as_ref()
        .and_then(|p| p.instrument(claim.instrument));
    let date = work.moment().0.date;
    let person = work.positions_of(claim.customer)?.combined()?;
    let code = match (terms.map(|of| &of.terms), claim.about) {
        (Some(Terms::Coupon(coupon)), About::Used(_)) => {
            let uses = person.uses_of(claim.instrument);
            if coupon.is_left(uses, date) {
                return Ok(None);
            }
            let instrument = claim.instrument.0.into();
            let code = Code::CouponUsedUp { instrument };
            let id = EntryId(work.id(place)?);
            work.open_inbox(id, code, (Some(claim.customer), None), Points::ZERO);
            code
        }
        // What can't be judged here counts as its author said (L12).
        (Some(Terms::Greeting(_)), About::Used(_)) | (Some(Terms::Newer), _) => return Ok(None),
        (Some(Terms::Tiers(tiers)), About::Level(level)) => {
            if tiers.reached(&person, date)? >= level {
                return Ok(None);
            }
            Code::LevelNotReached {
                instrument: claim.instrument.0.into(),
                level: level.into(),
            }
        }
        _ => Code::MalformedFact,
    };
    Ok(Some((Effect::NONE, code)))
}

/// What an evaluation of levels came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Moves {
    /// Claims for an op of the authority's own.
    pub claims: Vec<Claim>,
    /// Customers whom the owner must be asked about before they go down: instrument's claim as it would be.
    pub asked: Vec<Claim>,
}

impl Moves {
    /// The facts of the authority's own ops, in order.
    pub fn into_facts(self) -> impl Iterator<Item = Fact> {
        let asked = self.asked.into_iter().map(|claim| Fact::LevelNotKept {
            customer: claim.customer,
            instrument: claim.instrument,
            level: match claim.about {
                About::Level(level) => level,
                _ => 0,
            },
        });
        self.claims.into_iter().map(Fact::Claim).chain(asked)
    }
}

/// Whether a version has tiers: without them nothing has to be evaluated.
#[must_use]
pub fn has_tiers(programme: &Programme) -> bool {
    let mut all = programme.instruments().iter();
    all.any(|of| matches!(of.terms, Terms::Tiers(_)))
}

/// The levels that one person's members have reached and do not hold yet (Q2: up at once): asked after a purchase of
/// which the phone that made it did not know everything.
///
/// # Errors
/// [`Overflow`].
pub fn risen(
    members: &[(CustomerId, Position)],
    programme: &Programme,
    today: Date,
) -> Result<Vec<Claim>, Overflow> {
    let held = |claim: &Claim| {
        let members = members.iter();
        let levels = members.map(|(_, position)| position.level(claim.instrument));
        levels.max().unwrap_or(0)
    };
    let mut claims = evaluate(members, programme, today)?.claims;
    claims.retain(|claim| matches!(claim.about, About::Level(level) if level > held(claim)));
    Ok(claims)
}

/// Evaluates the levels of one person's members on `today` (Q2): up at once, down after the grace, or only after
/// the owner's word. Every member who holds another level than the person has moves to it.
///
/// # Errors
/// [`Overflow`].
pub fn evaluate(
    members: &[(CustomerId, Position)],
    programme: &Programme,
    today: Date,
) -> Result<Moves, Overflow> {
    let person = Group::new(members.to_vec()).combined()?;
    let mut moves = Moves::default();
    for of in programme.instruments() {
        let Terms::Tiers(tiers) = &of.terms else {
            continue;
        };
        let held = person.level(of.id);
        let level = tiers.evaluated(held, &person, today)?;
        let asks = level < held && tiers.demotion == Demotion::OwnerConfirms;
        for (customer, position) in members {
            let own = position.level(of.id);
            // Up: one member is enough, the person's level is the highest of all. Down: everybody above.
            let up = level > held && Some(customer) == members.first().map(|(id, _)| id);
            if own <= level && !up {
                continue;
            }
            let claim = Claim {
                customer: *customer,
                instrument: of.id,
                kind: EntryKind::Level,
                effect: Effect::NONE,
                lot: None,
                about: About::Level(level),
            };
            if asks {
                let again = |asked: &Asked| tiers.is_another_window(asked.on, today);
                if position.asked.get(&of.id).is_none_or(again) {
                    moves.asked.push(claim);
                }
            } else {
                moves.claims.push(claim);
            }
        }
    }
    Ok(moves)
}
