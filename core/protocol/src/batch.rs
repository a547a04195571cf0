//! Batches: a run of one device's ops, cut, numbered, hashed and signed once (sync §4).
//!
//! The sealed part never changes, whichever way it goes. The personal sections lie apart: toward a
//! neighbour their hashes stand in, after an erasure as well, and chain and signature stay valid. The
//! signature covers business, device, first and last number and the chain's value there.

mod facts;
mod personal;

use kartka_domain::ids::{BusinessId, DeviceNo, Id, OpId};

pub use personal::Personal;

use crate::chain::ChainValue;
use crate::error::{Measure, within};
use crate::fields::{Record, Shape};
use crate::signature::{self, PublicKey, Purpose, Signature, SignatureError};
use crate::{WireError, limits, packing};

/// zstd level: a batch is made once and is small.
const LEVEL: i32 = 9;

mod tag {
    pub(super) const BUSINESS: u16 = 1;
    pub(super) const DEVICE: u16 = 2;
    pub(super) const FIRST: u16 = 3;
    pub(super) const LAST: u16 = 4;
    pub(super) const CHAIN: u16 = 5;
    pub(super) const FACTS: u16 = 6;
    pub(super) const SIGNATURE: u16 = 7;
    /// Absent = no op has a personal section.
    pub(super) const PERSONAL: u16 = 8;
}

/// Why a batch is not taken as what it claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// The bytes are no batch.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The device did not sign this.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The numbers of the ops are not those the batch claims.
    #[error("the ops do not take the numbers from {first} to {last}")]
    Numbers {
        /// The first number claimed.
        first: i64,
        /// The last number claimed.
        last: i64,
    },
    /// The ops do not continue the chain to the value that was signed: another history.
    #[error("the ops do not continue the chain of device {0}")]
    Chain(DeviceNo),
}

/// An op on its way into a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchOp {
    /// Its facts section, as committed.
    pub facts: Vec<u8>,
    /// Its personal section, or what is left of it.
    pub personal: Personal,
}

/// An op that came out of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedOp {
    /// Its first number.
    pub id: OpId,
    /// Its last number.
    pub last: Id,
    /// The chain after it.
    pub chain: ChainValue,
    /// Its sections.
    pub op: BatchOp,
}

/// A sealed batch; nothing in it has been believed yet.
#[derive(Clone, PartialEq, Eq)]
pub struct Batch {
    /// Whose ops.
    pub business: BusinessId,
    /// The first number of the first op; the batch is this device's.
    pub first: OpId,
    /// The last number of the last op.
    pub last: Id,
    /// The device's chain after the last op.
    pub chain: ChainValue,
    /// The device's word for all of the above.
    pub signature: Signature,
    facts: Vec<u8>,
    personal: Option<Vec<u8>>,
}

impl Batch {
    /// Seals ops that follow `before` on the device's chain, the first with the number `first`; `sign`
    /// gets the bytes to sign.
    ///
    /// # Errors
    /// What `sign` fails with; [`WireError`] for ops that are none, or more than a batch holds.
    pub fn seal<E: From<WireError>>(
        business: BusinessId,
        first: OpId,
        before: &ChainValue,
        ops: &[BatchOp],
        sign: impl FnOnce(&[u8]) -> Result<Signature, E>,
    ) -> Result<Self, E> {
        within(Measure::Ops, ops.len(), limits::BATCH_OPS)?;
        check_sizes(ops)?;
        let sections: Vec<&[u8]> = ops.iter().map(|op| op.facts.as_slice()).collect();
        let (columns, entries) = facts::write(first, &sections)?;
        let facts = packing::pack(&columns, LEVEL)?;
        let personal = personal::write(ops.iter().map(|op| &op.personal));
        let personal = personal
            .map(|bytes| packing::pack(&bytes, LEVEL))
            .transpose()?;
        let size = facts.len() + personal.as_ref().map_or(0, Vec::len);
        within(Measure::Packed, size, limits::BATCH_PACKED)?;
        let last = first
            .0
            .entry(entries.saturating_sub(1))
            .map_err(|_| WireError::OutOfRange(tag::LAST))?;
        let chain = ops.iter().fold(*before, |chain, op| {
            chain.next(&op.facts, &op.personal.hash())
        });
        let signature = sign(&message(business, first, last, &chain))?;
        Ok(Self {
            business,
            first,
            last,
            chain,
            signature,
            facts,
            personal,
        })
    }

