//! Where the authority's order stands, under its signature (sync §1).
//!
//! Every answer carries a head and the lineage of epochs that led to it; the phone returns the head with
//! its cursors, so an authority that went back finds out from its own signature.

use kartka_domain::ids::{BusinessId, Epoch, Seq};

use crate::WireError;
use crate::chain::LogHash;
use crate::fields::Record;
use crate::signature::{self, PublicKey, Purpose, Signature, SignatureError};

mod epoch {
    pub(super) const NUMBER: u16 = 1;
    pub(super) const RANDOM: u16 = 2;
    pub(super) const FIRST_SEQ: u16 = 3;
}

mod tag {
    pub(super) const EPOCH: u16 = 1;
    pub(super) const SEQ: u16 = 2;
    pub(super) const LOG: u16 = 3;
    pub(super) const SIGNATURE: u16 = 4;
    /// Only in what is signed.
    pub(super) const BUSINESS: u16 = 5;
}

/// A place in the authority's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Whose order.
    pub epoch: Epoch,
    /// The last seq.
    pub seq: Seq,
    /// The log up to it.
    pub log: LogHash,
}

/// A head and the authority's word for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedHead {
    /// What is claimed.
    pub head: Head,
    /// By the identity key.
    pub signature: Signature,
}

/// One epoch of the lineage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reign {
    /// Which.
    pub epoch: Epoch,
    /// Its first seq.
    pub first_seq: Seq,
}

impl Head {
    /// The bytes the identity key signs.
    #[must_use]
    pub fn message(&self, business: BusinessId) -> Vec<u8> {
        let mut claim = self.record();
        claim.put(tag::BUSINESS, business.0);
        signature::message(Purpose::Head, &claim)
    }

    fn record(&self) -> Record {
        let mut r = Record::new();
        r.put(tag::EPOCH, epoch_record(self.epoch));
        r.put(tag::SEQ, self.seq.0);
        r.put(tag::LOG, self.log.0);
        r
    }
}

impl SignedHead {
    /// Checks the signature.
    ///
    /// # Errors
    /// [`SignatureError::Signature`].
    pub fn verify(&self, business: BusinessId, identity: &PublicKey) -> Result<(), SignatureError> {
        identity.verify(&self.head.message(business), &self.signature)
    }

    /// As stored and sent.
    #[must_use]
    pub fn to_record(&self) -> Record {
        let mut r = self.head.record();
        r.put(tag::SIGNATURE, self.signature.0);
        r
    }

    /// From stored or received fields; the signature is not checked yet.
    ///
    /// # Errors
    /// [`WireError`] for a field that is missing or wrong.
    pub fn from_record(r: &Record) -> Result<Self, WireError> {
        let head = Head {
            epoch: read_epoch(r.record(tag::EPOCH)?)?,
            seq: Seq(r.int(tag::SEQ)?),
            log: LogHash(r.array(tag::LOG)?),
        };
        Ok(Self {
            head,
            signature: Signature(r.array(tag::SIGNATURE)?),
        })
    }
}

/// An epoch as fields.
#[must_use]
pub fn epoch_record(epoch: Epoch) -> Record {
    let mut r = Record::new();
    r.put(epoch::NUMBER, epoch.number.cast_signed());
    r.put(epoch::RANDOM, epoch.random.to_be_bytes());
    r
}

/// An epoch from fields.
///
/// # Errors
/// [`WireError`] for a field that is missing or wrong.
pub fn read_epoch(r: &Record) -> Result<Epoch, WireError> {
    let random = u64::from_be_bytes(r.array(epoch::RANDOM)?);
    Ok(Epoch {
        number: r.int(epoch::NUMBER)?,
        random,
    })
}

impl Reign {
    /// As stored and sent.
    #[must_use]
    pub fn to_record(&self) -> Record {
        let mut r = epoch_record(self.epoch);
        r.put(epoch::FIRST_SEQ, self.first_seq.0);
        r
    }

    /// From stored or received fields.
    ///
    /// # Errors
    /// [`WireError`] for a field that is missing or wrong.
    pub fn from_record(r: &Record) -> Result<Self, WireError> {
        Ok(Self {
            epoch: read_epoch(r)?,
            first_seq: Seq(r.int(epoch::FIRST_SEQ)?),
        })
    }
}
