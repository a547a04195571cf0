//! A copy that was rolled back or cloned shows its branch; the authority gives it a number of its own (sync §12).
//!
//! Both travel as fields of one exchange. What the authority says here is signed: it decides under which numbers a
//! phone goes on.

use kartka_domain::card::EmitterSlot;
use kartka_domain::ids::{BusinessId, DeviceNo, Epoch};

use super::request::device_no;
use crate::chain::ChainValue;
use crate::error::{Measure, within};
use crate::fields::{Record, Shape};
use crate::head::{epoch_record, read_epoch};
use crate::parts::{id, read_slot, slot_number};
use crate::signature::{self, PublicKey, Purpose, Signature, SignatureError};
use crate::{WireError, limits};

mod branch {
    pub(super) const ID: u16 = 1;
    pub(super) const HELD: u16 = 2;
    pub(super) const NEXT: u16 = 3;
    pub(super) const PAIRS: u16 = 4;
    pub(super) const INSIST: u16 = 5;
    pub(super) const CERTIFICATE: u16 = 160;
    /// Absent = none.
    pub(super) const ACKED: u16 = 161;
    /// Absent = none.
    pub(super) const LINE: u16 = 162;
}

mod grant {
    pub(super) const BRANCH: u16 = 1;
    pub(super) const DEVICE: u16 = 2;
    pub(super) const FORK: u16 = 3;
    pub(super) const SLOT: u16 = 4;
    pub(super) const SIGNATURE: u16 = 5;
    /// Only in what is signed.
    pub(super) const BUSINESS: u16 = 6;
    /// In what is signed, and in a link.
    pub(super) const FORMER: u16 = 7;
    pub(super) const EPOCH: u16 = 8;
    /// Only in a link.
    pub(super) const LAST: u16 = 160;
}

/// Bytes of one pair: a counter and the chain's value there.
const PAIR: usize = 40;

/// The chain of a copy, at the ends of its ops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// 16 random bytes drawn when the copy learned that it is one: a repeat gets the same answer.
    pub id: [u8; 16],
    /// The first counter it still holds an op of; the next one when it holds none.
    pub held: i64,
    /// The next counter it would use.
    pub next: i64,
    /// Last counters of ops with the chain's values there, ascending; every one that matters, or evenly thinned.
    pub pairs: Vec<(i64, ChainValue)>,
    /// It was told before to keep its number, and still met another history.
    pub insist: bool,
    /// What an authority of another line signed when it let this phone in: for one that does not know its number.
    pub certificate: Option<Vec<u8>>,
    /// The last counter that an authority said it holds; 0 = none. What comes after it may be known to nobody else.
    pub acked: i64,
    /// How it came from the number that the certificate names to the one it has, step by step; shown with it.
    pub line: Vec<Link>,
}

/// Under which numbers a copy goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Incarnation {
    /// The branch that asked.
    pub branch: [u8; 16],
    /// The number from now on; the one it has when its branch is the authority's own.
    pub device: DeviceNo,
    /// The first counter that moves: `n` becomes `n − fork + 1`.
    pub fork: i64,
    /// Where the new number may make card numbers.
    pub slot: Option<EmitterSlot>,
    /// By the identity key.
    pub signature: Signature,
}

/// One step of a line of numbers: what an authority signed when it gave a number, as the phone keeps it. One that knows
/// neither number finds by it that they are one phone's (sync §12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The number before.
    pub former: DeviceNo,
    /// The last counter it had used; nobody signed it.
    pub last: i64,
    /// The authority's epoch then.
    pub epoch: Epoch,
    /// What was said.
    pub said: Incarnation,
}

impl Branch {
    pub(super) fn to_record(&self) -> Record {
        let mut r = Record::new();
        r.put(branch::ID, self.id);
        r.put(branch::HELD, self.held);
        r.put(branch::NEXT, self.next);
        let mut pairs = Vec::with_capacity(self.pairs.len() * PAIR);
        for (counter, chain) in &self.pairs {
            pairs.extend_from_slice(&counter.to_be_bytes());
            pairs.extend_from_slice(&chain.0);
        }
        r.put_opt(branch::PAIRS, (!pairs.is_empty()).then_some(pairs));
        r.put_unless(branch::INSIST, i64::from(self.insist), 0);
        r.put_opt(branch::CERTIFICATE, self.certificate.as_deref());
        r.put_unless(branch::ACKED, self.acked, 0);
        r.put_records(branch::LINE, self.line.iter().map(|link| link.to_record()));
        r
    }

