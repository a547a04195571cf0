//! Where a business's server is reached from now on, under the server's own signature (sync §1, §12).

use kartka_domain::ids::BusinessId;

use crate::error::{Measure, within};
use crate::fields::Record;
use crate::signature::{self, PublicKey, Purpose, Signature, SignatureError};
use crate::{WireError, limits};

mod tag {
    pub(super) const ADDRESS: u16 = 1;
    pub(super) const MADE: u16 = 2;
    pub(super) const SIGNATURE: u16 = 3;
    /// Only in what is signed.
    pub(super) const BUSINESS: u16 = 5;
}

/// A new address of the same authority. Of several the one made last counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The URL.
    pub address: String,
    /// When it was said, epoch ms.
    pub made_ms: i64,
    /// By the identity key.
    pub signature: Signature,
}

impl Moved {
    /// Says it; `sign` gets the bytes to sign.
    ///
    /// # Errors
    /// What `sign` fails with.
    pub fn seal<E>(
        business: BusinessId,
        address: String,
        made_ms: i64,
        sign: impl FnOnce(&[u8]) -> Result<Signature, E>,
    ) -> Result<Self, E> {
        let mut moved = Self {
            address,
            made_ms,
            signature: Signature([0; 64]),
        };
        moved.signature = sign(&moved.message(business))?;
        Ok(moved)
    }

    /// Checks the signature.
    ///
    /// # Errors
    /// [`SignatureError::Signature`].
    pub fn verify(&self, business: BusinessId, identity: &PublicKey) -> Result<(), SignatureError> {
        identity.verify(&self.message(business), &self.signature)
    }

    fn message(&self, business: BusinessId) -> Vec<u8> {
        let mut claim = self.claim();
        claim.put(tag::BUSINESS, business.0);
        signature::message(Purpose::Moved, &claim)
    }

    fn claim(&self) -> Record {
        let mut r = Record::new();
        r.put(tag::ADDRESS, self.address.as_str());
        r.put(tag::MADE, self.made_ms);
        r
    }

    /// As stored and sent.
    #[must_use]
    pub fn to_record(&self) -> Record {
        let mut r = self.claim();
        r.put(tag::SIGNATURE, self.signature.0);
        r
    }

    /// From stored or received fields; the signature is not checked yet.
    ///
    /// # Errors
    /// [`WireError`] for a field that is missing, wrong or too long.
    pub fn from_record(r: &Record) -> Result<Self, WireError> {
        let address = r.text(tag::ADDRESS)?.to_owned();
        within(Measure::Text, address.len(), limits::ADDRESS)?;
        Ok(Self {
            address,
            made_ms: r.int(tag::MADE)?,
            signature: Signature(r.array(tag::SIGNATURE)?),
        })
    }
}
