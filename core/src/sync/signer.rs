//! The device's signing key (sync §7): software here; a platform's secure element comes with the shells' issues.

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature as P256Signature, SigningKey};
use zeroize::Zeroizing;

use kartka_protocol::signature::Signature;

use crate::error::CoreError;
use crate::platform::SecretName;
use crate::shop::Platform;

/// Signs batches and requests; the private key never leaves the platform's key store but into this value.
pub struct DeviceSigner(Key);

enum Key {
    Real(SigningKey),
    #[cfg(feature = "simulation")]
    Paper([u8; 32]),
}

impl DeviceSigner {
    /// The key of this device, made at the first call.
    ///
    /// # Errors
    /// [`CoreError::Keys`] when the key store fails or holds something else.
    pub fn load_or_make(platform: &Platform) -> Result<Self, CoreError> {
        let kept = platform.keys.load(SecretName::DeviceSecret)?;
        // An empty one was dropped when this device was wiped.
        if let Some(secret) = kept.filter(|secret| !secret.is_empty()) {
            let bad = CoreError::Unexpected {
                what: "the device's key",
            };
            return Self::of(&secret).ok_or(bad);
        }
        Self::make(platform)
    }

    /// A new key in place of an older one: a key names one device of one business for ever.
    ///
    /// # Errors
    /// [`CoreError::Keys`] when the key store fails.
    pub fn make(platform: &Platform) -> Result<Self, CoreError> {
        // Almost every 256-bit number is a key; the few that are none are drawn again.
        loop {
            let mut secret = Zeroizing::new([0_u8; 32]);
            platform.rng.fill(secret.as_mut());
            if let Some(signer) = Self::of(secret.as_ref()) {
                platform
                    .keys
                    .store(SecretName::DeviceSecret, secret.as_ref())?;
                return Ok(signer);
            }
        }
    }

    fn of(secret: &[u8]) -> Option<Self> {
        #[cfg(feature = "simulation")]
        if kartka_protocol::simulation::is_paper() {
            return secret
                .try_into()
                .ok()
                .map(|secret| Self(Key::Paper(secret)));
        }
        let key = SigningKey::from_slice(secret).ok()?;
        Some(Self(Key::Real(key)))
    }

    /// The public half, compressed (SEC1).
    #[must_use]
    pub fn public_key(&self) -> [u8; 33] {
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

    /// The private half, for secrets that belong to this device alone.
    pub(crate) fn secret(&self) -> Zeroizing<[u8; 32]> {
        match &self.0 {
            Key::Real(key) => Zeroizing::new(key.to_bytes().into()),
            #[cfg(feature = "simulation")]
            Key::Paper(secret) => Zeroizing::new(*secret),
        }
    }

    /// The signature over `message`.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        let key = match &self.0 {
            Key::Real(key) => key,
            #[cfg(feature = "simulation")]
            Key::Paper(secret) => return kartka_protocol::simulation::sign(secret, message),
        };
        let signature: P256Signature = key.sign(message);
        Signature(signature.to_bytes().into())
    }
}
