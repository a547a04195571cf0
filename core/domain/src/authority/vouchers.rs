//! Vouchers in the authority's order: issued, used, given back, taken back, extended, expired (G1, G2, sync §3).
//!
//! Whatever a device claims of a voucher is checked against the voucher itself, its terms and the sale it belongs to.
//! What is no longer possible keeps its fact with effect 0 and a reason, and the owner sees what it cost (U3).

mod sold;

use super::work::Work;
use super::{Author, Book, Echo, Standing, Stop};
use crate::codes::Code;
use crate::ids::{CustomerId, EntryId, InstrumentId, PurchaseId, VoucherId};
use crate::money::{Money, Points};
use crate::op::Fact;
use crate::programme::Instrument;
use crate::refund::Refund;
use crate::rights::{Action, Permission};
use crate::row::{Row, RowKind};
use crate::voucher::{
    Act, Issued, Move, MoveKind, Moved, Origin, Voucher, VoucherNumber, VoucherReason, VoucherState,
};

pub(super) use sold::apply_sold;

/// The authority's word where it is not the claim.
type Verdict = Option<(Money, Code)>;

impl<B: Book> Work<'_, B> {
    /// A voucher, as this op has left it.
    pub(super) fn voucher(&self, id: VoucherId) -> Result<Option<Voucher>, Stop<B::Error>> {
        match self.row(RowKind::Voucher, id.get()) {
            Some(Row::Voucher(voucher)) => Ok(Some(voucher.clone())),
            _ => self.book.voucher(id).map_err(Stop::Book),
        }
    }

    /// The vouchers that moves are about, each once.
    pub(super) fn vouchers_of(&self, moved: &[Moved]) -> Result<Vec<Voucher>, Stop<B::Error>> {
        let mut ids: Vec<VoucherId> = moved.iter().map(|one| one.voucher).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut found = Vec::new();
        for id in ids {
            found.extend(self.voucher(id)?);
        }
        Ok(found)
    }

    /// Whether a number is some voucher's already.
    fn is_taken(&self, number: &VoucherNumber) -> Result<bool, Stop<B::Error>> {
        let bears = |row: &Row| match row {
            Row::Voucher(voucher) => voucher.number.as_ref() == Some(number),
            _ => false,
        };
        if self.rows_so_far().any(bears) {
            return Ok(true);
        }
        Ok(self
            .book
            .voucher_with(number)
            .map_err(Stop::Book)?
            .is_some())
    }

    fn is_own(&self) -> bool {
        matches!(
            self.standing,
            Standing::Ordered {
                author: Author::Authority,
                ..
            }
        )
    }
}

/// The facts about vouchers from `place` on.
fn about_vouchers(facts: &[Fact], place: usize) -> &[Fact] {
    let facts = facts.get(place..).unwrap_or_default();
    let end = facts
        .iter()
        .position(|fact| !matches!(fact, Fact::Issue(_) | Fact::Move(_)));
    &facts[..end.unwrap_or(facts.len())]
}

/// An instrument under the version whose terms count (L9).
fn instrument_of<B: Book>(
    work: &Work<'_, B>,
    version: crate::ids::ProgrammeVersion,
    id: InstrumentId,
) -> Result<Option<Instrument>, Stop<B::Error>> {
    let programme = work.book.programme(version).map_err(Stop::Book)?;
    Ok(programme.and_then(|p| p.instrument(id).cloned()))
}

