//! The bearer secret of a card: whoever has it sees what its holder may see (cards §1, sync §7).
//!
//! Derived, not kept: HKDF-SHA-256 of the K1 key that the card's code names, with the number. So every staff phone can
//! hand a card over and the authority needs no table of them; the K1 code itself tells nothing of it. A key that the
//! authority no longer knows ends every secret that was made from it. Never prints itself.

use std::fmt;

use hkdf::Hkdf;
use sha2::Sha256;

use super::{CardKey, CardNumber, base32};

/// Characters of a secret as a text.
const CHARS: usize = 26;
/// Bits that the characters after the first hold.
const REST_BITS: u32 = 125;

/// 128 bits that open one card's page and snapshot.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Bearer([u8; 16]);

impl Bearer {
    /// The secret of a card whose code is made by this key.
    #[must_use]
    pub fn of(number: CardNumber, key: &CardKey) -> Self {
        let mut info = b"kartka bearer 1".to_vec();
        info.extend(number.value().to_be_bytes());
        let mut secret = [0; 16];
        Hkdf::<Sha256>::new(None, key.expose())
            .expand(&info, &mut secret)
            .expect("sixteen bytes are less than HKDF gives");
        Self(secret)
    }

    /// From the bytes that were kept.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes, for the holder's own encrypted store and for making keys.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 16] {
        &self.0
    }

    /// 26 letters and digits, as they stand in a link.
    #[must_use]
    pub fn to_text(&self) -> String {
        base32::encode(u128::from_be_bytes(self.0), CHARS as u32)
    }

    /// Reads a text, in either case, with `O`, `I` and `L` for 0 and 1; nothing when it is no secret.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut chars = text.chars();
        let first = base32::decode_char(chars.next()?)?;
        let rest = base32::decode(chars.as_str(), CHARS - 1)?;
        // 26 characters would hold two bits more than there are.
        let fits = first < 8;
        fits.then(|| Self((u128::from(first) << REST_BITS | rest).to_be_bytes()))
    }

    /// Whether a text is this secret; takes the same time for every wrong one.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        let given = Self::parse(text).map_or(0, |given| u128::from_be_bytes(given.0));
        let wrong = given ^ u128::from_be_bytes(self.0);
        // One XOR over whole words: no byte is compared before another.
        std::hint::black_box(wrong) == 0
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(…)")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn bearer(number: u64, key: u8) -> Bearer {
        let number = CardNumber::from_value(number).unwrap();
        Bearer::of(number, &CardKey::from_bytes([key; 32]))
    }

    #[test]
    fn another_card_and_another_key_have_another_secret() {
        assert_eq!(bearer(7, 1), bearer(7, 1));
        assert_ne!(bearer(7, 1), bearer(8, 1));
        assert_ne!(bearer(7, 1), bearer(7, 2));
        assert_eq!(format!("{:?}", bearer(7, 1)), "Bearer(…)");
        // What was handed over yesterday must open tomorrow.
        assert_eq!(bearer(7, 1).to_text(), "5RW3549T1AZ4HWQHADKCM2AZ33");
    }

    #[test]
    fn a_secret_is_read_as_people_write_it_and_nothing_else_is_one() {
        let secret = bearer(7, 1);
        let text = secret.to_text();
        assert!(secret.is(&text));
        assert!(secret.is(&text.to_lowercase()));
        assert!(!bearer(8, 1).is(&text));
        let all_but_last = &text[..25];
        let longer = format!("{text}0");
        let too_large = "8".repeat(26);
        for wrong in ["", "0", all_but_last, &longer, &too_large, "ш"] {
            assert!(Bearer::parse(wrong).is_none(), "{wrong}");
            assert!(!secret.is(wrong));
        }
    }

    proptest! {
        #[test]
        fn every_secret_comes_back_from_its_text(bytes in any::<[u8; 16]>()) {
            let secret = Bearer::from_bytes(bytes);
            prop_assert_eq!(Bearer::parse(&secret.to_text()), Some(secret));
        }
    }
}
