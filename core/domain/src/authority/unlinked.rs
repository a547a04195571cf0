//! Returns whose purchase their author did not hold: kept with an open effect, and settled once (X1, L15, sync §2).
//!
//! [`apply`] keeps the fact; its claims by today's programme count meanwhile. [`links`] says what can be settled after an
//! op, because it brought a return or the purchase of one: a writer posts it as an op of the authority's own, and then
//! what is [`owed`](super::owed) beyond the claims. What cannot be linked is asked about; a person's answer is the same
//! fact with another author. The money that went back is a fact and stays.

use super::returns::lower_counters;
use super::work::{Known, Posting, Work};
use super::{Book, Echo, Stop, campaigns, office, sale};
use crate::codes::Code;
use crate::ids::{EntryId, PurchaseId, ReturnId};
use crate::ledger::{Effect, Entry, EntryKind, LotTerms, Use};
use crate::money::Points;
use crate::op::{Claim, Fact, Op, ReturnUnlinked, Settlement};
use crate::programme::{Instrument, Programme};
use crate::purchase::{Return, ReturnKind, Settled};
use crate::refund::unlinked::{claims, goods_for, money_kept};
use crate::refund::{Refund, Sold, refund, refusal};
use crate::rights::{Action, Permission};
use crate::row::{Row, Unlinked, UnlinkedState};

/// Returns that a sale with their receipt number is tried with: more of one number are no accident, and each costs a look
/// at a day. The owner's question about the others stays open.
pub const WAITING_MAX: u8 = 16;

/// Applies an unlinked return and the claims after it; says how many facts that were.
pub(super) fn apply<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    back: &ReturnUnlinked,
) -> Result<usize, Stop<B::Error>> {
    let claimed = sale::claims_after(work.op.facts.get(place + 1..).unwrap_or_default());
    if work.refused.is_none() && !back.is_sound() {
        return Err(Stop::Malformed);
    }
    let (at, echo) = work.moment();
    let row = Unlinked {
        id: ReturnId(work.id(place)?),
        back: back.clone(),
        operator: work.op.operator,
        outlet: work.op.outlet,
        at,
        claims: u8::try_from(claimed.len()).unwrap_or(u8::MAX),
        state: match work.refused {
            Some(code) => UnlinkedState::Refused(code),
            None => UnlinkedState::Waits,
        },
    };
    let echo = match work.refused {
        Some(_) => Echo::Changed,
        None => echo,
    };
    may_take_back(work, &row)?;
    ask(work, &row, &claimed)?;
    let programme = work.book.programme(work.op.programme).map_err(Stop::Book)?;
    work.put(Row::Unlinked(row), echo);
    let mut expected = match &programme {
        Some(programme) => claims(programme, back)?,
        None => Vec::new(),
    };
    for (i, claim) in claimed.iter().enumerate() {
        let honest = expected.iter().position(|e| e == claim);
        let honest = match honest.map(|at| expected.remove(at)) {
            Some(_) => true,
            // A phone's own claim under rules that are not here: nothing else can be said against it.
            None if programme.is_none() && work.is_pending() => {
                claim.kind == EntryKind::Reverse && sale::has_right_sign(claim)
            }
            None => false,
        };
        let verdict = (!honest).then_some((Effect::NONE, Code::MalformedFact));
        let posting = Posting {
            claim,
            purchase: None,
            verdict,
            uses: Vec::new(),
        };
        work.post(place + 1 + i, posting)?;
    }
    Ok(1 + claimed.len())
}

/// Taken back by somebody who may not: it counts, and the owner is asked.
fn may_take_back<B: Book>(work: &mut Work<'_, B>, row: &Unlinked) -> Result<(), Stop<B::Error>> {
    if work.refused.is_some() {
        return Ok(());
    }
    if let Some(reason) = work.missing(Action::Plain(Permission::Return)) {
        let id = row.id.0.entry(usize::from(row.claims))?;
        work.ask(EntryId(id), Permission::Return, (reason, None));
    }
    Ok(())
}

/// What cannot be linked at once is put before a person.
fn ask<B: Book>(
    work: &mut Work<'_, B>,
    row: &Unlinked,
    claimed: &[Claim],
) -> Result<(), Stop<B::Error>> {
    if work.refused.is_some() || work.is_pending() {
        return Ok(());
    }
    if let Err(code) = find(work.book, row)? {
        let points = Points::total(claimed.iter().map(|claim| claim.effect.points))?;
        let about = (row.back.customer, None);
        work.open_inbox(EntryId(row.id.0), code, about, points);
    }
    Ok(())
}

