//! Two customers become one person, or two again (I2, sync §3).
//!
//! A merge is an edge. Lots, debts and counters stay with their member, so that an undone edge leaves each with what is
//! theirs, less the shares that the other's debits and debts took from it meanwhile. Nobody is joined with an erased
//! person.

use super::work::Work;
use super::{Book, Echo, Stop, office};
use crate::codes::Code;
use crate::ids::{CustomerId, EntryId};
use crate::money::Points;
use crate::op::Fact;
use crate::planted;
use crate::position::Position;
use crate::row::{EdgeState, Merge, MergeReason, Row};

/// More ids than one person comes by honestly: every op on any of them reads them all.
pub const MEMBERS_MAX: usize = 64;

/// Applies what a person decided about who is one person.
pub(super) fn apply<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    fact: &Fact,
) -> Result<(), Stop<B::Error>> {
    if work.is_refused_whole() || !office::is_allowed(work, place, fact)? {
        return Ok(());
    }
    let entry = EntryId(work.id(place)?);
    match *fact {
        Fact::Merge { a, b } => {
            let known = work.customer(a)?.is_some() && work.customer(b)?.is_some();
            if known {
                join(work, entry, (a, b), MergeReason::ByHand)?;
            }
            Ok(())
        }
        Fact::Unmerge { edge, of } => part(work, entry, edge, of),
        _ => Ok(()),
    }
}

/// Joins the two, if they are not one person yet and nobody of them is erased; says whether they are one person now.
pub(super) fn join<B: Book>(
    work: &mut Work<'_, B>,
    entry: EntryId,
    (one, other): (CustomerId, CustomerId),
    reason: MergeReason,
) -> Result<bool, Stop<B::Error>> {
    let (first, second) = (work.group(one)?, work.group(other)?);
    if first.contains(&other) {
        return Ok(true);
    }
    if first.len() + second.len() > MEMBERS_MAX {
        return Ok(false);
    }
    let erased = is_anybody_erased(work, one)? || is_anybody_erased(work, other)?;
    let edge = Merge {
        id: entry,
        a: one.min(other),
        b: one.max(other),
        reason,
        state: if erased {
            EdgeState::Off
        } else {
            EdgeState::On
        },
        undone_by: None,
    };
    if erased {
        work.put(Row::Merge(edge), Echo::AsClaimed);
        let both = (Some(one), Some(other));
        work.open_inbox(entry, Code::ErasedPerson, both, Points::ZERO);
        return Ok(false);
    }
    work.add_edge(edge)?;
    Ok(true)
}

/// Switches an edge of `of` off. Whoever else connects the two keeps them one person.
fn part<B: Book>(
    work: &mut Work<'_, B>,
    entry: EntryId,
    edge: EntryId,
    of: CustomerId,
) -> Result<(), Stop<B::Error>> {
    let found = work.edge(of, edge)?;
    let Some(known) = found.filter(|known| known.state == EdgeState::On) else {
        return Ok(());
    };
    if planted!(UndoLosesShare) {
        work.set_position(known.b, Position::default());
    }
    work.replace_edge(Merge {
        state: EdgeState::Off,
        undone_by: Some(entry),
        ..known
    });
    Ok(())
}

/// Whether anybody in the group is erased: nobody is joined with them any more.
pub(super) fn is_anybody_erased<B: Book>(
    work: &mut Work<'_, B>,
    customer: CustomerId,
) -> Result<bool, Stop<B::Error>> {
    for member in work.group(customer)? {
        if work.is_erased(member)? {
            return Ok(true);
        }
    }
    Ok(false)
}
