//! A number of its own for a copy that was rolled back or cloned (sync §12).
//!
//! The copy shows its chain; what comes after the last pair that lies on the authority's own chain is its branch, and
//! goes on under a new device number. The same branch asked about twice gets the same number; the old number stays
//! with whoever the authority's chain belongs to.

use kartka_domain::business::{Device, DeviceState as DomainState};
use kartka_domain::card::EmitterSlot;
use kartka_domain::codes::Code;
use kartka_domain::ids::{DeviceNo, EntryId, Epoch, OpId, OperatorId};
use kartka_domain::incarnation::Former;
use kartka_domain::op::{Fact as OpFact, Notice};
use kartka_domain::row::{Row, RowKind};
use kartka_protocol::chain::ChainValue;
use kartka_protocol::limits;
use kartka_protocol::message::{Branch, Incarnation, SyncRequest};

use super::line::{self, Step};
use super::pair::Known;
use super::push::Order;
use super::turn::Turn;
use super::{Authority, erasure, hold, numbers, own};
use crate::store::{Anchored, Descent, DeviceState, LeftApart, Rights, StoreError};

/// Incarnations of one line within [`WINDOW_MS`]: more are no accident.
const MOST: usize = 16;
/// A day, in milliseconds.
const WINDOW_MS: i64 = 24 * 60 * 60 * 1_000;
/// When a line that has had too many is told to come back, in milliseconds.
const RETRY_MS: u32 = 60 * 60 * 1_000;

/// A copy that shows its branch.
pub(crate) struct Asking {
    /// The number it has.
    pub(crate) device: DeviceNo,
    /// Its chain.
    pub(crate) branch: Branch,
    /// Who it proves to be when its number is not known here.
    pub(crate) stranger: Option<Stranger>,
    /// When it asks, epoch ms.
    pub(crate) now_ms: i64,
}

/// A phone that an authority of another line let in: two restores of one business do not know each other's phones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stranger {
    /// What it was given first.
    pub(super) known: Known,
    /// Every number it had from there to the one that it asks under, if it shows them all.
    pub(super) line: Vec<Step>,
    /// Its key.
    pub(super) key: [u8; 33],
    /// What it is called.
    pub(super) name: String,
}

impl Stranger {
    /// How a device stands of which nothing is known.
    pub(super) fn state(&self, authority: &Authority, no: DeviceNo, rights: Rights) -> DeviceState {
        DeviceState {
            no,
            key: self.key,
            rights,
            acked: 0,
            chain: ChainValue::birth(authority.memory.business, no).0,
            earlier_ms: 0,
            forked: 0,
        }
    }
}

/// What a copy is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Grant {
    /// Its branch is the authority's own chain, or will be: it keeps its number.
    Keep,
    /// It goes on under another number.
    Number {
        /// Which.
        device: DeviceNo,
        /// The first counter that moves.
        fork: i64,
        /// Where it may make card numbers.
        slot: Option<EmitterSlot>,
    },
    /// Its line has had too many: come back after so many milliseconds.
    TooMany {
        /// How long.
        retry_ms: u32,
    },
}

/// Gives a copy its number.
pub(super) fn take(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    asking: &Asking,
) -> Result<Grant, StoreError> {
    let old = asking.device;
    let rights = match &asking.stranger {
        // A certificate names no rights: a counter's.
        Some(who) => turn
            .db
            .device_of_key(&who.key)?
            .map_or(Rights::Recent, |known| known.rights),
        None => Rights::Recent,
    };
    let state = match &asking.stranger {
        None => turn.db.device(old)?,
        Some(who) => Some(who.state(authority, old, rights)),
    };
    let state = state.ok_or(StoreError::Malformed("a branch of an unknown device"))?;
    let descents = turn.db.descents()?;
    let same = |d: &&Descent| d.former.device == old && d.branch == asking.branch.id;
    if let Some(known) = descents.iter().find(same) {
        return Ok(Grant::Number {
            device: known.no,
            fork: known.former.fork,
            slot: row_of(turn, known.no)?.and_then(|device| device.slot),
        });
    }
    let common = common(turn, &state, &asking.branch)?;
    // What it can't tell any more, a phone can't go on from.
    let follows = common == state.acked && asking.branch.held <= common + 1;
    if follows && !asking.branch.insist && asking.stranger.is_none() {
        return Ok(Grant::Keep);
    }
    if let Some(who) = &asking.stranger
        && line::give_back(authority, turn, order, (who, rights), asking.branch.acked)?
    {
        return Ok(Grant::Keep);
    }
    let first = asking.stranger.as_ref().map_or(old, |who| who.known.no);
    let root = line::root(turn, first)?;
    let since = asking.now_ms.saturating_sub(WINDOW_MS);
    let lately = |d: &&Descent| d.root == root && d.at_ms > since;
    if descents.iter().filter(lately).count() >= MOST {
        return Ok(Grant::TooMany { retry_ms: RETRY_MS });
    }
    let fork = (common + 1).max(asking.branch.held);
    let is_shown = asking
        .stranger
        .as_ref()
        .is_none_or(|who| !who.line.is_empty());
    let former = Former {
        device: old,
        fork,
        // Who can't show how they came by a number may not be the one that others have noted things of.
        last: if is_shown { asking.branch.next } else { fork } - 1,
    };
    enrol(authority, turn, order, asking, (&state, former, root))
}

