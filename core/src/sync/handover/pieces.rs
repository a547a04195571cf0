//! Cutting what this phone has ordered into pieces: as many ops as one request takes, each batch of one device number.

use kartka_domain::ids::{BusinessId, Seq};
use kartka_protocol::batch::Batch;
use kartka_protocol::chain::ChainValue;

use super::plan::{Ending, Stand};
use crate::error::CoreError;
use crate::store::{OwnOp, Tx};
use crate::sync::failure::Failure;
use crate::sync::outbox::{BATCHES, OPS, PUSH, batch_op, cut};
use crate::sync::signer::DeviceSigner;

/// One piece.
pub(super) struct Pieces {
    /// Its ops.
    pub(super) batches: Vec<Batch>,
    /// Whether nothing is left after it.
    pub(super) all: bool,
}

/// The ops after where the server stands, up to the one with the last number `upto`.
///
/// Numbers of a phone that was restored are above all that it had before (decision 31), so the order of the numbers is
/// the order of the seqs.
pub(super) fn next_pieces(
    tx: &Tx<'_>,
    business: BusinessId,
    signer: &DeviceSigner,
    stands: Stand,
    (upto, most): (i64, u32),
) -> Result<Pieces, CoreError> {
    let mut batches: Vec<Batch> = Vec::new();
    let (mut after, mut seq, mut size) = (stands.op, stands.seq, 0);
    let mut left = most;
    while batches.len() < BATCHES && size < PUSH && left > 0 {
        let ops = tx.ordered_ops(after, upto, left.min(OPS as u32))?;
        let Some(first) = ops.first() else {
            return Ok(Pieces { batches, all: true });
        };
        let device = first.op.0.device();
        if first.seq != Some(Seq(seq.0 + 1)) {
            return Err(CoreError::Unexpected {
                what: "the order of what is handed over",
            });
        }
        let before = match first.op.0.counter() {
            1 => ChainValue::birth(business, device),
            _ => tx
                .chain_at(first.op.get() - 1)?
                .ok_or(CoreError::Unexpected {
                    what: "the chain before a piece",
                })?,
        };
        let first = first.op;
        let same = ops
            .into_iter()
            .take_while(|own| own.op.0.device() == device);
        let ops: Vec<OwnOp> = cut(same.collect());
        if let Some(last) = ops.last() {
            (after, seq) = (last.op.get(), last.seq.unwrap_or(seq));
        }
        left = left.saturating_sub(u32::try_from(ops.len()).unwrap_or(u32::MAX));
        let ops = ops
            .into_iter()
            .map(batch_op)
            .collect::<Result<Vec<_>, _>>()?;
        let batch = Batch::seal(business, first, &before, &ops, |message| {
            Ok::<_, CoreError>(signer.sign(message))
        })?;
        size += batch.encode().len();
        if size > PUSH && !batches.is_empty() {
            return Ok(Pieces {
                batches,
                all: false,
            });
        }
        batches.push(batch);
    }
    let all = tx.ordered_ops(after, upto, 1)?.is_empty();
    Ok(Pieces { batches, all })
}

/// Where the server says that it stands, if this phone has an op there.
pub(super) fn check(tx: &Tx<'_>, stands: Stand, end: Option<Ending>) -> Result<Stand, CoreError> {
    let within = end.is_none_or(|end| stands.seq <= end.seq);
    let nothing = stands == Stand { seq: Seq(0), op: 0 };
    let there = || -> Result<bool, CoreError> {
        let own = tx.ordered_ops(stands.op - 1, i64::MAX, 1)?;
        let own = own.first();
        Ok(own.is_some_and(|own| own.op.get() == stands.op && own.seq == Some(stands.seq)))
    };
    match within && (nothing || stands.op > 0 && there()?) {
        true => Ok(stands),
        false => Err(Failure::NotTheAnswer.into()),
    }
}