/// Vouchers after a return: what the authority computes counts; says how many facts that were.
pub(super) fn apply_returned<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    id: PurchaseId,
    outcome: Result<&Refund, &Code>,
) -> Result<usize, Stop<B::Error>> {
    let facts = about_vouchers(&work.op.facts, place);
    let mut expected = outcome
        .map(|refund| refund.moves.clone())
        .unwrap_or_default();
    for (i, fact) in facts.iter().enumerate() {
        let (voucher, act) = match fact {
            Fact::Move(Move { voucher, act }) => (*voucher, *act),
            Fact::Issue(issued) => {
                issue(work, place + i, issued, (None, malformed()))?;
                continue;
            }
            _ => continue,
        };
        let same = |e: &Move| e.voucher == voucher && e.act.kind() == act.kind();
        let found = expected.iter().position(same).map(|at| expected.remove(at));
        let verdict = match (found, outcome) {
            (Some(e), _) if e.act == act => None,
            (Some(e), _) => {
                let (counted, claimed) = (e.act.effect(), act.effect());
                let code = Code::ReturnAboveSold {
                    claimed: claimed.0,
                    counted: counted.0,
                };
                Some((counted, code))
            }
            (None, Err(code)) => Some((Money::ZERO, *code)),
            (None, Ok(_)) => malformed(),
        };
        let moved = move_by(work, place + i, (voucher, act), (Some(id), verdict))?;
        if moved.kind == MoveKind::Cancel {
            // Money went back for what somebody had used meanwhile.
            tell(work, &moved, None);
        }
    }
    Ok(facts.len())
}

const fn malformed() -> Verdict {
    Some((Money::ZERO, Code::MalformedFact))
}

/// A voucher that is given, extended or cancelled by hand, or swept by the authority itself.
pub(super) fn apply_alone<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    fact: &Fact,
) -> Result<(), Stop<B::Error>> {
    match fact {
        Fact::Issue(issued) => {
            let verdict = match issued.origin {
                Origin::Given => given(work, issued)?,
                Origin::Sold { .. } | Origin::Change(_) => malformed(),
            };
            let verdict = match verdict {
                None => without_right(work, place)?,
                some => some,
            };
            issue(work, place, issued, (None, verdict))
        }
        Fact::Move(Move { voucher, act }) => {
            let verdict = by_hand(work, place, *voucher, *act)?;
            move_by(work, place, (*voucher, *act), (None, verdict)).map(|_| ())
        }
        _ => Ok(()),
    }
}

/// Nothing that makes value out of nothing has an effect without the right; the owner is asked.
fn without_right<B: Book>(work: &mut Work<'_, B>, place: usize) -> Result<Verdict, Stop<B::Error>> {
    if work.refused.is_some() {
        return Ok(None);
    }
    let Some(reason) = work.missing(Action::Plain(Permission::Adjust)) else {
        return Ok(None);
    };
    let id = EntryId(work.id(place)?);
    work.ask(id, Permission::Adjust, (reason, None));
    Ok(Some((Money::ZERO, reason)))
}

fn given<B: Book>(work: &Work<'_, B>, issued: &Issued) -> Result<Verdict, Stop<B::Error>> {
    let of = instrument_of(work, work.op.programme, issued.instrument)?;
    let fits = of.is_some_and(|of| of.issues(issued.nominal));
    Ok((!fits).then_some((Money::ZERO, Code::MalformedFact)))
}

fn by_hand<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    id: VoucherId,
    act: Act,
) -> Result<Verdict, Stop<B::Error>> {
    let Some(voucher) = work.voucher(id)? else {
        return Ok(Some((Money::ZERO, Code::UnknownVoucher)));
    };
    let effect = match act {
        Act::Expire(_) if work.is_own() && voucher.state == VoucherState::Issued => {
            voucher.balance.max(Money::ZERO).negated()?
        }
        Act::Revive(_) if work.is_own() => {
            let owed = voucher.balance.negated()?.max(Money::ZERO);
            owed.min(voucher.lapsed)
        }
        Act::Cancel(_, why) | Act::Extend { why, .. } if why == VoucherReason::Returned => {
            return Ok(malformed());
        }
        Act::Cancel(..) | Act::Extend { .. } if voucher.is_over().is_some() => {
            return Ok(voucher.is_over().map(|code| (Money::ZERO, code)));
        }
        Act::Cancel(..) => voucher.balance.max(Money::ZERO).negated()?,
        Act::Extend { .. } => voucher.lapsed,
        Act::Expire(_) | Act::Revive(_) | Act::Use { .. } | Act::Restore(_) => {
            return Ok(malformed());
        }
    };
    if let Some(verdict) = without_right(work, place)? {
        return Ok(Some(verdict));
    }
    let same = act.effect() == effect;
    Ok((!same).then_some((effect, Code::MalformedFact)))
}

