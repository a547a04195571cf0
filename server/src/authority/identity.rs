//! The authority's own key: what a phone was shown in the pairing QR and trusts from then on (sync §7).

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature as P256Signature, SigningKey};

use kartka_protocol::signature::Signature;

use crate::platform::{Random, draw};
use crate::store::StoreError;

/// A P-256 key pair; never printed.
pub(crate) struct Identity(Key);

enum Key {
    Real(SigningKey),
    #[cfg(feature = "simulation")]
    Paper([u8; 32]),
}

impl Identity {
    /// A new key, as bytes for the store.
    pub(crate) fn generate(random: &dyn Random) -> [u8; 32] {
        loop {
            // All but one in 2³² of the draws are keys.
            let bytes = draw::<32>(random);
            if SigningKey::from_slice(&bytes).is_ok() {
                return bytes;
            }
        }
    }

    /// The key from the store.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        #[cfg(feature = "simulation")]
        if let (true, Ok(secret)) = (kartka_protocol::simulation::is_paper(), bytes.try_into()) {
            return Ok(Self(Key::Paper(secret)));
        }
        SigningKey::from_slice(bytes)
            .map(|key| Self(Key::Real(key)))
            .map_err(|_| StoreError::Malformed("the identity key"))
    }

    /// The public half (SEC1, compressed).
    pub(crate) fn public(&self) -> [u8; 33] {
        let key = match &self.0 {
            Key::Real(key) => key,
            #[cfg(feature = "simulation")]
            Key::Paper(secret) => return kartka_protocol::simulation::public(secret),
        };
        let point = key.verifying_key().to_sec1_point(true);
        let mut bytes = [0; 33];
        bytes.copy_from_slice(point.as_bytes());
        bytes
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Signature {
        let key = match &self.0 {
            Key::Real(key) => key,
            #[cfg(feature = "simulation")]
            Key::Paper(secret) => return kartka_protocol::simulation::sign(secret, message),
        };
        let signature: P256Signature = key.sign(message);
        Signature(signature.to_bytes().into())
    }
}