    /// The device that wrote it.
    #[must_use]
    pub fn device(&self) -> DeviceNo {
        self.first.0.device()
    }

    /// Checks the device's signature; the ops are not looked at.
    ///
    /// # Errors
    /// [`SignatureError::Signature`].
    pub fn verify(&self, key: &PublicKey) -> Result<(), SignatureError> {
        key.verify(
            &message(self.business, self.first, self.last, &self.chain),
            &self.signature,
        )
    }

    /// The ops, if they follow `before` and lead to the value that was signed.
    ///
    /// # Errors
    /// [`BatchError::Wire`], [`BatchError::Numbers`] or [`BatchError::Chain`].
    pub fn open(&self, before: &ChainValue) -> Result<Vec<OpenedOp>, BatchError> {
        let ops = self.unpack()?;
        let (mut chain, mut number) = (*before, self.first.0);
        let mut opened = Vec::with_capacity(ops.len());
        let numbers = BatchError::Numbers {
            first: self.first.get(),
            last: self.last.get(),
        };
        for (index, (op, entries)) in ops.into_iter().enumerate() {
            if index > 0 {
                number = number.entry(1).map_err(|_| numbers)?;
            }
            let id = OpId(number);
            number = number.entry(entries - 1).map_err(|_| numbers)?;
            chain = chain.next(&op.facts, &op.personal.hash());
            opened.push(OpenedOp {
                id,
                last: number,
                chain,
                op,
            });
        }
        if opened.is_empty() || number != self.last {
            return Err(numbers);
        }
        if chain != self.chain {
            return Err(BatchError::Chain(self.device()));
        }
        Ok(opened)
    }

    /// Sections and number of entries of each op; hostile bytes give at most the stated sizes.
    fn unpack(&self) -> Result<Vec<(BatchOp, usize)>, WireError> {
        let columns = packing::unpack(&self.facts, limits::BATCH_UNPACKED)?;
        let sections = facts::read(self.first, &columns)?;
        let personal = match &self.personal {
            None => vec![Personal::None; sections.len()],
            Some(packed) => personal::read(
                &packing::unpack(packed, limits::BATCH_UNPACKED)?,
                sections.len(),
            )?,
        };
        let parts = sections.into_iter().zip(personal);
        let (ops, counts): (Vec<BatchOp>, Vec<usize>) = parts
            .map(|((facts, entries), personal)| (BatchOp { facts, personal }, entries))
            .unzip();
        check_sizes(&ops)?;
        Ok(ops.into_iter().zip(counts).collect())
    }

    /// The same batch with hashes in place of the personal sections, for a neighbour or a QR sequence.
    ///
    /// # Errors
    /// [`WireError`] when the batch does not unpack.
    pub fn without_personal(&self) -> Result<Self, WireError> {
        let withheld: Vec<Personal> = self
            .unpack()?
            .into_iter()
            .map(|(op, _)| op.personal.withheld())
            .collect();
        let personal = personal::write(withheld.iter());
        let personal = personal
            .map(|bytes| packing::pack(&bytes, LEVEL))
            .transpose()?;
        Ok(Self {
            personal,
            ..self.clone()
        })
    }

