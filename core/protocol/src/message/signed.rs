//! A word of the authority under its identity key's signature over it and the request it answers.
//!
//! Knows nothing of what is said: each route has an answer of its own, and a purpose that no other route's signature
//! serves.

use crate::fields::{Record, Shape};
use crate::signature::{self, PublicKey, Purpose, Signature, request_digest};
use crate::{WireError, limits};

mod tag {
    pub(super) const BODY: u16 = 1;
    pub(super) const SIGNATURE: u16 = 2;
    /// Only in what is signed.
    pub(super) const REQUEST: u16 = 3;
}

/// The encoded answer and the signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Signed {
    body: Vec<u8>,
    signature: Signature,
}

impl Signed {
    /// Signs an answer to the request whose bytes have this digest; `sign` gets the bytes to sign.
    pub(super) fn seal(
        (purpose, request): (Purpose, [u8; 32]),
        body: Vec<u8>,
        sign: impl FnOnce(&[u8]) -> Signature,
    ) -> Self {
        let signature = sign(&message(purpose, request, &body));
        Self { body, signature }
    }

    /// The answer's bytes, if the identity key signed them for that request: else told apart to nobody.
    pub(super) fn open(
        &self,
        (purpose, request): (Purpose, [u8; 32]),
        identity: &PublicKey,
    ) -> Result<&[u8], WireError> {
        identity
            .verify(&message(purpose, request, &self.body), &self.signature)
            .map_err(|_| WireError::OutOfRange(tag::SIGNATURE))?;
        Ok(&self.body)
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(tag::BODY, self.body.as_slice());
        r.put(tag::SIGNATURE, self.signature.0);
        r.encode()
    }

    /// From received bytes; an answer without pages is at most [`limits::BYTES`] long.
    pub(super) fn decode_short(bytes: &[u8]) -> Result<Self, WireError> {
        let signed = Self::decode(bytes, Shape::REQUEST)?;
        let measure = crate::error::Measure::Bytes;
        crate::error::within(measure, signed.body.len(), limits::BYTES)?;
        Ok(signed)
    }

    pub(super) fn decode(bytes: &[u8], shape: Shape) -> Result<Self, WireError> {
        let r = Record::decode(bytes, shape)?;
        Ok(Self {
            body: r.bytes(tag::BODY)?.to_vec(),
            signature: Signature(r.array(tag::SIGNATURE)?),
        })
    }
}

fn message(purpose: Purpose, request: [u8; 32], body: &[u8]) -> Vec<u8> {
    let mut claim = Record::new();
    claim.put(tag::BODY, request_digest(body));
    claim.put(tag::REQUEST, request);
    signature::message(purpose, &claim)
}