/// The purchase of an unlinked return: the only one with its receipt number, outlet and date, if as much of it is kept;
/// else what to ask a person.
fn find<B: Book>(book: &B, row: &Unlinked) -> Result<Result<PurchaseId, Code>, Stop<B::Error>> {
    let (back, amount) = (&row.back, row.back.amount.0);
    let mut found = Vec::new();
    for id in book.sold(back.date, &back.receipt).map_err(Stop::Book)? {
        let purchase = book.purchase(id).map_err(Stop::Book)?;
        found.extend(purchase.filter(|p| p.outlet == back.outlet && p.refused.is_none()));
    }
    Ok(match &found[..] {
        [] => Err(Code::ReturnUnlinked { amount }),
        [purchase] => {
            let returns = book.returns(purchase.id).map_err(Stop::Book)?;
            let kept = money_kept(purchase, &returns)?;
            if kept >= back.amount && refusal(ReturnKind::Goods, purchase, &returns).is_none() {
                Ok(purchase.id)
            } else {
                Err(Code::ReturnAboveKept {
                    amount,
                    kept: kept.0,
                })
            }
        }
        several => Err(Code::ReturnAmbiguous {
            amount,
            purchases: i64::try_from(several.len()).unwrap_or(i64::MAX),
        }),
    })
}

/// What can be linked after an op: its own unlinked returns, and those that wait for a purchase it brought. A writer
/// asks once the op's rows stand in the book.
///
/// # Errors
/// The book's own.
pub fn links<B: Book>(book: &B, op: &Op) -> Result<Vec<Fact>, B::Error> {
    match all_links(book, op) {
        Ok(facts) => Ok(facts),
        Err(Stop::Book(error)) => Err(error),
        // Sums that no fact could have made are linked by nobody.
        Err(Stop::Malformed) => Ok(Vec::new()),
    }
}

fn all_links<B: Book>(book: &B, op: &Op) -> Result<Vec<Fact>, Stop<B::Error>> {
    let mut facts = Vec::new();
    for (place, fact) in op.facts.iter().enumerate() {
        let waiting = match fact {
            Fact::ReturnUnlinked(_) => vec![ReturnId(op.entry_id(place)?)],
            Fact::Sale(sale) => match &sale.receipt {
                Some(receipt) => book.waiting(receipt).map_err(Stop::Book)?,
                None => Vec::new(),
            },
            _ => Vec::new(),
        };
        for of in waiting.into_iter().take(usize::from(WAITING_MAX)) {
            let row = book.unlinked(of).map_err(Stop::Book)?;
            let Some(row) = row.filter(|row| row.state == UnlinkedState::Waits) else {
                continue;
            };
            if let Ok(id) = find(book, &row)? {
                let how = Settlement::Link(id);
                facts.push(Fact::SettleReturn { of, how });
            }
        }
    }
    Ok(facts)
}

/// Settles a return that waits; one that was settled stays as it is.
pub(super) fn settle<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    (of, how): (ReturnId, Settlement),
) -> Result<(), Stop<B::Error>> {
    let row = work.book.unlinked(of).map_err(Stop::Book)?;
    let Some(row) = row.filter(|row| row.state == UnlinkedState::Waits) else {
        return Ok(());
    };
    let state = match how {
        Settlement::Accept => {
            for entry in entries(work, &row)? {
                let verdict = Some((entry.claim, Code::ReturnAccepted));
                work.put(Row::Entry(Entry { verdict, ..entry }), Echo::Changed);
            }
            UnlinkedState::Accepted
        }
        Settlement::Refuse => {
            let code = Code::RefusedByOwner;
            for entry in entries(work, &row)? {
                set(work, entry, (Effect::NONE, code), None)?;
            }
            UnlinkedState::Refused(code)
        }
        Settlement::Link(id) => {
            if !link(work, place, &row, id)? {
                return Ok(());
            }
            UnlinkedState::Linked(id)
        }
    };
    work.put(Row::Unlinked(Unlinked { state, ..row }), Echo::Changed);
    close(work, EntryId(of.0))
}

/// Closes the question, if there is one.
fn close<B: Book>(work: &mut Work<'_, B>, id: EntryId) -> Result<(), Stop<B::Error>> {
    let asks = |code| {
        matches!(
            code,
            Code::ReturnUnlinked { .. }
                | Code::ReturnAboveKept { .. }
                | Code::ReturnAmbiguous { .. }
        )
    };
    match work.book.inbox(id).map_err(Stop::Book)? {
        Some(item) if asks(item.code) => office::close(work, id),
        _ => Ok(()),
    }
}