    pub(super) fn from_record(r: &Record) -> Result<Self, WireError> {
        let packed = r.opt_bytes(branch::PAIRS)?.unwrap_or_default();
        within(Measure::Items, packed.len() / PAIR, limits::BRANCH_PAIRS)?;
        let (packed, rest) = packed.as_chunks::<PAIR>();
        if !rest.is_empty() {
            return Err(WireError::OutOfRange(branch::PAIRS));
        }
        let mut pairs = Vec::with_capacity(packed.len());
        let mut last = 0;
        for pair in packed {
            let (counter, chain) = split(pair);
            if counter <= last {
                return Err(WireError::OutOfRange(branch::PAIRS));
            }
            last = counter;
            pairs.push((counter, chain));
        }
        let (held, next): (i64, i64) = (r.int(branch::HELD)?, r.int(branch::NEXT)?);
        if held < 1 || next < held || last >= next {
            return Err(WireError::OutOfRange(branch::NEXT));
        }
        let acked = r.int_or(branch::ACKED, 0)?;
        if acked < 0 || acked >= next {
            return Err(WireError::OutOfRange(branch::ACKED));
        }
        let line = r.records(branch::LINE)?;
        within(Measure::Items, line.len(), limits::LINE)?;
        let line = line.into_iter().map(Link::from_record);
        Ok(Self {
            id: r.array(branch::ID)?,
            held,
            next,
            pairs,
            insist: r.int_or::<i64>(branch::INSIST, 0)? != 0,
            certificate: r.opt_bytes(branch::CERTIFICATE)?.map(<[u8]>::to_vec),
            acked,
            line: line.collect::<Result<_, _>>()?,
        })
    }
}

fn split(pair: &[u8; PAIR]) -> (i64, ChainValue) {
    let (mut counter, mut chain) = ([0; 8], [0; 32]);
    counter.copy_from_slice(&pair[..8]);
    chain.copy_from_slice(&pair[8..]);
    (i64::from_be_bytes(counter), ChainValue(chain))
}

impl Incarnation {
    /// Signs an answer to a branch of `former`; `sign` gets the bytes to sign.
    ///
    /// # Errors
    /// What `sign` fails with.
    pub fn seal<E>(
        (business, epoch, former): (BusinessId, Epoch, DeviceNo),
        (branch, device, fork): ([u8; 16], DeviceNo, i64),
        slot: Option<EmitterSlot>,
        sign: impl FnOnce(&[u8]) -> Result<Signature, E>,
    ) -> Result<Self, E> {
        let mut sealed = Self {
            branch,
            device,
            fork,
            slot,
            signature: Signature([0; 64]),
        };
        sealed.signature = sign(&sealed.message(business, epoch, former))?;
        Ok(sealed)
    }

    /// Checks that the authority said this, in `epoch`, to a branch of `former`.
    ///
    /// # Errors
    /// [`SignatureError::Signature`].
    pub fn verify(
        &self,
        (business, epoch, former): (BusinessId, Epoch, DeviceNo),
        identity: &PublicKey,
    ) -> Result<(), SignatureError> {
        identity.verify(&self.message(business, epoch, former), &self.signature)
    }

    fn message(&self, business: BusinessId, epoch: Epoch, former: DeviceNo) -> Vec<u8> {
        let mut claim = self.claim();
        claim.put(grant::BUSINESS, business.0);
        claim.put(grant::FORMER, former.get());
        claim.put(grant::EPOCH, epoch_record(epoch));
        signature::message(Purpose::Incarnation, &claim)
    }

    fn claim(&self) -> Record {
        let mut r = Record::new();
        r.put(grant::BRANCH, self.branch);
        r.put(grant::DEVICE, self.device.get());
        r.put(grant::FORK, self.fork);
        r.put_opt(grant::SLOT, self.slot.map(slot_number));
        r
    }

    pub(super) fn to_record(self) -> Record {
        let mut r = self.claim();
        r.put(grant::SIGNATURE, self.signature.0);
        r
    }

    pub(super) fn from_record(r: &Record) -> Result<Self, WireError> {
        Ok(Self {
            branch: r.array(grant::BRANCH)?,
            device: id(r, grant::DEVICE, device_no)?,
            fork: r.int(grant::FORK)?,
            slot: read_slot(r, grant::SLOT)?,
            signature: Signature(r.array(grant::SIGNATURE)?),
        })
    }
}

impl Link {
    /// Checks that this business's authority said it.
    ///
    /// # Errors
    /// [`SignatureError::Signature`].
    pub fn verify(&self, business: BusinessId, identity: &PublicKey) -> Result<(), SignatureError> {
        let to = (business, self.epoch, self.former);
        self.said.verify(to, identity)
    }

    /// As kept.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        self.to_record().encode()
    }

    /// From kept bytes.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        Self::from_record(&Record::decode(bytes, Shape::ENTITY)?)
    }

    fn to_record(self) -> Record {
        let mut r = self.said.to_record();
        r.put(grant::FORMER, self.former.get());
        r.put(grant::EPOCH, epoch_record(self.epoch));
        r.put(grant::LAST, self.last);
        r
    }

    fn from_record(r: &Record) -> Result<Self, WireError> {
        let said = Incarnation::from_record(r)?;
        let last = r.int(grant::LAST)?;
        // A phone that moves without an op has used the one before the fork last.
        if said.fork < 1 || last < said.fork - 1 {
            return Err(WireError::OutOfRange(grant::LAST));
        }
        Ok(Self {
            former: id(r, grant::FORMER, device_no)?,
            last,
            epoch: read_epoch(r.record(grant::EPOCH)?)?,
            said,
        })
    }
}
