//! What this phone made under numbers that it has no more is told again to an authority that was put back to before it
//! had that (sync §12): by the route of carriers, since it is the former number's push and not this one's.
//!
//! Exchanges never wait for it: what is not taken is told again when something new has come from others.

use kartka_domain::ids::{DeviceNo, Id};
use kartka_protocol::batch::Batch;
use kartka_protocol::chain::ChainValue;
use kartka_protocol::message::{AliasRun, CarryRequest, Envelope, Nonce, PROTO, SignedCarryAnswer};
use kartka_protocol::signature::PublicKey;

use super::exchange::Finished;
use super::failure::Failure;
use super::outbox::seal_next;
use super::rebase::stands_for;
use super::signer::DeviceSigner;
use super::state::{SyncState, is_overtaken};
use crate::error::CoreError;
use crate::platform::Rng;
use crate::shop::Shop;
use crate::store::{DeviceRow, OwnOp, StoreError, Tx};

/// A request that tells some of it.
pub(super) struct Asked {
    /// Its bytes, signed.
    pub(super) message: Vec<u8>,
    /// What the answer is bound to.
    body: Vec<u8>,
    nonce: Nonce,
    /// The entry of [`SyncState::untold`] that it begins at.
    after: i64,
    number: DeviceNo,
    last: Id,
    chain: ChainValue,
}

/// Notes everything that is kept of former numbers: the authority may have lost it. What lies before the first op that
/// is still here can't be told; where that is not the number's first one, it only says what the others follow from.
pub(super) fn note(tx: &Tx<'_>, state: &mut SyncState, now: DeviceNo) -> Result<(), StoreError> {
    let starts = tx.former_starts(now)?;
    let after = |(op, last): &(Id, Id)| match op.counter() {
        1 => op.get() - 1,
        _ => last.get(),
    };
    state.untold = starts.iter().map(after).collect();
    state.untold_waits = false;
    Ok(())
}

/// The next request that tells some of it; none when nothing is left, or what is left waits.
pub(super) fn begin(
    tx: &Tx<'_>,
    device: &DeviceRow,
    state: &mut SyncState,
    (signer, rng): (&DeviceSigner, &dyn Rng),
) -> Result<Option<Asked>, CoreError> {
    while let Some(after) = state.untold.first().copied() {
        if state.untold_waits {
            return Ok(None);
        }
        match tx.own_ops(after, 1)?.first() {
            None => state.untold = state.untold.split_off(1),
            // No exchange ends for this: what can't be shown to follow is left out, and what comes next follows from it.
            Some(next) if !follows(tx, next, after)? => state.untold[0] = next.last.get(),
            Some(_) => {
                let sealed = seal_next(tx, device.business, signer, after)?;
                let sealed = sealed.ok_or(StoreError::Malformed("own_op.op"))?;
                let batch = Batch::decode(&sealed.bytes)?;
                return ask(device, (signer, rng), after, batch).map(Some);
            }
        }
        state.write(tx)?;
    }
    Ok(None)
}

/// Whether the chain's value is known that an op follows from.
fn follows(tx: &Tx<'_>, next: &OwnOp, after: i64) -> Result<bool, StoreError> {
    let first = next.op.0.counter() == 1;
    Ok(first || (next.op.get() == after.saturating_add(1) && tx.chain_at(after)?.is_some()))
}

fn ask(
    device: &DeviceRow,
    (signer, rng): (&DeviceSigner, &dyn Rng),
    after: i64,
    batch: Batch,
) -> Result<Asked, CoreError> {
    let mut nonce = Nonce::default();
    rng.fill(&mut nonce);
    let (number, last, chain) = (batch.device(), batch.last, batch.chain);
    let request = CarryRequest {
        proto: PROTO,
        nonce,
        batches: vec![batch],
    };
    let body = request.encode();
    let sign = |message: &[u8]| Ok::<_, CoreError>(signer.sign(message));
    let envelope = Envelope::seal(device.business, device.no, body.clone(), sign)?;
    Ok(Asked {
        message: envelope.encode(),
        body,
        nonce,
        after,
        number,
        last,
        chain,
    })
}

