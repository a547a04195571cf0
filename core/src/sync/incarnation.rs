//! A copy that was rolled back or cloned goes on under a new number (sync §12).
//!
//! It shows the authority its chain, and makes the ops of its branch anew: same request, time, operator, personal
//! section and birth mark, other numbers. What the authority holds of the old number comes back by pull.

use kartka_domain::authority::{Standing, decide};
use kartka_domain::ids::{DeviceNo, Id, OpId, Seq};
use kartka_domain::incarnation::Renumbering;
use kartka_protocol::WireError;
use kartka_protocol::chain::{ChainValue, PersonalHash};
use kartka_protocol::limits;
use kartka_protocol::message::{Branch, Certificate, Link, SignedPairAnswer, SyncAnswer};
use kartka_protocol::op::OpBytes;
use kartka_protocol::signature::PublicKey;

use super::anew::{fetch_all, lay_pending, lift_pending};
use super::failure::Failure;
use super::history::Stop;
use super::retell;
use super::state::{SyncState, Verdict, highest_epoch};
use crate::commit::read_own;
use crate::error::CoreError;
use crate::platform::Rng;
use crate::shop::Shop;
use crate::store::{DeviceRow, HeadRow, Moved, OwnOp, StoreError, Tx, meta};
use crate::usecase::pair::CERTIFICATE;

/// What a copy learned of itself when it met another history.
pub(super) fn verdict(
    rng: &dyn Rng,
    state: &SyncState,
    epoch: kartka_domain::ids::Epoch,
) -> Verdict {
    let mut id = [0; 16];
    rng.fill(&mut id);
    Verdict {
        id,
        epoch,
        insist: state.kept,
        stranger: false,
    }
}

/// The chain that this copy shows: every op it holds, thinned evenly when they are too many for one request.
pub(super) fn branch(
    tx: &Tx<'_>,
    device: &DeviceRow,
    verdict: &Verdict,
) -> Result<Branch, StoreError> {
    let before = i64::from(device.no.get()) << 40;
    let chain = tx.own_chain(before)?;
    let held = tx.own_ops(before, 1)?.first().map(|own| own.op.0.counter());
    let acked = tx.head()?.map_or(0, |head| head.acked_op - before);
    let (certificate, line) = match verdict.stranger {
        true => (meta::get(tx, CERTIFICATE)?, tx.signed_line()?),
        false => (None, Vec::new()),
    };
    let step = chain.len().div_ceil(limits::BRANCH_PAIRS).max(1);
    let pairs = chain.iter().map(|(last, value)| (last.counter(), *value));
    Ok(Branch {
        id: verdict.id,
        held: held.unwrap_or(device.next_n),
        next: device.next_n,
        pairs: pairs
            .rev()
            .step_by(step)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect(),
        insist: verdict.insist,
        acked: acked.min(device.next_n - 1).max(0),
        certificate,
        line,
    })
}

/// Notes that the authority knows neither this phone's number nor what another one signed when it gave it: an epoch outside
/// its line did (sync §12). The next request shows this phone's chain with that. Says whether that is news.
///
/// # Errors
/// [`CoreError::NotPaired`], [`CoreError::Store`].
pub(super) fn note_stranger(shop: &Shop) -> Result<bool, CoreError> {
    shop.store.write(|tx| {
        let device = tx.device()?.ok_or(CoreError::NotPaired)?;
        let head = tx.head()?.ok_or(CoreError::NotPaired)?;
        let mut state = SyncState::read(tx)?;
        let shows_it = state.fork.is_some_and(|fork| fork.stranger);
        if shows_it || meta::get(tx, CERTIFICATE)?.is_none() {
            return Ok(false);
        }
        let kept = highest_epoch(shop.platform.keys.as_ref(), device.business)?;
        let epoch = kept.map_or(head.epoch, |kept| kept.max(head.epoch));
        let verdict = verdict(shop.platform.rng.as_ref(), &state, epoch);
        // Nobody signed that it is one: who knows it after all lets it keep its number.
        state.fork = Some(Verdict {
            stranger: true,
            insist: false,
            ..verdict
        });
        state.write(tx)?;
        Ok(true)
    })
}

