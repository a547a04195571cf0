//! Sealing under a key that is used once: ChaCha20-Poly1305, for secrets that went from a screen to a camera.
//!
//! Who calls draws the key from the secret and a random nonce, another one for each message.

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};

/// The cipher's own nonce: its key is never used twice.
const ONCE: [u8; 12] = [0; 12];

/// Seals bytes, and binds them to others that are known to both sides.
pub(crate) fn seal(key: &[u8; 32], bound: &[u8], bytes: &[u8]) -> Vec<u8> {
    let said = Payload {
        msg: bytes,
        aad: bound,
    };
    // Only 256 GB and more can't be sealed; nobody opens the nothing that would be sent then.
    ChaCha20Poly1305::new(key.into())
        .encrypt(&ONCE.into(), said)
        .unwrap_or_default()
}

/// What was sealed; nothing under another key, bound to other bytes, or changed: told apart to nobody.
pub(crate) fn open(key: &[u8; 32], bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let said = Payload {
        msg: sealed,
        aad: bound,
    };
    ChaCha20Poly1305::new(key.into())
        .decrypt(&ONCE.into(), said)
        .ok()
}