/// Uses an answer: goes on behind what has arrived. Whatever else came back, this waits and exchanges go on.
///
/// # Errors
/// [`CoreError::Stale`] when something else came between; [`CoreError::Store`].
pub(super) fn finish(shop: &Shop, asked: &Asked, bytes: &[u8]) -> Result<Finished, CoreError> {
    shop.store.write(|tx| {
        let device = tx.device()?.ok_or(CoreError::NotPaired)?;
        let taken = taken(shop, &device, asked, bytes)?;
        on(tx, asked, |state| match &taken {
            Some(_) => state.untold[0] = asked.last.get(),
            None => wait(state),
        })?;
        note_aliases(tx, asked, &taken.unwrap_or_default())?;
        Ok(Finished::default())
    })
}

/// The authority's own word that the batch lies there, with which of its ops stand for others; not that of one that was lost
/// and is on again.
fn taken(
    shop: &Shop,
    device: &DeviceRow,
    asked: &Asked,
    bytes: &[u8],
) -> Result<Option<Vec<AliasRun>>, CoreError> {
    let identity = device.identity.and_then(|key| PublicKey::new(&key).ok());
    let answer = SignedCarryAnswer::decode(bytes).ok();
    let answer = identity.zip(answer);
    let answer = answer.and_then(|(key, answer)| answer.open(&asked.body, &key).ok());
    let Some(answer) = answer.filter(|answer| answer.nonce == asked.nonce) else {
        return Ok(None);
    };
    let keys = shop.platform.keys.as_ref();
    if let Some(epoch) = answer.epoch
        && is_overtaken(keys, device.business, epoch)?
    {
        return Ok(None);
    }
    let ours = (asked.number, asked.last, asked.chain);
    let mut all = answer.carried.iter();
    let lies_there = all.any(|one| (one.device, one.last, one.chain) == ours);
    Ok(lies_there.then_some(answer.aliases))
}

/// Some ops of the batch stand for others.
fn note_aliases(tx: &Tx<'_>, asked: &Asked, runs: &[AliasRun]) -> Result<(), StoreError> {
    if runs.is_empty() {
        return Ok(());
    }
    let told = tx.own_ops(asked.after, u32::MAX)?;
    for own in told.iter().take_while(|own| own.last <= asked.last) {
        let mut of = runs.iter().filter(|run| run.has(own.op));
        if let Some(first) = of.next().and_then(|run| run.meant_by(own.op))
            && own.alias != Some(first)
        {
            stands_for(tx, own, first)?;
        }
    }
    Ok(())
}

/// Nobody takes it, for whatever reason: it waits. Says whether the next request can go out at once, which it can't where
/// nobody was reached.
///
/// # Errors
/// [`CoreError::Stale`], [`CoreError::Store`].
pub(super) fn not_taken(shop: &Shop, asked: &Asked, failure: Failure) -> Result<bool, CoreError> {
    shop.store.write(|tx| on(tx, asked, wait))?;
    Ok(!matches!(failure, Failure::Offline | Failure::Timeout))
}

/// Nobody signed why, so nothing is given up for it; another number comes first next time, if there is one.
fn wait(state: &mut SyncState) {
    state.untold.rotate_left(1);
    state.untold_waits = true;
}

/// Changes what is left to tell, if it is what it was when this was asked.
fn on(tx: &Tx<'_>, asked: &Asked, change: impl FnOnce(&mut SyncState)) -> Result<(), CoreError> {
    let mut state = SyncState::read(tx)?;
    if state.untold.first() != Some(&asked.after) {
        return Err(CoreError::Stale);
    }
    change(&mut state);
    Ok(state.write(tx)?)
}
