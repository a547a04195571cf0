//! Bringing another phone's batches to the authority, and its word (sync §4, §7).
//!
//! The author signed each batch, so it counts as theirs whoever brings it; the carrier signs the envelope, so that only a
//! phone of the business may bring something. A request stands alone and may come twice.

use kartka_domain::ids::{Epoch, OpId};

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
    /// Ops in these batches that had come before under another number of their author's, and those that count.
    pub aliases: Vec<(OpId, OpId)>,
}

impl CarryAnswer {
    fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(answer::NONCE, self.nonce);
        r.put_records(answer::CARRIED, self.carried.iter().map(carried_record));
        r.put_opt(answer::EPOCH, self.epoch.map(epoch_record));
        let aliases = self.aliases.iter().flat_map(|(op, first)| [*op, *first]);
        let aliases: Vec<Value> = aliases.map(|op| Value::Int(op.get())).collect();
        r.put_opt(answer::ALIASES, (!aliases.is_empty()).then_some(aliases));
        r.encode_open()
    }

    fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let r = Record::decode(bytes, Shape::REQUEST)?;
        let carried = bounded(&r, answer::CARRIED, limits::REQUEST_BATCHES)?;
        let aliases = r.ints(answer::ALIASES)?;
        let most = limits::REQUEST_BATCHES * limits::BATCH_OPS;
        within(Measure::Items, aliases.len() / 2, most)?;
        let wrong = |_| WireError::OutOfRange(answer::ALIASES);
        let pair = |pair: &[i64; 2]| {
            let both = (OpId::new(pair[0]), OpId::new(pair[1]));
            Ok((both.0.map_err(wrong)?, both.1.map_err(wrong)?))
        };
        let (pairs, rest) = aliases.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(WireError::OutOfRange(answer::ALIASES));
        }
        Ok(Self {
            aliases: pairs.iter().map(pair).collect::<Result<_, _>>()?,
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