/// The last counter up to which a copy's chain is the authority's; 0 when they share nothing that the copy still
/// knows. A chain value stands for everything before it, so the pairs agree up to one and not after it.
fn common(turn: &Turn<'_>, state: &DeviceState, branch: &Branch) -> Result<i64, StoreError> {
    let (mut agree, mut differ) = (0, branch.pairs.len());
    while agree < differ {
        let middle = usize::midpoint(agree, differ);
        if is_ours(turn, state, branch.pairs.get(middle))? {
            agree = middle + 1;
        } else {
            differ = middle;
        }
    }
    let last = agree.checked_sub(1).and_then(|at| branch.pairs.get(at));
    Ok(last.map_or(0, |(counter, _)| *counter))
}

fn is_ours(
    turn: &Turn<'_>,
    state: &DeviceState,
    pair: Option<&(i64, ChainValue)>,
) -> Result<bool, StoreError> {
    let Some((counter, chain)) = pair.filter(|(counter, _)| *counter <= state.acked) else {
        return Ok(false);
    };
    let last = state.no.id(*counter);
    let last = last.map_err(|_| StoreError::Malformed("a branch's counter"))?;
    Ok(turn.db.chain_at(last.get())? == Some(chain.0))
}

/// Lets the copy in as a device of its own, with the rights and the key it had; its line is kept for ever.
fn enrol(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    asking: &Asking,
    (state, former, root): (&DeviceState, Former, DeviceNo),
) -> Result<Grant, StoreError> {
    let no = numbers::next_device(turn.db, authority.random.as_ref())?;
    // An authority of another line may have drawn the same block.
    let no = match no == former.device {
        true => numbers::next_device(turn.db, authority.random.as_ref())?,
        false => no,
    };
    let slot = numbers::next_slot(turn.db, authority.random.as_ref())?;
    let (name, holder, standing) = match (&asking.stranger, row_of(turn, former.device)?) {
        (Some(who), _) => line::standing(turn, who)?,
        (None, Some(row)) => (row.name, row.holder, row.state),
        (None, None) => (String::new(), OperatorId(1), DomainState::Active),
    };
    let device = Device {
        no,
        name,
        public_key: state.key,
        slot: Some(slot),
        former: Some(former),
        holder,
        state: standing,
    };
    let again = came_apart(turn, asking)?;
    let rest = turn.db.left_apart(former.device)?.len() - again.len();
    let about = again.first().and_then(|batch| batch.item);
    let pairs = asking.branch.pairs.iter();
    let ops = pairs.filter(|(counter, _)| *counter >= former.fork).count();
    let notice = Notice {
        // What is left of another branch still has to be told.
        about: about.filter(|_| rest == 0),
        code: Code::PhoneForked {
            former: i64::from(former.device.get()),
            device: i64::from(no.get()),
            ops: i64::try_from(ops).unwrap_or(i64::MAX),
        },
    };
    let facts = [OpFact::Device(device), OpFact::Notice(notice)];
    own::write(authority, turn, order, &facts)?;
    turn.db.put_device(&DeviceState {
        no,
        acked: 0,
        chain: ChainValue::birth(authority.memory.business, no).0,
        earlier_ms: earlier_ms(turn, former)?,
        forked: 0,
        ..*state
    })?;
    for anchored in turn.db.anchors(former.device)? {
        let anchored = Anchored {
            device: no,
            ..anchored
        };
        turn.db.put_anchor(&anchored, limits::ANCHORS)?;
    }
    for batch in again {
        turn.db.move_apart(former.device, &batch.hash, no)?;
    }
    turn.db.put_descent(&Descent {
        no,
        former,
        root,
        branch: asking.branch.id,
        at_ms: asking.now_ms,
    })?;
    turn.forget_lines();
    hold::renumbered(turn.db, former.device, no)?;
    if asking.stranger.is_some() {
        let last = asking.branch.acked;
        erasure::follow(authority, turn, order, (Former { last, ..former }, no))?;
    }
    Ok(Grant::Number {
        device: no,
        fork: former.fork,
        slot: Some(slot),
    })
}

