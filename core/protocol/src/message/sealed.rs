//! An answer under the identity key's signature over it and the request it answers, so that nobody between them answers.
//!
//! What is inside is the caller's: the purpose keeps an answer of one kind from being taken for one of another.

use crate::fields::{Record, Shape};
use crate::signature::{self, PublicKey, Purpose, Signature, request_digest};
use crate::{WireError, limits};

mod tag {
    pub(super) const BODY: u16 = 1;
    pub(super) const SIGNATURE: u16 = 2;
    /// Only in what is signed.
    pub(super) const REQUEST: u16 = 3;
}

/// The bytes of an answer, signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sealed {
    body: Vec<u8>,
    signature: Signature,
}

impl Sealed {
    /// Signs the bytes of an answer to `request`; `sign` gets the bytes to sign.
    pub(super) fn seal(
        purpose: Purpose,
        request: &[u8],
        body: Vec<u8>,
        sign: impl FnOnce(&[u8]) -> Signature,
    ) -> Self {
        let signature = sign(&message(purpose, request, &body));
        Self { body, signature }
    }

    /// The bytes of the answer, if the identity key signed them for this very request.
    ///
    /// # Errors
    /// [`WireError`] when somebody else answered.
    pub(super) fn open(
        &self,
        purpose: Purpose,
        request: &[u8],
        identity: &PublicKey,
    ) -> Result<&[u8], WireError> {
        identity
            .verify(&message(purpose, request, &self.body), &self.signature)
            .map_err(|_| WireError::OutOfRange(tag::SIGNATURE))?;
        Ok(&self.body)
    }

    /// As sent.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(tag::BODY, self.body.as_slice());
        r.put(tag::SIGNATURE, self.signature.0);
        r.encode()
    }

    /// From received bytes.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let r = Record::decode(bytes, Shape::REQUEST)?;
        let body = r.bytes(tag::BODY)?;
        crate::error::within(crate::error::Measure::Bytes, body.len(), limits::BYTES)?;
        Ok(Self {
            body: body.to_vec(),
            signature: Signature(r.array(tag::SIGNATURE)?),
        })
    }
}

fn message(purpose: Purpose, request: &[u8], body: &[u8]) -> Vec<u8> {
    let mut claim = Record::new();
    claim.put(tag::BODY, request_digest(body));
    claim.put(tag::REQUEST, request_digest(request));
    signature::message(purpose, &claim)
}