    /// The same batch with hashes for ever in place of the personal sections of the ops that `about` says are about
    /// an erased person; none when there is no such section here (sync §8). Chain and signature stay valid.
    ///
    /// # Errors
    /// [`WireError`] when the batch does not unpack.
    pub fn erased(
        &self,
        mut about: impl FnMut(OpId, &[u8]) -> bool,
    ) -> Result<Option<Self>, WireError> {
        let (mut offset, mut changed) = (0, false);
        let mut sections = Vec::new();
        for (op, entries) in self.unpack()? {
            let past = |_| WireError::OutOfRange(tag::LAST);
            let id = OpId(self.first.0.entry(offset).map_err(past)?);
            offset += entries;
            let here = matches!(op.personal, Personal::Here { .. });
            let section = if here && about(id, &op.facts) {
                changed = true;
                Personal::Erased(op.personal.hash())
            } else {
                op.personal
            };
            sections.push(section);
        }
        if !changed {
            return Ok(None);
        }
        let personal = personal::write(sections.iter());
        let personal = personal
            .map(|bytes| packing::pack(&bytes, LEVEL))
            .transpose()?;
        Ok(Some(Self {
            personal,
            ..self.clone()
        }))
    }

    /// As fields, for a request.
    #[must_use]
    pub fn to_record(&self) -> Record {
        let mut r = Record::new();
        r.put(tag::BUSINESS, self.business.0);
        r.put(tag::DEVICE, self.device().get());
        r.put(tag::FIRST, self.first.0.counter());
        r.put(tag::LAST, self.last.counter());
        r.put(tag::CHAIN, self.chain.0);
        r.put(tag::FACTS, self.facts.as_slice());
        r.put(tag::SIGNATURE, self.signature.0);
        r.put_opt(tag::PERSONAL, self.personal.as_deref());
        r
    }

    /// From received fields.
    ///
    /// # Errors
    /// [`WireError`] for a field that is missing or wrong.
    pub fn from_record(r: &Record) -> Result<Self, WireError> {
        let device =
            DeviceNo::new(r.int(tag::DEVICE)?).map_err(|_| WireError::OutOfRange(tag::DEVICE))?;
        let number = |tag| {
            device
                .id(r.int(tag)?)
                .map_err(|_| WireError::OutOfRange(tag))
        };
        Ok(Self {
            business: BusinessId(r.array(tag::BUSINESS)?),
            first: OpId(number(tag::FIRST)?),
            last: number(tag::LAST)?,
            chain: ChainValue(r.array(tag::CHAIN)?),
            signature: Signature(r.array(tag::SIGNATURE)?),
            facts: r.bytes(tag::FACTS)?.to_vec(),
            personal: r.opt_bytes(tag::PERSONAL)?.map(<[u8]>::to_vec),
        })
    }

    /// As bytes, for a file or an outbox.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        self.to_record().encode()
    }

    /// From bytes.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        Self::from_record(&Record::decode(bytes, Shape::REQUEST)?)
    }
}

impl std::fmt::Debug for Batch {
    /// Says whose and which, never what is in it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Batch({} to {})", self.first.get(), self.last.get())
    }
}

impl BatchOp {
    /// Bytes of both sections.
    #[must_use]
    pub fn size(&self) -> usize {
        self.facts.len() + self.personal.size()
    }
}

/// Each op within its limit, and all of them within the batch's.
fn check_sizes(ops: &[BatchOp]) -> Result<(), WireError> {
    let add = |sum: usize, op: &BatchOp| {
        let size = within(Measure::Op, op.size(), limits::OP)?;
        within(Measure::Unpacked, sum + size, limits::BATCH_UNPACKED)
    };
    ops.iter().try_fold(0, add).map(drop)
}

/// What a device signs for a batch: nothing of the way it goes.
fn message(business: BusinessId, first: OpId, last: Id, chain: &ChainValue) -> Vec<u8> {
    let mut claim = Record::new();
    claim.put(tag::BUSINESS, business.0);
    claim.put(tag::DEVICE, first.0.device().get());
    claim.put(tag::FIRST, first.0.counter());
    claim.put(tag::LAST, last.counter());
    claim.put(tag::CHAIN, chain.0);
    signature::message(Purpose::Batch, &claim)
}
