//! What a revoked device is told, under the authority's own signature: of an answer only the head is signed, and a word
//! by which a phone stops, or deletes everything, must be nobody else's (sync §7).

use kartka_domain::ids::{BusinessId, DeviceNo};

use super::Nonce;
use crate::WireError;
use crate::fields::Record;
use crate::parts::one_of;
use crate::signature::{self, PublicKey, Purpose, Signature, SignatureError};

const WORD: u16 = 1;
const SIGNATURE: u16 = 2;
/// Only in what is signed.
const BUSINESS: u16 = 3;
const DEVICE: u16 = 4;
const NONCE: u16 = 5;

/// What a device is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// It was revoked: it gets no page any more, what it records waits for the owner.
    Revoked = 1,
    /// Delete everything once nothing waits to be sent.
    Wipe = 2,
    /// Delete everything now, unsent sales included: the owner insists.
    WipeNow = 3,
}

const WORDS: [(i64, Word); 3] = [
    (Word::Revoked as i64, Word::Revoked),
    (Word::Wipe as i64, Word::Wipe),
    (Word::WipeNow as i64, Word::WipeNow),
];

/// A word to one device in answer to one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedWord {
    /// What it says; believe it only after [`verify`](Self::verify).
    pub word: Word,
    signature: Signature,
}

impl SignedWord {
    /// Signs a word to `device` in answer to the request with this nonce; `sign` gets the bytes to sign.
    pub fn seal(
        word: Word,
        (business, device, nonce): (BusinessId, DeviceNo, &Nonce),
        sign: impl FnOnce(&[u8]) -> Signature,
    ) -> Self {
        let signature = sign(&message(word, (business, device, nonce)));
        Self { word, signature }
    }

    /// The word, if the authority with this key said it to this device in answer to this request.
    ///
    /// # Errors
    /// [`SignatureError::Signature`].
    pub fn verify(
        &self,
        about: (BusinessId, DeviceNo, &Nonce),
        identity: &PublicKey,
    ) -> Result<Word, SignatureError> {
        identity.verify(&message(self.word, about), &self.signature)?;
        Ok(self.word)
    }

    pub(super) fn to_record(self) -> Record {
        let mut r = Record::new();
        r.put(WORD, self.word as i64);
        r.put(SIGNATURE, self.signature.0);
        r
    }

    pub(super) fn from_record(r: &Record) -> Result<Self, WireError> {
        Ok(Self {
            word: one_of(r, WORD, &WORDS, None)?,
            signature: Signature(r.array(SIGNATURE)?),
        })
    }
}

fn message(word: Word, (business, device, nonce): (BusinessId, DeviceNo, &Nonce)) -> Vec<u8> {
    let mut claim = Record::new();
    claim.put(WORD, word as i64);
    claim.put(BUSINESS, business.0);
    claim.put(DEVICE, device.get());
    claim.put(NONCE, *nonce);
    signature::message(Purpose::Word, &claim)
}