/// Makes it a return of this purchase; says whether that could be done.
fn link<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    row: &Unlinked,
    id: PurchaseId,
) -> Result<bool, Stop<B::Error>> {
    let Some(known) = work.purchase(id)? else {
        return Ok(false);
    };
    let version = known.purchase.programme;
    let Some(programme) = work.book.programme(version).map_err(Stop::Book)? else {
        return Ok(false);
    };
    let added = campaigns::added(work, Some(&known))?;
    let counted = counted(work, place, row, (&known, &programme))?;
    let expected = counted.as_ref().map_or(&[][..], |c| &c.claims);
    for entry in entries(work, row)? {
        let same = |claim: &Claim| {
            (claim.customer, claim.instrument, claim.kind)
                == (entry.customer, entry.instrument, entry.kind)
        };
        let effect = expected.iter().find(|(claim, _)| same(claim));
        let effect = effect.map_or(Effect::NONE, |(claim, _)| claim.effect);
        let purchase = (effect != Effect::NONE).then_some(id);
        set(work, entry, (effect, Code::ReturnSettled), purchase)?;
    }
    if let (Some(counted), Some(customer)) = (&counted, known.purchase.earner()) {
        lower_counters(work, customer, &known, counted)?;
    }
    campaigns::count(work, id, &added)?;
    Ok(true)
}

/// Writes the return that it is of the purchase, and says what that comes to; nothing where nothing is kept.
fn counted<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    row: &Unlinked,
    (known, programme): (&Known, &Programme),
) -> Result<Option<Refund>, Stop<B::Error>> {
    let purchase = &known.purchase;
    if refusal(ReturnKind::Goods, purchase, &known.returns).is_some() {
        return Ok(None);
    }
    let goods = goods_for(purchase, &known.returns, row.back.amount)?;
    if goods.lines.is_empty() {
        return Ok(None);
    }
    let counted = refund(
        Sold {
            purchase,
            entries: &known.entries,
            returns: &known.returns,
            programme,
            moved: &known.moved,
            vouchers: &known.vouchers,
        },
        &goods.lines,
    )?;
    let back = Return {
        id: ReturnId(work.id(place)?),
        purchase: purchase.id,
        kind: ReturnKind::Settled(Settled {
            of: row.id,
            money: goods.money,
            kept_back: goods.kept_back,
        }),
        operator: row.operator,
        outlet: row.outlet,
        at: work.moment().0,
        claimed: goods.lines,
        verdict: None,
    };
    work.put(Row::Return(back), Echo::Changed);
    Ok(Some(counted))
}

/// The entries that an unlinked return claimed and that are still open.
fn entries<B: Book>(work: &Work<'_, B>, row: &Unlinked) -> Result<Vec<Entry>, Stop<B::Error>> {
    let mut found = Vec::new();
    for step in 1..=usize::from(row.claims) {
        let id = EntryId(row.id.0.entry(step)?);
        let entry = work.book.entry(id).map_err(Stop::Book)?;
        found.extend(entry.filter(Entry::is_to_be_settled));
    }
    Ok(found)
}

/// Sets the effect of an open entry (L15): what it took goes back to where it came from, and what it comes to is taken
/// instead.
fn set<B: Book>(
    work: &mut Work<'_, B>,
    entry: Entry,
    verdict: (Effect, Code),
    purchase: Option<PurchaseId>,
) -> Result<(), Stop<B::Error>> {
    let mut group = work.positions_of(entry.customer)?;
    let lot = rest_of(work, &entry)?;
    group.fold(&Entry {
        kind: EntryKind::Restore,
        claim: entry.effect().negated()?,
        lot: Some(lot),
        uses: entry.uses.iter().rev().copied().collect::<Vec<Use>>(),
        ..entry.clone()
    })?;
    let mut set = Entry {
        purchase,
        verdict: Some(verdict),
        uses: Vec::new(),
        ..entry
    };
    set.uses = group.fold(&set)?.uses;
    for (member, position) in group.into_members() {
        work.set_position(member, position);
    }
    work.put(Row::Entry(set), Echo::Changed);
    Ok(())
}

/// The life of what no bucket had given and no debt needs any more: as if earned on the day of the claim.
fn rest_of<B: Book>(work: &Work<'_, B>, entry: &Entry) -> Result<LotTerms, Stop<B::Error>> {
    let programme = work.book.programme(work.op.programme).map_err(Stop::Book)?;
    let of = programme
        .as_ref()
        .and_then(|p| p.instrument(entry.instrument));
    let card = of.and_then(Instrument::bonus);
    Ok(LotTerms {
        available_on: entry.date,
        expires_on: card.and_then(|card| card.lot(entry.date).expires_on),
    })
}