/// Uses what an authority says to the certificate of this phone. One that was put back to before this phone changed its number
/// lets it in under the one that it was paired with; under the one that it has it shows its chain. Says whether the
/// next request says something new.
///
/// # Errors
/// [`CoreError::Offline`] for words that are not the authority's; [`CoreError::NotPaired`], [`CoreError::Store`].
pub(super) fn let_in(shop: &Shop, bytes: &[u8]) -> Result<bool, CoreError> {
    let (device, certificate) = shop.store.read(|r| {
        let device = r.device()?.ok_or(CoreError::NotPaired)?;
        Ok::<_, CoreError>((device, meta::get(r, CERTIFICATE)?))
    })?;
    let not_meant = || CoreError::from(Failure::NotTheAnswer);
    let identity = device.identity.ok_or(CoreError::NotPaired)?;
    let identity = PublicKey::new(&identity).map_err(|_| not_meant())?;
    let certificate = certificate.and_then(|bytes| Certificate::decode(&bytes).ok().flatten());
    let certificate = certificate.ok_or_else(not_meant)?;
    let answer = SignedPairAnswer::decode(bytes).map_err(|_| not_meant())?;
    let answer = answer.open(&certificate.request, &identity);
    if answer.map_err(|_| not_meant())?.device == device.no {
        return Ok(true);
    }
    note_stranger(shop)
}

/// What became of a copy that has shown its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// It keeps its number.
    Kept,
    /// It has another one; so many ops go up again.
    Moved {
        /// How many.
        ops: u64,
    },
}

/// Does what the authority says to a branch, or nothing of it.
///
/// # Errors
/// [`CoreError::Forked`] from an authority that says nothing about it; [`CoreError::Offline`] for words that are not
/// its own; [`CoreError::Store`].
pub(super) fn follow(
    tx: &Tx<'_>,
    (device, head, state): (DeviceRow, HeadRow, &mut SyncState),
    verdict: &Verdict,
    answer: &SyncAnswer,
    at_ms: i64,
) -> Result<Told, CoreError> {
    let told = answer.incarnation.ok_or(CoreError::Forked)?;
    let identity = device.identity.ok_or(CoreError::NotPaired)?;
    let identity = PublicKey::new(&identity).map_err(|_| Failure::NotTheAnswer)?;
    let to = (device.business, verdict.epoch, device.no);
    if told.branch != verdict.id || told.verify(to, &identity).is_err() {
        return Err(Failure::NotTheAnswer.into());
    }
    state.fork = None;
    if told.device == device.no {
        state.kept = !verdict.stranger;
        return Ok(Told::Kept);
    }
    state.kept = false;
    // What a restored authority is told again goes up under the new number as well.
    state.healing = None;
    state.tell_clocks_again();
    let said = Link {
        former: device.no,
        last: device.next_n - 1,
        epoch: verdict.epoch,
        said: told,
    };
    let ops = adopt(tx, device, head, state, &said, at_ms)?;
    if verdict.stranger {
        retell::note(tx, state, told.device)?;
    }
    Ok(Told::Moved { ops })
}

/// Moves everything of this branch to the new number; says how many ops go up again.
fn adopt(
    tx: &Tx<'_>,
    device: DeviceRow,
    mut head: HeadRow,
    state: &mut SyncState,
    link: &Link,
    at_ms: i64,
) -> Result<u64, CoreError> {
    let (told, last) = (&link.said, link.last);
    let map = Renumbering::new(device.no, told.fork, last, told.device)?;
    let pending = lift_pending(tx, head.settled_op)?;
    show_ordered(tx, &pending, told.fork)?;
    fetch_all(tx, state)?;
    let from = OpId(device.no.id(told.fork)?);
    let branch = tx.own_ops(from.get() - 1, u32::MAX)?;
    tx.remove_own_ops(from)?;
    tx.drop_all_sealed()?;
    tx.renumber(&map)?;
    let (mut moved, mut chain) = (Vec::new(), ChainValue::birth(device.business, told.device));
    for own in branch {
        let own = reissue(&map, own, &chain)?;
        chain = own.chain;
        tx.add_own_op(&own)?;
        moved.push(own);
    }
    let none = i64::from(told.device.get()) << 40;
    tx.set_device(&DeviceRow {
        no: told.device,
        next_n: (last - told.fork + 2).max(1),
        chain,
        slot: told.slot,
        slot_used: 0,
        ..device
    })?;
    head.acked_op = none;
    head.settled_op = none;
    head.stopped = None;
    tx.set_head(&head)?;
    lay_pending(tx, &moved)?;
    let ops = moved.len() as u64;
    let moved = Moved {
        old: device.no,
        fork: told.fork,
        last,
        new: told.device,
        ops: i64::try_from(ops).unwrap_or(i64::MAX),
        at_ms,
    };
    tx.add_move(&moved, link)?;
    Ok(ops)
}

