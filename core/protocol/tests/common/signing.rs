//! Keys of the tests' device and authority.

use kartka_protocol::signature::{PublicKey, Signature};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature as P256Signature, SigningKey};

/// A key pair from a seed; signatures are the same in every run.
pub(crate) struct Key(SigningKey);

impl Key {
    pub(crate) fn new(seed: u8) -> Self {
        Self(SigningKey::from_slice(&[seed; 32]).unwrap())
    }

    pub(crate) fn public_bytes(&self) -> [u8; 33] {
        self.0
            .verifying_key()
            .to_sec1_point(true)
            .as_bytes()
            .try_into()
            .unwrap()
    }

    pub(crate) fn public(&self) -> PublicKey {
        PublicKey::new(&self.public_bytes()).unwrap()
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Signature {
        let signature: P256Signature = self.0.sign(message);
        Signature(signature.to_bytes().into())
    }
}
