//! A word of the authority under its identity key's signature over it and the request it answers.
//!
//! Knows nothing of what is said: each route has an answer of its own, and a purpose that no other route's signature
//! serves.

use std::marker::PhantomData;

use crate::error::{Measure, within};
use crate::fields::{Record, Shape};
use crate::signature::{self, PublicKey, Purpose, Signature, request_digest};
use crate::{WireError, limits};

mod tag {
    pub(super) const BODY: u16 = 1;
    pub(super) const SIGNATURE: u16 = 2;
    /// Only in what is signed.
    pub(super) const REQUEST: u16 = 3;
}

/// What a route answers with.
pub trait Answer: Sized {
    /// What its signature is for, and for nothing else.
    const PURPOSE: Purpose;
    /// How large it may come; one without pages is at most [`limits::BYTES`] long.
    const SIZE: Size;

    /// As signed.
    fn to_bytes(&self) -> Vec<u8>;

    /// From bytes whose signature was checked.
    ///
    /// # Errors
    /// Any [`WireError`].
    fn from_bytes(bytes: &[u8]) -> Result<Self, WireError>;
}

/// How large an answer may come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// A word.
    Short,
    /// A page and little else.
    Page,
}

/// An answer under the identity key's signature over it and the request it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed<A> {
    body: Vec<u8>,
    signature: Signature,
    answer: PhantomData<A>,
}

impl<A: Answer> Signed<A> {
    /// Signs an answer to the request with these bytes; `sign` gets the bytes to sign.
    pub fn seal(request: &[u8], answer: &A, sign: impl FnOnce(&[u8]) -> Signature) -> Self {
        let body = answer.to_bytes();
        let signature = sign(&message(A::PURPOSE, request_digest(request), &body));
        Self {
            body,
            signature,
            answer: PhantomData,
        }
    }

    /// The answer, if the identity key signed it for this very request.
    ///
    /// # Errors
    /// [`WireError`] for bytes that are no answer, and when somebody else answered: told apart to nobody.
    pub fn open(&self, request: &[u8], identity: &PublicKey) -> Result<A, WireError> {
        self.open_for(request_digest(request), identity)
    }

    /// As [`open`](Self::open), for the request whose bytes have this digest.
    ///
    /// # Errors
    /// As there.
    pub fn open_for(&self, request: [u8; 32], identity: &PublicKey) -> Result<A, WireError> {
        identity
            .verify(&message(A::PURPOSE, request, &self.body), &self.signature)
            .map_err(|_| WireError::OutOfRange(tag::SIGNATURE))?;
        A::from_bytes(&self.body)
    }

    /// As sent.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(tag::BODY, self.body.as_slice());
        r.put(tag::SIGNATURE, self.signature.0);
        r.encode_open()
    }

    /// From received bytes.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let (shape, most) = match A::SIZE {
            Size::Short => (Shape::REQUEST, limits::BYTES),
            Size::Page => (Shape::ENVELOPE, limits::ENVELOPE),
        };
        let r = Record::decode(bytes, shape)?;
        let body = r.bytes(tag::BODY)?;
        within(Measure::Bytes, body.len(), most)?;
        Ok(Self {
            body: body.to_vec(),
            signature: Signature(r.array(tag::SIGNATURE)?),
            answer: PhantomData,
        })
    }
}

fn message(purpose: Purpose, request: [u8; 32], body: &[u8]) -> Vec<u8> {
    let mut claim = Record::new();
    claim.put(tag::BODY, request_digest(body));
    claim.put(tag::REQUEST, request);
    signature::message(purpose, &claim)
}
