//! Bringing another phone's batches to the authority, and its word (sync §4, §7).
//!
//! The author signed each batch, so it counts as theirs whoever brings it; the carrier signs the envelope, so that only a
//! phone of the business may bring something. A request stands alone and may come twice.

use kartka_domain::ids::{Epoch, Id, OpId};

use super::answer::{Carried, carried_record, read_carried};
use super::signed::{Answer, Signed, Size};
use super::{Nonce, bounded};
use crate::batch::Batch;
use crate::error::{Measure, within};
use crate::fields::{Record, Shape, Value};
use crate::head::{epoch_record, read_epoch};
use crate::signature::Purpose;
use crate::{WireError, limits};

mod tag {
    pub(super) const PROTO: u16 = 1;
    pub(super) const NONCE: u16 = 2;
    pub(super) const BATCHES: u16 = 3;
}

mod answer {
    pub(super) const NONCE: u16 = 1;
    pub(super) const CARRIED: u16 = 2;
    /// Absent from a server of before.
    pub(super) const EPOCH: u16 = 160;
    /// Absent = none.
    pub(super) const ALIASES: u16 = 161;
}

/// What a phone brings of another one.
#[derive(Clone, PartialEq, Eq)]
pub struct CarryRequest {
    /// The protocol the carrier speaks.
    pub proto: u16,
    /// Binds the answer to this request.
    pub nonce: Nonce,
    /// Sealed batches of one device in their order, at most [`limits::REQUEST_BATCHES`].
    pub batches: Vec<Batch>,
}

impl CarryRequest {
    /// As sent.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(tag::PROTO, self.proto);
        r.put(tag::NONCE, self.nonce);
        r.put_records(tag::BATCHES, self.batches.iter().map(Batch::to_record));
        r.encode_open()
    }

    /// From received bytes.
    ///
    /// # Errors
    /// Any [`WireError`]; batches of two devices are [`WireError::OutOfRange`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let r = Record::decode(bytes, Shape::REQUEST)?;
        let batches = bounded(&r, tag::BATCHES, limits::REQUEST_BATCHES)?
            .into_iter()
            .map(Batch::from_record)
            .collect::<Result<Vec<_>, _>>()?;
        if batches
            .windows(2)
            .any(|two| two[0].device() != two[1].device())
        {
            return Err(WireError::OutOfRange(tag::BATCHES));
        }
        Ok(Self {
            proto: r.int(tag::PROTO)?,
            nonce: r.array(tag::NONCE)?,
            batches,
        })
    }
}

/// An answer to a [`CarryRequest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarryAnswer {
    /// The request's.
    pub nonce: Nonce,
    /// The batches that the authority holds now: the carrier may drop its copies of these and of no others.
    pub carried: Vec<Carried>,
    /// The authority's epoch: what lies at one that was lost, and is on again, has not arrived. None of a server of before.
    pub epoch: Option<Epoch>,
    /// Ops in these batches that had come before under other numbers of their author's; at most [`limits::ALIAS_RUNS`].
    pub aliases: Vec<AliasRun>,
}

/// Ops that stand for others, whose numbers have the same distance from theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AliasRun {
    /// The first of them.
    pub first: OpId,
    /// The last number of the last of them.
    pub last: Id,
    /// What the first one stands for.
    pub stands_for: OpId,
}

impl AliasRun {
    /// Ops in ascending order, each with its last number and the op that it stands for, as runs of those that follow each
    /// other.
    #[must_use]
    pub fn of(aliases: &[(OpId, Id, OpId)]) -> Vec<Self> {
        let mut runs: Vec<Self> = Vec::new();
        for (first, last, stands_for) in aliases {
            let goes_on = |run: &&mut Self| {
                first.get() == run.last.get() + 1 && run.meant_by(*first) == Some(*stands_for)
            };
            match runs.last_mut().filter(goes_on) {
                Some(run) => run.last = *last,
                None => runs.push(Self {
                    first: *first,
                    last: *last,
                    stands_for: *stands_for,
                }),
            }
        }
        runs
    }

    /// Whether an op is one of them.
    #[must_use]
    pub fn has(&self, op: OpId) -> bool {
        op >= self.first && op.0 <= self.last
    }

    /// What an op of the run stands for.
    #[must_use]
    pub fn meant_by(&self, op: OpId) -> Option<OpId> {
        let step = op.get().checked_sub(self.first.get())?;
        OpId::new(self.stands_for.get().checked_add(step)?).ok()
    }
}

impl CarryAnswer {
    fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(answer::NONCE, self.nonce);
        r.put_records(answer::CARRIED, self.carried.iter().map(carried_record));
        r.put_opt(answer::EPOCH, self.epoch.map(epoch_record));
        let runs = self.aliases.iter();
        let aliases = runs.flat_map(|run| [run.first.0, run.last, run.stands_for.0]);
        let aliases: Vec<Value> = aliases.map(|id| Value::Int(id.get())).collect();
        r.put_opt(answer::ALIASES, (!aliases.is_empty()).then_some(aliases));
        r.encode_open()
    }

    fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let r = Record::decode(bytes, Shape::REQUEST)?;
        let carried = bounded(&r, answer::CARRIED, limits::REQUEST_BATCHES)?;
        let aliases = r.ints(answer::ALIASES)?;
        let (runs, rest) = aliases.as_chunks::<3>();
        within(Measure::Items, runs.len(), limits::ALIAS_RUNS)?;
        if !rest.is_empty() {
            return Err(WireError::OutOfRange(answer::ALIASES));
        }
        let id = |id| Id::new(id).map_err(|_| WireError::OutOfRange(answer::ALIASES));
        let run = |run: &[i64; 3]| {
            Ok(AliasRun {
                first: OpId(id(run[0])?),
                last: id(run[1])?,
                stands_for: OpId(id(run[2])?),
            })
        };
        Ok(Self {
            aliases: runs.iter().map(run).collect::<Result<_, _>>()?,
            nonce: r.array(answer::NONCE)?,
            carried: carried
                .into_iter()
                .map(read_carried)
                .collect::<Result<_, _>>()?,
            epoch: r.opt_record(answer::EPOCH)?.map(read_epoch).transpose()?,
        })
    }
}

impl Answer for CarryAnswer {
    const PURPOSE: Purpose = Purpose::Carry;
    const SIZE: Size = Size::Short;

    fn to_bytes(&self) -> Vec<u8> {
        self.encode()
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, WireError> {
        Self::decode(bytes)
    }
}

/// A [`CarryAnswer`] that the identity key signed.
pub type SignedCarryAnswer = Signed<CarryAnswer>;
