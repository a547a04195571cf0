//! A level that is lost only after a person's word (Q2): the question, and the yes.
//!
//! The question is the authority's own fact; it opens an inbox item and is remembered in the position, so that the next
//! evaluation of the same window does not ask again. A yes moves the level down if it is still not kept; closing the
//! item lets it stay until an evaluation looks at another window.

use super::work::{Posting, Work};
use super::{Book, Stop, office};
use crate::codes::Code;
use crate::ids::{CustomerId, EntryId, InstrumentId};
use crate::ledger::{About, Effect, EntryKind};
use crate::money::Points;
use crate::op::Claim;
use crate::position::Asked;
use crate::programme::Terms;
use crate::row::{InboxState, RowKind};

/// Asks whether a level is lost; asked again, the item is the same one.
pub(super) fn ask<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    (customer, instrument, level): (CustomerId, InstrumentId, u8),
) -> Result<(), Stop<B::Error>> {
    let mut position = work.position(customer)?;
    let asked = position.asked.get(&instrument);
    let item = match asked {
        Some(asked) => asked.item,
        None => EntryId(work.id(place)?),
    };
    let code = Code::LevelNotKept {
        instrument: instrument.0.into(),
        level: level.into(),
    };
    work.open_inbox(item, code, (Some(customer), None), Points::ZERO);
    let on = work.moment().0.date;
    position.asked.insert(instrument, Asked { on, item });
    work.set_position(customer, position);
    Ok(())
}

/// Does what an open item proposes, and closes it; an item that proposes nothing, or is closed, stays as it is.
pub(super) fn agree<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    id: EntryId,
) -> Result<(), Stop<B::Error>> {
    let Some(item) = work.book.inbox(id).map_err(Stop::Book)? else {
        return Ok(());
    };
    let (Code::LevelNotKept { instrument, level }, Some(customer), InboxState::Open) =
        (item.code, item.customer, item.state)
    else {
        return Ok(());
    };
    let (Ok(instrument), Ok(level)) = (u32::try_from(instrument), u8::try_from(level)) else {
        return Ok(());
    };
    let claim = Claim {
        customer,
        instrument: InstrumentId(instrument),
        kind: EntryKind::Level,
        effect: Effect::NONE,
        lot: None,
        about: About::Level(level),
    };
    let verdict = kept_after_all(work, &claim, level)?;
    work.post(
        place,
        Posting {
            claim: &claim,
            purchase: None,
            verdict,
            uses: Vec::new(),
        },
    )?;
    let entry = work.id(place)?;
    work.tell(RowKind::Entry, entry.get());
    office::close(work, id)
}

/// What was bought meanwhile may keep the level: then the yes comes too late.
fn kept_after_all<B: Book>(
    work: &mut Work<'_, B>,
    claim: &Claim,
    level: u8,
) -> Result<Option<(Effect, Code)>, Stop<B::Error>> {
    let programme = work.book.programme(work.op.programme).map_err(Stop::Book)?;
    let terms = programme
        .as_ref()
        .and_then(|p| p.instrument(claim.instrument));
    let Some(Terms::Tiers(tiers)) = terms.map(|of| &of.terms) else {
        return Ok(None);
    };
    let date = work.moment().0.date;
    let held = work.position(claim.customer)?.level(claim.instrument);
    let person = work.positions_of(claim.customer)?.combined()?;
    let stays = tiers.evaluated(held, &person, date)?;
    let code = Code::LevelIsKept {
        instrument: claim.instrument.0.into(),
        level: stays.into(),
    };
    Ok((stays > level).then_some((Effect::NONE, code)))
}
