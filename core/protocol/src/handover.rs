//! The text by which an empty server invites a founding phone to bring its business, and how the shop's keys travel
//! under the secret in it (sync §7, §12).
//!
//! The secret never crosses the network: it goes from the server's screen to the phone's camera. A request proves that
//! its sender knows it, and the keys are hidden under it, so that nobody on the way learns them, not even where the
//! line itself is plain. Draws nothing at random and keeps nothing.

use crate::fields::{Record, Shape};
use crate::pairing::{self, PairingError};
use crate::seal;

const PREFIX: &str = "KARTKAMOVE";

mod tag {
    pub(super) const ADDRESS: u16 = 1;
    pub(super) const IDENTITY: u16 = 2;
    pub(super) const TOKEN: u16 = 4;
    pub(super) const EXPIRES: u16 = 5;
}

/// What the code of an inviting server says.
#[derive(Clone, PartialEq, Eq)]
pub struct HandoverCode {
    /// Where the server is reached: a URL.
    pub address: String,
    /// The identity key that the business will have there, P-256 compressed.
    pub identity: [u8; 33],
    /// Good for one business.
    pub token: HandoverToken,
    /// Until when a hand-over may begin, epoch ms (whole seconds); one that has begun may take as long as it takes.
    pub expires_ms: i64,
}

/// The secret of a code; never sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HandoverToken(pub [u8; 16]);

impl HandoverCode {
    /// The text to draw.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut r = Record::new();
        r.put(tag::ADDRESS, self.address.as_str());
        r.put(tag::IDENTITY, self.identity);
        r.put(tag::TOKEN, self.token.0);
        r.put(tag::EXPIRES, self.expires_ms.div_euclid(1_000));
        pairing::draw(PREFIX, &r.encode())
    }

    /// Reads a scanned, typed or pasted text.
    ///
    /// # Errors
    /// [`PairingError`].
    pub fn parse(text: &str) -> Result<Self, PairingError> {
        let bytes = pairing::read(PREFIX, text)?;
        Self::from_bytes(&bytes).ok_or(PairingError::Damaged)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let r = Record::decode(bytes, Shape::ENTITY).ok()?;
        Some(Self {
            address: r.text(tag::ADDRESS).ok()?.to_owned(),
            identity: r.array(tag::IDENTITY).ok()?,
            token: HandoverToken(r.array(tag::TOKEN).ok()?),
            expires_ms: r.int::<i64>(tag::EXPIRES).ok()?.checked_mul(1_000)?,
        })
    }
}

/// What the key over the shop's keys is drawn for.
const KEYS: &str = "kartka 2026 handover keys";

impl HandoverToken {
    /// What names the secret without telling it: kept by the server, sent in the clear.
    #[must_use]
    pub fn id(&self) -> [u8; 16] {
        let mut id = [0; 16];
        id.copy_from_slice(&self.derive("kartka 2026 handover token id", &[])[..16]);
        id
    }

    /// Shows for this request that its sender knows the secret.
    #[must_use]
    pub fn proof(&self, request: &[u8]) -> [u8; 32] {
        *blake3::keyed_hash(&self.derive("kartka 2026 handover proof", &[]), request).as_bytes()
    }

    /// Hides the shop's keys for this one request, whose nonce they are sealed with.
    #[must_use]
    pub fn hide(&self, nonce: &[u8; 16], keys: &[u8]) -> Vec<u8> {
        seal::seal(&self.derive(KEYS, nonce), &[], keys)
    }

    /// The keys that were hidden; nothing under another secret, for another request, or of changed bytes.
    #[must_use]
    pub fn reveal(&self, nonce: &[u8; 16], hidden: &[u8]) -> Option<Vec<u8>> {
        seal::open(&self.derive(KEYS, nonce), &[], hidden)
    }

    fn derive(&self, what: &str, nonce: &[u8]) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key(what);
        hasher.update(&self.0).update(nonce);
        hasher.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_code_is_read_as_it_was_drawn_and_is_no_pairing_code() {
        let code = HandoverCode {
            address: "https://shop.example".into(),
            identity: [7; 33],
            token: HandoverToken([9; 16]),
            expires_ms: 1_000,
        };
        let text = code.to_text();
        assert!(text.len() <= crate::limits::PAIRING_TEXT);
        let typed = text.to_ascii_lowercase();
        assert!(HandoverCode::parse(&typed).unwrap() == code);
        assert!(crate::pairing::PairingQr::parse(&text).is_err());
        let cut = &text[..text.len() - 3];
        assert_eq!(HandoverCode::parse(cut).err(), Some(PairingError::Damaged));
    }

    #[test]
    fn only_the_secret_reveals_the_keys_and_only_unchanged() {
        let (token, other) = (HandoverToken([1; 16]), HandoverToken([2; 16]));
        let hidden = token.hide(&[3; 16], b"the shop's keys");
        assert_eq!(token.reveal(&[3; 16], &hidden).unwrap(), b"the shop's keys");
        assert!(!hidden.windows(4).any(|w| w == b"shop"));
        assert!(other.reveal(&[3; 16], &hidden).is_none());
        assert!(token.reveal(&[4; 16], &hidden).is_none());
        for at in 0..hidden.len() {
            let mut changed = hidden.clone();
            changed[at] ^= 1;
            assert!(token.reveal(&[3; 16], &changed).is_none());
        }
        assert_ne!(token.id(), other.id());
        assert_ne!(token.proof(b"a"), token.proof(b"b"));
    }
}
