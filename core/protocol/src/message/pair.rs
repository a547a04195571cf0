//! Pairing: a new device asks with a one-use token, the authority proves who it is and lets it in (sync §7).

use kartka_domain::business::{Business, Outlet};
use kartka_domain::card::EmitterSlot;
use kartka_domain::ids::{DeviceNo, OperatorId};
use kartka_domain::money::Points;

use super::request::device_no;
use super::{Nonce, bounded};
use crate::fields::{Record, Shape};
use crate::head::{Reign, SignedHead};
use crate::parts::{id, read_slot, slot_number};
use crate::row;
use crate::signature::{self, PublicKey, Purpose, Signature, SignatureError, request_digest};
use crate::{WireError, limits};

mod request {
    pub(super) const PROTO: u16 = 1;
    pub(super) const TOKEN: u16 = 2;
    pub(super) const KEY: u16 = 3;
    pub(super) const NONCE: u16 = 4;
    pub(super) const NAME: u16 = 5;
}

mod certificate {
    pub(super) const REQUEST: u16 = 10;
    pub(super) const ANSWER: u16 = 11;
}

mod answer {
    pub(super) const NONCE: u16 = 1;
    pub(super) const DEVICE: u16 = 2;
    pub(super) const BUSINESS: u16 = 3;
    pub(super) const OUTLET: u16 = 4;
    pub(super) const OUTLET_ID: u16 = 5;
    pub(super) const SLOT: u16 = 6;
    pub(super) const KEYS: u16 = 7;
    pub(super) const HEAD: u16 = 8;
    pub(super) const LINEAGE: u16 = 9;
    pub(super) const LIMITS: u16 = 10;
    pub(super) const SERVER_TIME: u16 = 11;
    /// Absent = the founder.
    pub(super) const HOLDER: u16 = 16;
}

mod limit {
    pub(super) const BUDGET: u16 = 1;
    pub(super) const CAPABILITY: u16 = 2;
    pub(super) const GRACE: u16 = 3;
}

mod signed {
    pub(super) const BODY: u16 = 1;
    pub(super) const SIGNATURE: u16 = 2;
    /// Only in what is signed.
    pub(super) const REQUEST: u16 = 3;
}

/// A new device's request.
#[derive(Clone, PartialEq, Eq)]
pub struct PairRequest {
    /// The protocol the device speaks.
    pub proto: u16,
    /// From the pairing QR; good once, for ten minutes.
    pub token: [u8; 16],
    /// The device's own key, P-256 compressed.
    pub public_key: [u8; 33],
    /// Binds the answer to this request.
    pub nonce: Nonce,
    /// As the owner's screen shows the device.
    pub name: String,
}

impl PairRequest {
    /// As sent.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(request::PROTO, self.proto);
        r.put(request::TOKEN, self.token);
        r.put(request::KEY, self.public_key);
        r.put(request::NONCE, self.nonce);
        r.put(request::NAME, self.name.as_str());
        r.encode_open()
    }

    /// From received bytes; the key is not checked to be one yet.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let r = Record::decode(bytes, Shape::ENTITY)?;
        Ok(Self {
            proto: r.int(request::PROTO)?,
            token: r.array(request::TOKEN)?,
            public_key: r.array(request::KEY)?,
            nonce: r.array(request::NONCE)?,
            name: r.text(request::NAME)?.to_owned(),
        })
    }
}

/// A device's proof that it was let in before: what it asked then, and what it was told under the identity key's
/// signature. An authority that was put back from an older copy lets it in again by it (sync §12).
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The request's bytes.
    pub request: Vec<u8>,
    /// The signed answer's bytes.
    pub answer: Vec<u8>,
}

impl Certificate {
    /// As kept and sent.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(certificate::REQUEST, self.request.as_slice());
        r.put(certificate::ANSWER, self.answer.as_slice());
        r.encode_open()
    }

    /// From kept or received bytes; none for a pairing request, which has other fields.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Option<Self>, WireError> {
        let r = Record::decode(bytes, Shape::REQUEST)?;
        if r.get(certificate::REQUEST).is_none() {
            return Ok(None);
        }
        Ok(Some(Self {
            request: r.bytes(certificate::REQUEST)?.to_vec(),
            answer: r.bytes(certificate::ANSWER)?.to_vec(),
        }))
    }

    /// What was asked and what was told, if the identity key signed it.
    ///
    /// # Errors
    /// [`PairError`]; a request that is none.
    pub fn open(&self, identity: &PublicKey) -> Result<(PairRequest, PairAnswer), PairError> {
        let answer = SignedPairAnswer::decode(&self.answer)?.open(&self.request, identity)?;
        Ok((PairRequest::decode(&self.request)?, answer))
    }
}

/// What the device may do until it hears more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairLimits {
    /// Points it may let redeem between two exchanges; none = no limit (sync §6).
    pub device_budget: Option<Points>,
    /// How long its capability lasts after an exchange, in ms.
    pub capability_ms: i64,
    /// How long after that redemption and contact data stay open, in ms (sync §7).
    pub grace_ms: i64,
}