/// Writes a new voucher and its first move.
fn issue<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    issued: &Issued,
    (purchase, verdict): (Option<PurchaseId>, Verdict),
) -> Result<(), Stop<B::Error>> {
    let (moment, echo) = work.moment();
    let id = work.id(place)?;
    let verdict = refused(work, verdict);
    let last_day = match issued.origin {
        // What is given as change ends with what it was changed from (L9).
        Origin::Change(before) => work.voucher(before)?.and_then(|one| one.last_day),
        Origin::Sold { .. } | Origin::Given => {
            let of = instrument_of(work, work.op.programme, issued.instrument)?;
            of.and_then(|of| of.voucher_ends(moment.date))
        }
    };
    let programme = match issued.origin {
        Origin::Change(before) => work.voucher(before)?.map(|one| one.programme),
        Origin::Sold { .. } | Origin::Given => None,
    };
    let mut number = issued.number.clone().filter(|_| verdict.is_none());
    if let Some(wanted) = &number
        && work.is_taken(wanted)?
    {
        // The first in the order keeps it (sync §3); this one is found by its holder, or by the owner.
        let instrument = issued.instrument.0.into();
        let code = Code::VoucherNumberTaken { instrument };
        work.open_inbox(EntryId(id), code, (issued.holder, None), Points::ZERO);
        number = None;
    }
    let moved = Moved {
        id: EntryId(id),
        voucher: VoucherId(id),
        kind: MoveKind::Issue,
        purchase,
        date: moment.date,
        claim: issued.nominal,
        paid: Money::ZERO,
        until: None,
        why: None,
        verdict,
    };
    let counts = verdict.is_none();
    work.put(
        Row::Voucher(Voucher {
            id: VoucherId(id),
            instrument: issued.instrument,
            programme: programme.unwrap_or(work.op.programme),
            number,
            holder: issued.holder,
            nominal: moved.effect(),
            balance: moved.effect(),
            lapsed: Money::ZERO,
            last_day,
            state: if counts {
                VoucherState::Issued
            } else {
                VoucherState::Cancelled
            },
            origin: issued.origin,
            purchase,
        }),
        Echo::AsClaimed,
    );
    put(work, moved, echo);
    Ok(())
}

/// Everything in a refused op has effect 0.
fn refused<B: Book>(work: &Work<'_, B>, verdict: Verdict) -> Verdict {
    work.refused.map(|code| (Money::ZERO, code)).or(verdict)
}

/// Writes a move and the voucher after it.
fn move_by<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    (id, act): (VoucherId, Act),
    (purchase, verdict): (Option<PurchaseId>, Verdict),
) -> Result<Moved, Stop<B::Error>> {
    let (moment, echo) = work.moment();
    let (paid, until, why) = match act {
        Act::Use { paid, .. } => (paid, None, None),
        Act::Extend { until, why, .. } => (Money::ZERO, until, Some(why)),
        Act::Cancel(_, why) => (Money::ZERO, None, Some(why)),
        Act::Restore(_) | Act::Expire(_) | Act::Revive(_) => (Money::ZERO, None, None),
    };
    let moved = Moved {
        id: EntryId(work.id(place)?),
        voucher: id,
        kind: act.kind(),
        purchase,
        date: moment.date,
        claim: act.effect(),
        paid,
        until,
        why,
        verdict: refused(work, verdict),
    };
    if let Some(voucher) = work.voucher(id)? {
        work.put(Row::Voucher(voucher.after(&moved)?), Echo::AsClaimed);
    }
    put(work, moved, echo);
    Ok(moved)
}

fn put<B: Book>(work: &mut Work<'_, B>, moved: Moved, echo: Echo) {
    let echo = match moved.verdict {
        Some(_) => Echo::Changed,
        None => echo,
    };
    work.put(Row::Moved(moved), echo);
}

/// The owner sees what could not be done any more (U3).
fn tell<B: Book>(work: &mut Work<'_, B>, moved: &Moved, customer: Option<CustomerId>) {
    if let Some((_, code)) = moved.verdict.filter(|_| work.refused.is_none()) {
        work.open_inbox(moved.id, code, (customer, None), Points::ZERO);
    }
}
