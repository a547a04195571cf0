//! What is signed, and checking signatures: ECDSA over P-256 with SHA-256.
//!
//! Making signatures is a key store's business; the callers pass a closure. Every message names what it
//! is for, so that a signature for one thing is none for another.

use kartka_domain::ids::{BusinessId, DeviceNo};
use p256::elliptic_curve::sec1::ToSec1Point;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

use crate::fields::Record;

/// A signature: r and s, 32 bytes each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

/// Why a signature does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The key is no point of the curve.
    #[error("that is no public key")]
    Key,
    /// Another key, other bytes, or no signature at all.
    #[error("the signature does not fit")]
    Signature,
}

/// A device's or the authority's public key (SEC1, compressed), checked to be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    /// A point of the curve, uncompressed, as what checks signatures wants it.
    Real([u8; 65]),
    #[cfg(feature = "simulation")]
    Paper([u8; 32]),
}

impl PublicKey {
    /// Checks the 33 bytes.
    ///
    /// # Errors
    /// [`SignatureError::Key`].
    pub fn new(bytes: &[u8; 33]) -> Result<Self, SignatureError> {
        #[cfg(feature = "simulation")]
        if let Some(inner) = crate::simulation::read(bytes) {
            return Ok(Self(Kind::Paper(inner)));
        }
        let key = p256::PublicKey::from_sec1_bytes(bytes).map_err(|_| SignatureError::Key)?;
        let point = key.to_sec1_point(false);
        let point = point.as_bytes().try_into();
        let point = point.map_err(|_| SignatureError::Key)?;
        Ok(Self(Kind::Real(point)))
    }

    /// Checks that this key's owner signed `message`.
    ///
    /// # Errors
    /// [`SignatureError::Signature`].
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        let point = match &self.0 {
            Kind::Real(point) => point,
            #[cfg(feature = "simulation")]
            Kind::Paper(inner) if crate::simulation::seal(inner, message) == *signature => {
                return Ok(());
            }
            #[cfg(feature = "simulation")]
            Kind::Paper(_) => return Err(SignatureError::Signature),
        };
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            .verify(message, &signature.0)
            .map_err(|_| SignatureError::Signature)
    }
}

/// What a signature is for; none serves for anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A device's ops.
    Batch,
    /// A device's question.
    Request,
    /// Where an authority stands.
    Head,
    /// The answer to a pairing.
    Pairing,
    /// A new address.
    Moved,
    /// A number of its own for a copy.
    Incarnation,
    /// That a device was revoked.
    Word,
    /// A word of a hand-over.
    Handover,
    /// What is kept for a receipt.
    Reserve,
    /// A code that lets a device in.
    Invite,
    /// What has arrived of another phone's.
    Carry,
}

/// The bytes to sign for `purpose`: its name, a zero, and the canonical record of what is claimed.
pub(crate) fn message(purpose: Purpose, claim: &Record) -> Vec<u8> {
    let name: &[u8] = match purpose {
        Purpose::Batch => b"kartka batch 1",
        Purpose::Request => b"kartka request 1",
        Purpose::Head => b"kartka head 1",
        Purpose::Pairing => b"kartka pairing 1",
        Purpose::Moved => b"kartka moved 1",
        Purpose::Incarnation => b"kartka incarnation 1",
        Purpose::Word => b"kartka word 1",
        Purpose::Handover => b"kartka handover 1",
        Purpose::Reserve => b"kartka reserve 1",
        Purpose::Invite => b"kartka invite 1",
        Purpose::Carry => b"kartka carry 1",
    };
    let mut bytes = [name, &[0]].concat();
    bytes.extend_from_slice(&claim.encode());
    bytes
}

/// The hash of a request's body that its signature and a pairing answer's cover.
#[must_use]
pub fn request_digest(body: &[u8]) -> [u8; 32] {
    blake3::Hasher::new_derive_key("kartka 2026 request body")
        .update(body)
        .finalize()
        .into()
}

/// The bytes a device signs for a request with this body.
#[must_use]
pub fn request_message(business: BusinessId, device: DeviceNo, body: &[u8]) -> Vec<u8> {
    let mut claim = Record::new();
    claim.put(1, business.0);
    claim.put(2, device.get());
    claim.put(3, request_digest(body));
    message(Purpose::Request, &claim)
}
