//! What the authority says of a correction by hand (T4): without the right, or above the limit, it has no effect and
//! the owner is asked. Nothing happened at a counter that would have to count.

use super::work::Work;
use super::{Book, Standing, Stop};
use crate::adjust::{self, Amount};
use crate::codes::Code;
use crate::ids::EntryId;
use crate::ledger::{About, Effect};
use crate::op::Claim;
use crate::rights::{Action, Permission};

/// The verdict on a correction; none where it stands.
pub(super) fn verdict<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    claim: &Claim,
) -> Result<Option<(Effect, Code)>, Stop<B::Error>> {
    if matches!(work.standing, Standing::Pending) || work.refused.is_some() {
        return Ok(None);
    }
    let malformed = Some((Effect::NONE, Code::MalformedFact));
    let About::Adjusted(reason) = claim.about else {
        return Ok(malformed);
    };
    let version = work.op.programme;
    let Some(programme) = work.book.programme(version).map_err(Stop::Book)? else {
        return Ok(Some((Effect::NONE, Code::UnknownTarget)));
    };
    let amount = Amount::of(claim.effect);
    let whose = (claim.customer, claim.instrument);
    let made = adjust::claim(&programme, whose, (amount, reason), work.op.time.wall.date);
    if let Err(code @ Code::NewerRule { .. }) = made {
        return Ok(Some((Effect::NONE, code)));
    }
    if made.as_ref() != Ok(claim) {
        return Ok(malformed);
    }
    let Some(reason) = work.missing(Action::Adjust(amount)) else {
        return Ok(None);
    };
    let id = EntryId(work.id(place)?);
    work.ask(id, Permission::Adjust, (reason, Some(claim)));
    Ok(Some((Effect::NONE, reason)))
}