/// Own ops before the fork are the authority's already, though their rows have not come yet: they are shown until
/// they come under the old number.
fn show_ordered(tx: &Tx<'_>, pending: &[OwnOp], fork: i64) -> Result<(), CoreError> {
    for own in pending.iter().filter(|own| own.op.0.counter() < fork) {
        if own.alias.is_none() {
            for decided in decide(&**tx, &read_own(own)?, Standing::Pending)? {
                tx.put(&decided.row, Some(Seq(0)))?;
            }
        }
        tx.set_touched(own.op, &[])?;
    }
    Ok(())
}

/// The op under its new number, next on the new chain.
fn reissue(map: &Renumbering, own: OwnOp, chain: &ChainValue) -> Result<OwnOp, CoreError> {
    let mark = own.birth_mark();
    let op = map.op(&read_own(&own)?, mark);
    let bytes = match kartka_protocol::op::encode(&op) {
        Ok(bytes) => OpBytes {
            facts: bytes.facts,
            // Its bytes, or what an erasure has left of them.
            personal: own.bytes.personal,
        },
        Err(error) => return Err(too_large(error)),
    };
    let personal = match (&bytes.personal, &own.nonce) {
        (Some(section), Some(nonce)) => PersonalHash::of(nonce, section),
        _ => own.erased.unwrap_or(PersonalHash::NONE),
    };
    Ok(OwnOp {
        op: op.id,
        last: op.last_id()?,
        seq: None,
        chain: chain.next(&bytes.facts, &personal),
        bytes,
        nonce: own.nonce,
        erased: own.erased,
        touched: Vec::new(),
        alias: None,
        mark: Some(mark),
    })
}

/// An op within twenty bytes of the limit has no room for the number it was born under.
fn too_large(_: WireError) -> CoreError {
    CoreError::Unexpected {
        what: "an op that can't be made anew",
    }
}

/// Whether a row of a page is of this device's number and of an op that it has never made: somebody else goes on
/// under its number.
pub(super) fn is_strangers(no: DeviceNo, next_n: i64, kind: u8, key: i64) -> bool {
    use kartka_domain::row::RowKind;
    let keyed_by_op = match RowKind::from_number(kind) {
        Some(
            RowKind::Customer
            | RowKind::Position
            | RowKind::Merge
            | RowKind::Consent
            | RowKind::Emission
            | RowKind::Inbox
            | RowKind::Erasure
            | RowKind::Purchase
            | RowKind::Return
            | RowKind::Entry
            | RowKind::Voucher
            | RowKind::Moved
            | RowKind::Unlinked
            | RowKind::Brought,
        ) => true,
        Some(
            RowKind::Business
            | RowKind::Outlet
            | RowKind::Operator
            | RowKind::Device
            | RowKind::Programme
            | RowKind::Role
            | RowKind::ErasureDone
            | RowKind::NotedVisits
            | RowKind::CouponUses
            | RowKind::CampaignSpent
            | RowKind::Card,
        )
        | None => false,
    };
    let is_strange = |id: Id| id.device() == no && id.counter() >= next_n;
    keyed_by_op && Id::new(key).is_ok_and(|id| is_strange(id.beside_of().1))
}

/// The code that a file of an earlier version keeps instead of a verdict.
pub(super) fn was_stopped(head: &HeadRow) -> bool {
    head.stopped == Some(Stop::Forked.code())
}
