//! What changes the business itself: rule sets, staff, devices, what lies in the inbox (sync §3, §7).
//!
//! These are the only facts that have no effect without the right: nothing happened at a counter that could be
//! counted. They stay in the op log, and the owner is asked.

use super::demotion;
use super::right::{needed, role};
use super::work::Work;
use super::{Author, Book, Echo, Standing, Stop, unlinked};
use crate::business::{Business, Device, DeviceState};
use crate::codes::Code;
use crate::ids::{DeviceNo, EntryId, ProgrammeVersion};
use crate::op::{Fact, Quarantine};
use crate::rights::{Action, Permissions};
use crate::row::{ErasureDone, Inbox, InboxState, Row};

/// Applies one fact about the business.
pub(super) fn apply<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    fact: &Fact,
) -> Result<(), Stop<B::Error>> {
    if work.refused.is_some() {
        return Ok(());
    }
    if !is_allowed(work, place, fact)? {
        return Ok(());
    }
    match fact {
        Fact::Agree(item) => demotion::agree(work, place, *item),
        Fact::SettleReturn { of, how } => unlinked::settle(work, place, (*of, *how)),
        Fact::LevelNotKept {
            customer,
            instrument,
            level,
        } => demotion::ask(work, place, (*customer, *instrument, *level)),
        _ => write(work, fact),
    }
}

/// Whether the author may do what can't be counted or undone; if not, the owner is asked.
pub(super) fn is_allowed<B: Book>(
    work: &mut Work<'_, B>,
    place: usize,
    fact: &Fact,
) -> Result<bool, Stop<B::Error>> {
    let Err(reason) = may(work, fact)? else {
        return Ok(true);
    };
    if let Some(permission) = needed(fact) {
        let id = EntryId(work.id(place)?);
        work.ask(id, permission, (reason, None));
    }
    Ok(false)
}

/// Whether the author may change this.
fn may<B: Book>(work: &Work<'_, B>, fact: &Fact) -> Result<Result<(), Code>, Stop<B::Error>> {
    let own = matches!(
        work.standing,
        Standing::Ordered {
            author: Author::Authority,
            ..
        } | Standing::Pending
    );
    let Some(who) = work.who.as_ref().filter(|_| !own) else {
        return Ok(Ok(()));
    };
    let Some(permission) = needed(fact) else {
        // The authority's alone.
        return Ok(Err(Code::MalformedFact));
    };
    if let Err(reason) = who.allowed(Action::Plain(permission)) {
        return Ok(Err(reason));
    }
    let of = |id| {
        let found = role(work.book, id).map_err(Stop::Book)?;
        Ok::<_, Stop<B::Error>>(found.map_or(Permissions::all(), |role| role.permissions))
    };
    Ok(match fact {
        Fact::Operator(after) => {
            let before = work.book.operator(after.id).map_err(Stop::Book)?;
            let before_may = before.as_ref().map(|b| of(b.role)).transpose()?;
            who.may_employ(before.as_ref().zip(before_may), (after, of(after.role)?))
        }
        Fact::Role(_) => who.may_publish(),
        _ => Ok(()),
    })
}

fn write<B: Book>(work: &mut Work<'_, B>, fact: &Fact) -> Result<(), Stop<B::Error>> {
    let row = match fact {
        Fact::Business(business) => {
            let known = work.book.business().map_err(Stop::Book)?;
            Row::Business(known.map_or_else(|| business.clone(), |known| changed(known, business)))
        }
        Fact::Outlet(outlet) => Row::Outlet(outlet.clone()),
        Fact::Operator(operator) => Row::Operator(operator.clone()),
        Fact::Programme(programme) => {
            let version = programme.version();
            if work.book.programme(version).map_err(Stop::Book)?.is_some() {
                // Published versions never change (L9).
                return Ok(());
            }
            let before = ProgrammeVersion(version.0.saturating_sub(1));
            let before = work.book.programme(before).map_err(Stop::Book)?;
            if before.is_some_and(|before| programme.check_follows(&before).is_err()) {
                return Ok(());
            }
            Row::Programme(programme.clone())
        }
        Fact::Device(device) => Row::Device(device.clone()),
        Fact::Role(published) => {
            let newest = work.book.role(published.id).map_err(Stop::Book)?;
            let later = newest.is_none_or(|newest| newest.version < published.version);
            if !later || !published.is_sound() {
                return Ok(());
            }
            Row::Role(published.clone())
        }
        Fact::Revoke { device, state } => return revoke(work, *device, *state),
        Fact::Close(id) => return close(work, *id),
        Fact::ErasureDone { device, up_to } => Row::ErasureDone(ErasureDone {
            device: *device,
            up_to: *up_to,
        }),
        Fact::Quarantine(waiting) => Row::Inbox(item_of(waiting)),
        // The authority's writer moves the ops; there is no row of it.
        _ => return Ok(()),
    };
    work.put(row, Echo::AsClaimed);
    Ok(())
}

/// What is fixed at founding stays (L2); everything named here may change.
fn changed(known: Business, wanted: &Business) -> Business {
    Business {
        name: wanted.name.clone(),
        phone_prefix: wanted.phone_prefix.clone(),
        lifetimes: wanted.lifetimes,
        earning: wanted.earning,
        attach_days: wanted.attach_days,
        points_as: wanted.points_as,
        recovery: wanted.recovery,
        newer: wanted.newer.clone(),
        ..known
    }
}

/// Revocation belongs to the key: every number it ever had is revoked, and never comes back (sync §7).
fn revoke<B: Book>(
    work: &mut Work<'_, B>,
    no: DeviceNo,
    state: DeviceState,
) -> Result<(), Stop<B::Error>> {
    let Some(meant) = work.book.device(no).map_err(Stop::Book)? else {
        return Ok(());
    };
    if !state.is_revoked() || state == DeviceState::Wiped {
        return Ok(());
    }
    let all = work.book.devices().map_err(Stop::Book)?;
    let same = |device: &Device| device.public_key == meant.public_key;
    for device in all.into_iter().filter(same) {
        let state = device.state.max(state);
        work.put(Row::Device(Device { state, ..device }), Echo::AsClaimed);
    }
    Ok(())
}

pub(super) fn close<B: Book>(work: &mut Work<'_, B>, id: EntryId) -> Result<(), Stop<B::Error>> {
    let Some(item) = work.book.inbox(id).map_err(Stop::Book)? else {
        return Ok(());
    };
    // A quarantine ends with its ops, not with a word.
    if !matches!(item.code, Code::Quarantined { .. }) {
        let state = InboxState::Closed;
        work.put(Row::Inbox(Inbox { state, ..item }), Echo::AsClaimed);
    }
    Ok(())
}

fn item_of(waiting: &Quarantine) -> Inbox {
    let device = waiting.first.0.device();
    Inbox {
        id: waiting.first,
        code: Code::Quarantined {
            device: i64::from(device.get()),
            upto: waiting.upto.get(),
            ops: i64::from(waiting.ops),
            sold: waiting.sold.0,
            redeemed: waiting.redeemed.0,
        },
        customer: None,
        other: None,
        points: waiting.redeemed,
        date: waiting.date,
        state: if waiting.ops == 0 {
            InboxState::Closed
        } else {
            InboxState::Open
        },
    }
}