/// What a paired device is given.
#[derive(Clone, PartialEq, Eq)]
pub struct PairAnswer {
    /// The request's.
    pub nonce: Nonce,
    /// Its number from now on.
    pub device: DeviceNo,
    /// The business: id, name, currency, point scale.
    pub business: Business,
    /// Where the device stands: zone and day start.
    pub outlet: Outlet,
    /// Where it may make card numbers, if it may.
    pub slot: Option<EmitterSlot>,
    /// The member of staff it was handed to.
    pub holder: OperatorId,
    /// Keys of the business, by number; opaque here.
    pub keys: Record,
    /// Where the order stands.
    pub head: SignedHead,
    /// The epochs up to now, oldest first.
    pub lineage: Vec<Reign>,
    /// What it may do.
    pub limits: PairLimits,
    /// The authority's clock, epoch ms.
    pub server_ms: i64,
}

impl PairAnswer {
    /// The bytes under the signature.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(answer::NONCE, self.nonce);
        r.put(answer::DEVICE, self.device.get());
        r.put(answer::BUSINESS, row::business_record(&self.business));
        r.put(answer::OUTLET, row::outlet_record(&self.outlet));
        r.put(answer::OUTLET_ID, self.outlet.id.0);
        r.put_opt(answer::SLOT, self.slot.map(slot_number));
        r.put(answer::KEYS, self.keys.clone());
        r.put(answer::HEAD, self.head.to_record());
        r.put_records(answer::LINEAGE, self.lineage.iter().map(Reign::to_record));
        r.put(answer::LIMITS, self.limits.to_record());
        r.put(answer::SERVER_TIME, self.server_ms);
        r.put_unless(answer::HOLDER, self.holder.0.into(), 1);
        r.encode_open()
    }

    /// Reads an answer whose signature nobody has checked; [`SignedPairAnswer::open`] is the way of a device.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let r = Record::decode(bytes, Shape::ENTITY)?;
        let lineage = bounded(&r, answer::LINEAGE, limits::LINEAGE)?;
        Ok(Self {
            nonce: r.array(answer::NONCE)?,
            device: id(&r, answer::DEVICE, device_no)?,
            business: row::read_business(r.record(answer::BUSINESS)?)?,
            outlet: row::read_outlet(r.int(answer::OUTLET_ID)?, r.record(answer::OUTLET)?)?,
            slot: read_slot(&r, answer::SLOT)?,
            holder: OperatorId(r.int_or(answer::HOLDER, 1)?),
            keys: r.record(answer::KEYS)?.clone(),
            head: SignedHead::from_record(r.record(answer::HEAD)?)?,
            lineage: lineage
                .into_iter()
                .map(Reign::from_record)
                .collect::<Result<_, _>>()?,
            limits: PairLimits::from_record(r.record(answer::LIMITS)?)?,
            server_ms: r.int(answer::SERVER_TIME)?,
        })
    }
}

impl PairLimits {
    fn to_record(self) -> Record {
        let mut r = Record::new();
        r.put_opt(limit::BUDGET, self.device_budget.map(|points| points.0));
        r.put(limit::CAPABILITY, self.capability_ms);
        r.put(limit::GRACE, self.grace_ms);
        r
    }

    fn from_record(r: &Record) -> Result<Self, WireError> {
        Ok(Self {
            device_budget: r.opt_int(limit::BUDGET)?.map(Points),
            capability_ms: r.int(limit::CAPABILITY)?,
            grace_ms: r.int(limit::GRACE)?,
        })
    }
}

/// A pairing answer under the authority's signature over it and the request it answers.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedPairAnswer {
    body: Vec<u8>,
    signature: Signature,
}

impl SignedPairAnswer {
    /// Signs an answer to the request with these bytes; `sign` gets the bytes to sign.
    ///
    /// # Errors
    /// What `sign` fails with.
    pub fn seal<E>(
        request: &[u8],
        answer: &PairAnswer,
        sign: impl FnOnce(&[u8]) -> Result<Signature, E>,
    ) -> Result<Self, E> {
        let body = answer.encode();
        let signature = sign(&message(request, &body))?;
        Ok(Self { body, signature })
    }

    /// The answer, if the identity key signed it for the request with these bytes.
    ///
    /// # Errors
    /// [`PairError::Signature`] when somebody else answered, [`PairError::Wire`] for bytes that are no answer.
    pub fn open(&self, request: &[u8], identity: &PublicKey) -> Result<PairAnswer, PairError> {
        identity.verify(&message(request, &self.body), &self.signature)?;
        Ok(PairAnswer::decode(&self.body)?)
    }

    /// As sent.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(signed::BODY, self.body.as_slice());
        r.put(signed::SIGNATURE, self.signature.0);
        r.encode_open()
    }

    /// From received bytes.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let r = Record::decode(bytes, Shape::REQUEST)?;
        Ok(Self {
            body: r.bytes(signed::BODY)?.to_vec(),
            signature: Signature(r.array(signed::SIGNATURE)?),
        })
    }
}

fn message(request: &[u8], body: &[u8]) -> Vec<u8> {
    let mut claim = Record::new();
    claim.put(signed::BODY, request_digest(body));
    claim.put(signed::REQUEST, request_digest(request));
    signature::message(Purpose::Pairing, &claim)
}

/// Why a pairing answer is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PairError {
    /// Not from the authority whose key the QR shows, or not for this request.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The bytes are no answer.
    #[error(transparent)]
    Wire(#[from] WireError),
}
