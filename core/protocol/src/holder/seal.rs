//! Sealing by a bearer secret: only who has it reads a question or an answer, or makes one (sync §7).
//!
//! The key of each message is drawn by BLAKE3 from the secret, the way and a random nonce, which is never used for two
//! messages of a way. An answer is bound to the bytes of its question.

use kartka_domain::card::Bearer;

use super::Snapshot;
use crate::WireError;
use crate::fields::{Record, Shape};
use crate::message::Nonce;
use crate::seal as once;

mod tag {
    pub(super) const NONCE: u16 = 1;
    pub(super) const SEALED: u16 = 2;
}

/// Which way a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// From the holder.
    Question,
    /// To the holder.
    Answer,
}

impl Way {
    const fn context(self) -> &'static str {
        match self {
            Self::Question => "kartka 2026 holder question",
            Self::Answer => "kartka 2026 holder answer",
        }
    }
}

/// Why sealed bytes were not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsealed {
    /// Another secret, another question, or damaged bytes: told apart to nobody.
    #[error("not sealed by this secret")]
    NotOurs,
    /// Whoever has the secret wrote something that is no message.
    #[error(transparent)]
    Wire(#[from] WireError),
}

/// The key of one message, drawn from the secret, the way and a random nonce.
fn key(secret: &Bearer, way: Way, nonce: &Nonce) -> [u8; 32] {
    blake3::Hasher::new_derive_key(way.context())
        .update(secret.expose())
        .update(nonce)
        .finalize()
        .into()
}

pub(super) fn seal(
    secret: &Bearer,
    (way, nonce): (Way, &Nonce),
    bound: &[u8],
    bytes: &[u8],
) -> Vec<u8> {
    once::seal(&key(secret, way, nonce), bound, bytes)
}

pub(super) fn open(
    secret: &Bearer,
    (way, nonce): (Way, &Nonce),
    bound: &[u8],
    sealed: &[u8],
) -> Result<Vec<u8>, Unsealed> {
    once::open(&key(secret, way, nonce), bound, sealed).ok_or(Unsealed::NotOurs)
}

/// An answer to a holder's question, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolderAnswer {
    nonce: Nonce,
    sealed: Vec<u8>,
}

impl HolderAnswer {
    /// Seals an answer to the question with these bytes; `nonce` is drawn anew for each.
    #[must_use]
    pub fn seal(secret: &Bearer, nonce: Nonce, question: &[u8], said: &Snapshot) -> Self {
        let bound = blake3::hash(question);
        let sealed = seal(
            secret,
            (Way::Answer, &nonce),
            bound.as_bytes(),
            &said.encode(),
        );
        Self { nonce, sealed }
    }

    /// What was said to the question with these bytes.
    ///
    /// # Errors
    /// [`Unsealed`].
    pub fn open(&self, secret: &Bearer, question: &[u8]) -> Result<Snapshot, Unsealed> {
        let bound = blake3::hash(question);
        let way = (Way::Answer, &self.nonce);
        let bytes = open(secret, way, bound.as_bytes(), &self.sealed)?;
        Ok(Snapshot::decode(&bytes)?)
    }

    /// As sent.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut r = Record::new();
        r.put(tag::NONCE, self.nonce);
        r.put(tag::SEALED, self.sealed.as_slice());
        r.encode_open()
    }

    /// From received bytes.
    ///
    /// # Errors
    /// Any [`WireError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, WireError> {
        let r = Record::decode(bytes, Shape::SEALED)?;
        Ok(Self {
            nonce: r.array(tag::NONCE)?,
            sealed: r.bytes(tag::SEALED)?.to_vec(),
        })
    }
}
