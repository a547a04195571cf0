//! Cutting the outbox into batches, each sealed once and kept until the authority holds it (sync §4).

use kartka_domain::ids::{BusinessId, Id};
use kartka_domain::planted;
use kartka_protocol::batch::{Batch, BatchOp, Personal};
use kartka_protocol::chain::ChainValue;

use super::signer::DeviceSigner;
use crate::commit::read_own;
use crate::error::CoreError;
use crate::store::{DeviceRow, OwnOp, SealedBatch, Tx};

/// Ops of one batch: enough to pack well, few enough to come through a bad network.
pub(super) const OPS: usize = 250;
/// Bytes of the ops of one batch: fits `limits::BATCH_PACKED` even where nothing packs.
const BYTES: usize = 160 * 1_024;
/// Bytes of the batches of one request: leaves room for its other fields within `limits::REQUEST`.
pub(super) const PUSH: usize = 768 * 1_024;
/// Batches of one request.
pub(super) const BATCHES: usize = kartka_protocol::limits::REQUEST_BATCHES;

/// The batches to be sent next: sealed ones first, with new ones sealed and kept.
///
/// # Errors
/// [`CoreError::Store`]; [`CoreError::Unexpected`] for an op that no batch takes.
pub(super) fn next_push(
    tx: &Tx<'_>,
    device: &DeviceRow,
    signer: &DeviceSigner,
    acked: i64,
) -> Result<Vec<Batch>, CoreError> {
    let mut sealed = tx.sealed(acked)?;
    let mut size: usize = sealed.iter().map(|batch| batch.bytes.len()).sum();
    while sealed.len() < BATCHES && size < PUSH {
        let after = sealed.last().map_or(acked, |batch| batch.last_op);
        let Some(batch) = seal_next(tx, device.business, signer, after)? else {
            break;
        };
        size += batch.bytes.len();
        tx.add_sealed(&batch)?;
        sealed.push(batch);
    }
    take_fitting(sealed)
}

/// Everything above `acked`, sealed and kept.
///
/// # Errors
/// As [`next_push`].
pub(crate) fn seal_all(
    tx: &Tx<'_>,
    device: &DeviceRow,
    signer: &DeviceSigner,
    acked: i64,
) -> Result<Vec<Batch>, CoreError> {
    let mut sealed = tx.sealed(acked)?;
    let mut after = sealed.last().map_or(acked, |batch| batch.last_op);
    while let Some(batch) = seal_next(tx, device.business, signer, after)? {
        after = batch.last_op;
        tx.add_sealed(&batch)?;
        sealed.push(batch);
    }
    let batches = sealed.iter().map(|batch| Batch::decode(&batch.bytes));
    Ok(batches.collect::<Result<_, _>>()?)
}

/// As many as fit one request; always at least the first.
fn take_fitting(sealed: Vec<SealedBatch>) -> Result<Vec<Batch>, CoreError> {
    let mut size = 0;
    let mut batches = Vec::new();
    for batch in sealed.into_iter().take(BATCHES) {
        size += batch.bytes.len();
        if size > PUSH && !batches.is_empty() {
            break;
        }
        batches.push(Batch::decode(&batch.bytes)?);
    }
    Ok(batches)
}

/// The next ops of one number behind its op `after`, as one batch; none when there are none.
///
/// # Errors
/// As [`next_push`].
pub(super) fn seal_next(
    tx: &Tx<'_>,
    business: BusinessId,
    signer: &DeviceSigner,
    after: i64,
) -> Result<Option<SealedBatch>, CoreError> {
    let ops = cut(tx.own_ops(after, OPS as u32)?);
    let (Some(first), Some(last)) = (ops.first(), ops.last()) else {
        return Ok(None);
    };
    let before = if first.op.0.counter() == 1 {
        ChainValue::birth(business, first.op.0.device())
    } else {
        tx.chain_at(after)?.ok_or(CoreError::Unexpected {
            what: "the chain before a batch",
        })?
    };
    let (first, last_op) = (first.op, last.last);
    let ops = ops
        .into_iter()
        .map(batch_op)
        .collect::<Result<Vec<_>, _>>()?;
    let batch = Batch::seal(business, first, &before, &ops, |message| {
        Ok::<_, CoreError>(signer.sign(message))
    })?;
    if batch.last != last_op {
        return Err(CoreError::Unexpected {
            what: "the numbers of a batch",
        });
    }
    Ok(Some(SealedBatch {
        first_op: first.get(),
        last_op: Id::get(last_op),
        bytes: batch.encode(),
    }))
}

/// The ops from the first that fit one batch and follow one from the other; always at least one.
pub(super) fn cut(mut ops: Vec<OwnOp>) -> Vec<OwnOp> {
    let (mut size, mut next) = (0, ops.first().map(|own| own.op.get()));
    let fits = ops.iter().take_while(|own| {
        let follows = next == Some(own.op.get());
        next = Some(own.last.get() + 1);
        size += own.bytes.facts.len() + own.bytes.personal.as_ref().map_or(0, Vec::len);
        size <= BYTES && follows
    });
    let fits = fits.count().max(1);
    ops.truncate(fits);
    ops
}

/// An op as it goes into a batch.
pub(super) fn batch_op(mut own: OwnOp) -> Result<BatchOp, CoreError> {
    if planted!(OpRestamped) {
        let mut op = read_own(&own)?;
        op.time.monotonic_ms += 1;
        own.bytes.facts = kartka_protocol::op::encode(&op)?.facts;
    }
    let personal = match (own.bytes.personal, own.nonce, own.erased) {
        (None, _, None) => Personal::None,
        (None, _, Some(hash)) => Personal::Erased(hash),
        (Some(bytes), Some(nonce), _) => Personal::Here { nonce, bytes },
        (Some(_), None, _) => {
            return Err(CoreError::Unexpected {
                what: "a personal section without its nonce",
            });
        }
    };
    Ok(BatchOp {
        facts: own.bytes.facts,
        personal,
    })
}