/// The batches kept apart that belong to this branch: the incarnation brings their ops again.
fn came_apart(turn: &Turn<'_>, asking: &Asking) -> Result<Vec<LeftApart>, StoreError> {
    let left = turn.db.left_apart(asking.device)?;
    let is_of = |batch: &LeftApart| {
        let mut pairs = asking.branch.pairs.iter();
        pairs.any(|(counter, chain)| {
            let last = asking.device.id(*counter).map(|id| id.get());
            last == Ok(batch.last) && chain.0 == batch.chain
        })
    };
    Ok(left.into_iter().filter(is_of).collect())
}

/// The effective time of the last op before the branch: its own ops are not earlier (sync §5).
pub(super) fn earlier_ms(turn: &Turn<'_>, former: Former) -> Result<i64, StoreError> {
    let Ok(before) = former.device.id(former.fork - 1) else {
        return Ok(0);
    };
    let op = turn.db.op_with(before)?;
    Ok(op.map_or(0, |op| op.at_ms))
}

pub(super) fn row_of(turn: &Turn<'_>, no: DeviceNo) -> Result<Option<Device>, StoreError> {
    let wire = turn.db.row(RowKind::Device, i64::from(no.get()))?;
    Ok(match wire.map(|wire| wire.read()).transpose()? {
        Some(Row::Device(device)) => Some(device),
        _ => None,
    })
}

/// Tells the owner that a device's batches lie apart: one item for all of them, until an incarnation brings them.
pub(super) fn tell_apart(
    authority: &Authority,
    turn: &mut Turn<'_>,
    order: &mut Order,
    device: DeviceNo,
) -> Result<(), StoreError> {
    let left = turn.db.left_apart(device)?;
    let about = left.iter().find_map(|batch| batch.item);
    let notice = Notice {
        about,
        code: Code::KeptApart {
            device: i64::from(device.get()),
            batches: i64::try_from(left.len()).unwrap_or(i64::MAX),
        },
    };
    let first = own::write(authority, turn, order, &[OpFact::Notice(notice)])?;
    let broken = |_| StoreError::Malformed("an own op");
    let item = match about {
        Some(item) => item,
        None => EntryId(OpId::new(first).map_err(broken)?.0),
    };
    turn.db.put_apart_item(device, item)
}

impl Authority {
    /// The copy that a request is from, if it is from one.
    pub(super) fn asking(&self, request: &SyncRequest) -> Option<Asking> {
        request.branch.clone().map(|branch| Asking {
            device: request.device,
            branch,
            stranger: None,
            now_ms: self.now_ms(),
        })
    }

    /// What a copy is told, signed.
    pub(super) fn incarnation(
        &self,
        epoch: Epoch,
        request: &SyncRequest,
        grant: Grant,
    ) -> Option<Incarnation> {
        let branch = request.branch.as_ref()?;
        let (device, fork, slot) = match grant {
            Grant::Keep => (request.device, branch.next, None),
            Grant::Number { device, fork, slot } => (device, fork, slot),
            Grant::TooMany { .. } => return None,
        };
        let to = (self.memory.business, epoch, request.device);
        let sign = |message: &[u8]| Ok::<_, StoreError>(self.memory.identity.sign(message));
        Incarnation::seal(to, (branch.id, device, fork), slot, sign).ok()
    }
}
